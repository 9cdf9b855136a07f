import CPosix

/// The system's error numbers that FloorBus tells apart, for comparing with an error's `code`.
///
/// They are C macros whose values differ between systems; nothing else reads `errno`.
public enum ErrorNumber {
    /// Permission denied (EACCES).
    public static let accessDenied = Int32(FLOOR_POSIX_EACCES)
    /// Somebody already uses the address (EADDRINUSE).
    public static let addressInUse = Int32(FLOOR_POSIX_EADDRINUSE)
    /// This machine does not have the address (EADDRNOTAVAIL).
    public static let addressNotAvailable = Int32(FLOOR_POSIX_EADDRNOTAVAIL)
    /// It would have to wait, or another one holds it (EAGAIN).
    public static let tryAgain = Int32(FLOOR_POSIX_EAGAIN)
    /// The process is a fork of the one that made the thing (ECHILD).
    public static let forked = Int32(FLOOR_POSIX_ECHILD)
    /// It exists already (EEXIST).
    public static let exists = Int32(FLOOR_POSIX_EEXIST)
    /// The file is larger than allowed (EFBIG).
    public static let tooLarge = Int32(FLOOR_POSIX_EFBIG)
    /// The peer is gone (EHOSTUNREACH).
    public static let hostUnreachable = Int32(FLOOR_POSIX_EHOSTUNREACH)
    /// A signal interrupted the call (EINTR).
    public static let interrupted = Int32(FLOOR_POSIX_EINTR)
    /// An argument is not valid (EINVAL).
    public static let invalid = Int32(FLOOR_POSIX_EINVAL)
    /// A directory, or something else that is not an ordinary file (EISDIR).
    public static let notAFile = Int32(FLOOR_POSIX_EISDIR)
    /// A symbolic link where none is followed (ELOOP).
    public static let symbolicLink = Int32(FLOOR_POSIX_ELOOP)
    /// Too many open files or sockets (EMFILE).
    public static let tooManyOpen = Int32(FLOOR_POSIX_EMFILE)
    /// A path is too long (ENAMETOOLONG).
    public static let nameTooLong = Int32(FLOOR_POSIX_ENAMETOOLONG)
    /// No such network interface or device (ENODEV).
    public static let noDevice = Int32(FLOOR_POSIX_ENODEV)
    /// No such file, directory or endpoint (ENOENT).
    public static let notFound = Int32(FLOOR_POSIX_ENOENT)
    /// Out of memory (ENOMEM).
    public static let noMemory = Int32(FLOOR_POSIX_ENOMEM)
    /// The disk is full (ENOSPC).
    public static let noSpace = Int32(FLOOR_POSIX_ENOSPC)
    /// A part of the path is not a directory (ENOTDIR).
    public static let notDirectory = Int32(FLOOR_POSIX_ENOTDIR)
    /// Not a socket, or one that has been closed (ENOTSOCK).
    public static let notSocket = Int32(FLOOR_POSIX_ENOTSOCK)
    /// The transport is unknown (EPROTONOSUPPORT).
    public static let protocolNotSupported = Int32(FLOOR_POSIX_EPROTONOSUPPORT)
    /// The file system is mounted read-only (EROFS).
    public static let readOnly = Int32(FLOOR_POSIX_EROFS)
    /// The time is up (ETIMEDOUT).
    public static let timedOut = Int32(FLOOR_POSIX_ETIMEDOUT)
}

/// A call to the operating system failed; `description` says what a person can do about it.
///
/// Two errors are equal when their codes are: operation and path are there for the reader.
public struct PosixError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The system's error number; compare it with `ErrorNumber`.
    public let code: Int32
    /// What was tried, as the beginning of a sentence: "write".
    public let operation: String
    /// The file concerned, if there is one.
    public let path: String?

    init(code: Int32, operation: String, path: String? = nil) {
        self.code = code
        self.operation = operation
        self.path = path
    }

    /// Whether both carry the same code.
    public static func == (left: PosixError, right: PosixError) -> Bool {
        left.code == right.code
    }

    /// One sentence for a person.
    public var description: String {
        var subject = "Could not " + operation
        if let path { subject += " " + path }
        return subject + ": " + advice
    }

    private var advice: String {
        switch code {
        case ErrorNumber.accessDenied: "permission denied; run as the owner or change the mode"
        case ErrorNumber.tryAgain where path == nil:
            "the system allows no further thread; raise the limit of processes or of memory "
                + "(ulimit -u, ulimit -v)"
        case ErrorNumber.tryAgain:
            "another process holds it; stop that process, or use another directory"
        case ErrorNumber.exists: "it exists already"
        case ErrorNumber.tooLarge: "the file is larger than allowed; it is not what was expected"
        case ErrorNumber.notAFile: "it is not an ordinary file; name another"
        case ErrorNumber.symbolicLink: "it is a symbolic link; name the file that it leads to"
        case ErrorNumber.tooManyOpen: "too many open files; raise the limit (ulimit -n)"
        case ErrorNumber.nameTooLong: "the path is too long"
        case ErrorNumber.notFound: "no such file or directory; create the directory first"
        case ErrorNumber.noMemory: "out of memory"
        case ErrorNumber.noSpace: "the disk is full; make room"
        case ErrorNumber.notDirectory: "a part of the path is not a directory"
        case ErrorNumber.readOnly: "the file system is mounted read-only"
        default: "system error \(code)"
        }
    }
}

/// Turns the shims' "negative errno" into an error.
@discardableResult
func check(_ result: Int32, _ operation: String, path: String? = nil) throws(PosixError) -> Int32 {
    guard result >= 0 else { throw PosixError(code: -result, operation: operation, path: path) }
    return result
}
