// The only file that calls libzmq, one Swift function per C function. A result below 0 is the
// negative error number; errno is read here and nowhere else.
//
// libzmq answers EINTR when a signal came and, for ever, in a forked child (signaler.cpp compares
// process ids). So a call is repeated after EINTR, except in a child.
import CZeroMQ
import FloorPosix

private func repeating(_ call: () -> Int32) -> Int32 {
    while true {
        let result = call()
        if result >= 0 { return result }
        let code = zmq_errno()
        guard code == ErrorNumber.interrupted else { return -code }
        if ZeroMQContext.isForked { return -ErrorNumber.forked }
    }
}

/// A libzmq context.
@safe struct ContextHandle {
    fileprivate let pointer: UnsafeMutableRawPointer

    static func create() -> ContextHandle? {
        guard let pointer = unsafe zmq_ctx_new() else { return nil }
        return unsafe ContextHandle(pointer: pointer)
    }

    /// Ends a context in which no socket was ever opened.
    func end() { unsafe zmq_ctx_term(pointer) }

    static func libraryVersion() -> (major: Int32, minor: Int32, patch: Int32) {
        var version: (major: Int32, minor: Int32, patch: Int32) = (0, 0, 0)
        unsafe zmq_version(&version.major, &version.minor, &version.patch)
        return version
    }

    func set(_ option: Int32, _ value: Int32) -> Int32 {
        repeating { unsafe zmq_ctx_set(pointer, option, value) }
    }

    func get(_ option: Int32) -> Int32 {
        repeating { unsafe zmq_ctx_get(pointer, option) }
    }
}

/// A libzmq socket; used by one thread at a time.
@safe struct SocketHandle {
    private let pointer: UnsafeMutableRawPointer

    /// Opens a socket, or says why not.
    ///
    /// A ROUTER takes the first routing id that it gives out from `rand()`, which libzmq never
    /// seeds, and the next ones count on from it. Whoever knows the next one can bring it along as
    /// their own: an assertion of libzmq's then ends the process when an ordinary peer is given
    /// it (decision 0027).
    init(_ context: ContextHandle, type: Int32) throws(SystemCode) {
        var failure: Int32 = 0
        let made: UnsafeMutableRawPointer?
        do throws(PosixError) {
            unsafe made = try HostRandom.seeded {
                let socket = unsafe zmq_socket(context.pointer, type)
                failure = zmq_errno()
                return unsafe socket
            }
        } catch {
            throw SystemCode(number: error.code)
        }
        guard let pointer = unsafe made else { throw SystemCode(number: failure) }
        unsafe self.pointer = pointer
    }

    func close() { unsafe zmq_close(pointer) }

    func bind(_ endpoint: String) -> Int32 {
        repeating { unsafe zmq_bind(pointer, endpoint) }
    }

    func unbind(_ endpoint: String) -> Int32 {
        repeating { unsafe zmq_unbind(pointer, endpoint) }
    }

    func connect(_ endpoint: String) -> Int32 {
        repeating { unsafe zmq_connect(pointer, endpoint) }
    }

    func disconnect(_ endpoint: String) -> Int32 {
        repeating { unsafe zmq_disconnect(pointer, endpoint) }
    }

    func setOption(_ option: SocketOption) -> Int32 {
        switch option.value {
        case .int(var value): unsafe set(option.number, &value, MemoryLayout<Int32>.size)
        case .long(var value): unsafe set(option.number, &value, MemoryLayout<Int64>.size)
        case .bytes(let value):
            unsafe value.withUnsafeBytes { unsafe set(option.number, $0.baseAddress, $0.count) }
        }
    }

    private func set(_ number: Int32, _ value: UnsafeRawPointer?, _ size: Int) -> Int32 {
        repeating { unsafe zmq_setsockopt(pointer, number, value, size) }
    }

    /// Reads an `int` option.
    func intOption(_ number: Int32, into value: inout Int32) -> Int32 {
        var size = MemoryLayout<Int32>.size
        return repeating { unsafe zmq_getsockopt(pointer, number, &value, &size) }
    }

    /// Reads an `int64_t` option.
    func longOption(_ number: Int32, into value: inout Int64) -> Int32 {
        var size = MemoryLayout<Int64>.size
        return repeating { unsafe zmq_getsockopt(pointer, number, &value, &size) }
    }

    /// Reads an option that is a C string; empty when it cannot be read.
    func textOption(_ number: Int32) -> String {
        var bytes = [UInt8](repeating: 0, count: 1024)
        var size = bytes.count
        let result = repeating {
            unsafe zmq_getsockopt(pointer, number, &bytes, &size)
        }
        guard result == 0, size > 0 else { return "" }
        return String(decoding: bytes[..<(size - 1)], as: UTF8.self)  // without the NUL
    }

    /// Starts events to `endpoint`, or with `nil` stops them.
    func monitor(_ endpoint: String?, events: Int32) -> Int32 {
        guard let endpoint else {
            return repeating { unsafe zmq_socket_monitor(pointer, nil, events) }
        }
        return repeating { unsafe zmq_socket_monitor(pointer, endpoint, events) }
    }

    /// Sends one frame without waiting.
    func send(_ bytes: Span<UInt8>, flags: Int32 = 0) -> Int32 {
        unsafe bytes.withUnsafeBufferPointer { bytes in
            repeating {
                unsafe zmq_send(pointer, bytes.baseAddress, bytes.count, flags | ZMQ_DONTWAIT)
            }
        }
    }

    /// Sends a message of two frames without waiting, whole or not at all.
    ///
    /// The second frame's memory comes first, so that only the first frame can be refused: a ROUTER
    /// checks the peer and its high-water mark there, and no other socket refuses a later frame
    /// (socket_base.cpp, router.cpp `xsend`). A frame left open would swallow the next message.
    func send(_ first: Span<UInt8>, _ second: Span<UInt8>) -> Int32 {
        var message = zmq_msg_t()
        guard unsafe zmq_msg_init_size(&message, second.count) == 0 else { return -zmq_errno() }
        var result = send(first, flags: ZMQ_SNDMORE)
        if result >= 0 {
            unsafe second.withUnsafeBytes { bytes in
                let target = unsafe UnsafeMutableRawBufferPointer(
                    start: zmq_msg_data(&message),
                    count: bytes.count
                )
                unsafe target.copyMemory(from: bytes)
            }
            result = repeating { unsafe zmq_msg_send(&message, pointer, ZMQ_DONTWAIT) }
        }
        if result < 0 { unsafe zmq_msg_close(&message) }
        return result
    }

    fileprivate func receive(_ message: UnsafeMutablePointer<zmq_msg_t>) -> Int32 {
        repeating { unsafe zmq_msg_recv(message, pointer, ZMQ_DONTWAIT) }
    }
}

/// A received frame whose storage is used again and again.
///
/// Bytes are copied out at once: a retained frame can pin an 8 KiB buffer of libzmq.
@safe final class Frame {
    private let message: UnsafeMutablePointer<zmq_msg_t>

    init() {
        unsafe message = UnsafeMutablePointer<zmq_msg_t>.allocate(capacity: 1)
        unsafe message.initialize(to: zmq_msg_t())
        unsafe zmq_msg_init(message)
    }

    deinit {
        unsafe zmq_msg_close(message)
        unsafe message.deallocate()
    }

    /// Receives the next frame in place of this one, without waiting; returns its size.
    func receive(from socket: SocketHandle) -> Int32 { unsafe socket.receive(message) }

    /// Gives libzmq's buffer back before the next frame comes.
    func clear() {
        unsafe zmq_msg_close(message)
        unsafe zmq_msg_init(message)
    }

    /// Whether another frame of the same message follows.
    var hasMore: Bool { unsafe zmq_msg_more(message) != 0 }

    /// The descriptor of the connection it came over, or -1.
    var sourceDescriptor: Int32 { unsafe zmq_msg_get(message, ZMQ_SRCFD) }

    /// The frame's bytes, as long as nothing else happens to the frame.
    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        unsafe body(
            UnsafeRawBufferPointer(start: zmq_msg_data(message), count: zmq_msg_size(message))
        )
    }

    /// Replaces the elements, keeping the storage.
    func copy(into bytes: inout [UInt8]) {
        bytes.removeAll(keepingCapacity: true)
        unsafe withBytes { unsafe bytes.append(contentsOf: $0) }
    }

    /// Replaces the elements with a metadata property; empty when the frame has none.
    func copyProperty(_ name: String, into bytes: inout [UInt8]) {
        bytes.removeAll(keepingCapacity: true)
        guard var next = unsafe zmq_msg_gets(message, name) else { return }
        while unsafe next.pointee != 0 {
            bytes.append(UInt8(bitPattern: unsafe next.pointee))
            unsafe next += 1
        }
    }
}
