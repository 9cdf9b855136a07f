import CZeroMQ
import FloorPosix

/// An error number on its way from a call to a `ZeroMQError`.
struct SystemCode: Error {
    let number: Int32
}

/// A ZeroMQ call failed; `description` says what a person can do about it.
///
/// Two errors are equal when their codes are: operation and endpoint are there for the reader.
/// It never contains a message's bytes.
public struct ZeroMQError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What was tried.
    public enum Operation: Sendable {
        /// Making the process's context.
        case makeContext
        /// Opening a socket and setting its options.
        case open
        /// Binding.
        case bind
        /// Connecting.
        case connect
        /// Undoing a connect.
        case disconnect
        /// Subscribing or unsubscribing.
        case subscribe
        /// Sending.
        case send
        /// Receiving.
        case receive
        /// Asking whether it is readable or writable.
        case readiness
    }

    /// libzmq's or the system's error number; compare it with `ErrorNumber` of FloorPosix.
    public let code: Int32
    /// What was tried.
    public let operation: Operation
    /// The endpoint, as the caller wrote it; `nil` where there is none.
    public let endpoint: String?

    init(code: Int32, operation: Operation, endpoint: String? = nil) {
        self.code = code
        self.operation = operation
        self.endpoint = endpoint
    }

    /// Whether both carry the same code.
    public static func == (left: ZeroMQError, right: ZeroMQError) -> Bool {
        left.code == right.code
    }

    /// One sentence for a person.
    public var description: String {
        var subject = "Could not " + phrase
        if let endpoint { subject += " " + endpoint }
        return subject + ": " + advice
    }

    private var phrase: String {
        switch operation {
        case .makeContext: "start ZeroMQ"
        case .open: "open a ZeroMQ socket"
        case .bind: "bind"
        case .connect: "connect to"
        case .disconnect: "disconnect from"
        case .subscribe: "subscribe"
        case .send: "send"
        case .receive: "receive"
        case .readiness: "ask a ZeroMQ socket whether it is ready"
        }
    }

    private var advice: String {
        switch code {
        case ErrorNumber.forked:
            "this process is a fork of the one that opened ZeroMQ; open it after fork()"
        case ErrorNumber.notSocket: "the socket is closed"
        case ErrorNumber.tooManyOpen:
            "too many open files or sockets; raise the limit (ulimit -n)"
        case ErrorNumber.noMemory: "out of memory"
        case ErrorNumber.tryAgain where operation == .makeContext:
            "the system allows no further thread; raise the limit of processes or of memory"
        case ErrorNumber.tryAgain: "it would have to wait"
        case ErrorNumber.hostUnreachable: "the peer is gone"
        case ErrorNumber.accessDenied:
            "permission denied; choose a port above 1023 or a directory this user may write"
        case ErrorNumber.addressInUse:
            "the address is in use; stop the program that has it, or choose another"
        case ErrorNumber.addressNotAvailable, ErrorNumber.noDevice:
            "this machine has no such address or interface; use one of its own, or * for all"
        case ErrorNumber.invalid where operation == .bind || operation == .connect:
            "not a valid endpoint; write tcp://host:port, ipc:///path or inproc://name"
        case ErrorNumber.invalid where operation == .subscribe:
            "a subscription has at most \(Limits.subscriptionBytes) bytes"
        case ErrorNumber.invalid where operation == .makeContext:
            "the number of I/O threads is 1 to \(Limits.ioThreads), set before the first socket"
        case ErrorNumber.invalid: "this libzmq refuses an option; FloorBus needs 4.3.4 or newer"
        case ErrorNumber.nameTooLong: "the ipc path is too long; use one below 100 bytes"
        case ErrorNumber.notFound, ErrorNumber.notDirectory:
            "there is no such directory or endpoint; create the directory first"
        case ErrorNumber.protocolNotSupported:
            "unknown transport; use tcp://, ipc:// or inproc://"
        case ErrorNumber.readOnly: "the file system is mounted read-only"
        default: "error \(code)"
        }
    }
}
