// The few socket calls of TCPProxy, blocking, IPv4 loopback only; errno is read here alone.
import Glibc

/// A socket call of the proxy failed.
public struct ProxyError: Error, Sendable {
    /// The call.
    public let call: String
    /// The system's error number.
    public let code: Int32
}

/// A TCP socket of 127.0.0.1; whoever made it closes it, once.
struct ProxySocket: Sendable {
    let descriptor: Int32

    private init(descriptor: Int32) { self.descriptor = descriptor }

    /// Listens at a free port.
    static func listening() throws(ProxyError) -> (ProxySocket, port: UInt16) {
        let socket = try open()
        var address = loopback(port: 0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                guard unsafe bind(socket.descriptor, pointer, length) == 0,
                    listen(socket.descriptor, 1024) == 0
                else { return Int32(-1) }
                return unsafe getsockname(socket.descriptor, pointer, &length)
            }
        }
        guard bound == 0 else { throw socket.failed("listen") }
        return (socket, UInt16(bigEndian: address.sin_port))
    }

    /// Connects to a port; blocks as long as the system does.
    static func connected(to port: UInt16) throws(ProxyError) -> ProxySocket {
        let socket = try open()
        var address = loopback(port: port)
        let length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe connect(socket.descriptor, pointer, length)
            }
        }
        guard result == 0 else { throw socket.failed("connect") }
        return socket
    }

    /// The next connection; nil once the socket has been shut down.
    func accepted() -> ProxySocket? {
        while true {
            let descriptor = accept(descriptor, nil, nil)
            if descriptor >= 0 {
                let socket = ProxySocket(descriptor: descriptor)
                socket.sendAtOnce()
                return socket
            }
            guard errno == EINTR || errno == ECONNABORTED else { return nil }
        }
    }

    /// Waits for bytes; false at the end of the connection.
    func receive(into bytes: inout [UInt8]) -> Bool {
        var storage = [UInt8](repeating: 0, count: 16 * 1024)
        let count = unsafe recv(descriptor, &storage, storage.count, 0)
        guard count > 0 else { return false }
        bytes = Array(storage[..<count])
        return true
    }

    /// Sends all; false when the connection has ended.
    func send(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let flags = Int32(MSG_NOSIGNAL)
            let count = unsafe rest.withUnsafeBytes {
                unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, flags)
            }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// Ends the connection both ways: blocked calls return, the descriptor stays taken.
    func shutDown() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    func close() { Glibc.close(descriptor) }

    private static func open() throws(ProxyError) -> ProxySocket {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw ProxyError(call: "socket", code: errno) }
        let socket = ProxySocket(descriptor: descriptor)
        socket.sendAtOnce()
        return socket
    }

    private func sendAtOnce() {
        var one: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        _ = unsafe setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, size)
    }

    private func failed(_ call: String) -> ProxyError {
        let error = ProxyError(call: call, code: errno)
        close()
        return error
    }

    private static func loopback(port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr = in_addr(s_addr: UInt32(0x7F00_0001).bigEndian)
        return address
    }
}
