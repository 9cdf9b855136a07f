import CPosix

/// An advisory lock on a file, so that one data directory has one hub.
///
/// ```swift
/// let lock = try FileLock(path: "/var/lib/floorbus/lock")   // tryAgain: another hub runs there
/// ```
/// It is held until the last reference is gone or the process ends, however that happens. The file
/// stays: removing it would let two holders lock two files of one name.
public final class FileLock: Sendable {
    private let descriptor: Int32

    /// Creates the file if needed and locks it; never waits.
    ///
    /// - Throws: `ErrorNumber.tryAgain` when it is locked already, by this process or another.
    public init(path: String) throws(PosixError) {
        let result = unsafe path.withCString { unsafe floor_posix_lock_file($0) }
        descriptor = try check(result, "lock", path: path)
    }

    deinit { floor_posix_close(descriptor) }
}

/// Small files read and written whole: a producer's identity, a resume token, an outbox.
public enum SmallFile {
    /// Reads a whole file.
    ///
    /// - Parameters:
    ///   - path: of the file.
    ///   - limit: bytes; a larger file is refused.
    /// - Returns: the file's bytes.
    /// - Throws: `ErrorNumber.notFound`, `ErrorNumber.tooLarge` and others.
    public static func read(path: String, limit: Int) throws(PosixError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: limit)
        let result = unsafe path.withCString { unsafe floor_posix_read_file($0, &bytes, limit) }
        guard result >= 0 else {
            throw PosixError(code: Int32(-result), operation: "read", path: path)
        }
        bytes.removeLast(limit - Int(result))
        return bytes
    }

    /// Replaces a file so that a power cut leaves the old bytes or the new ones, whole.
    ///
    /// When it returns, the bytes are on the disk: expect milliseconds. It writes `path` + ".tmp"
    /// and renames that, so one path has one writer at a time.
    ///
    /// - Parameters:
    ///   - path: of the file; its directory exists.
    ///   - bytes: the whole new content.
    ///   - mode: permissions of a new file; by default only the owner may read it.
    /// - Throws: `ErrorNumber.noSpace`, `ErrorNumber.accessDenied` and others; the old file stays.
    public static func writeDurably(
        path: String,
        bytes: Span<UInt8>,
        mode: UInt32 = 0o600
    ) throws(PosixError) {
        let result = unsafe path.withCString { path in
            unsafe bytes.withUnsafeBufferPointer { bytes in
                unsafe floor_posix_write_file(path, bytes.baseAddress, bytes.count, mode)
            }
        }
        try check(result, "write", path: path)
    }
}

/// The few directory operations FloorBus needs.
public enum FileSystem {
    /// Makes one directory; it is fine if it is there already.
    ///
    /// - Parameters:
    ///   - path: of the directory; the one above it exists.
    ///   - mode: permissions; by default only the owner may enter.
    /// - Throws: `ErrorNumber.notFound`, `ErrorNumber.accessDenied` and others.
    public static func makeDirectory(path: String, mode: UInt32 = 0o700) throws(PosixError) {
        let result = unsafe path.withCString { unsafe floor_posix_make_directory($0, mode) }
        if result == -ErrorNumber.exists { return }
        try check(result, "make the directory", path: path)
    }

    /// The path of the directory that relative paths count from now.
    ///
    /// - Throws: `ErrorNumber.notFound` when it has been removed, and others.
    public static func currentDirectory() throws(PosixError) -> String {
        var bytes = [CChar](repeating: 0, count: 4096)
        let length = unsafe floor_posix_current_directory(&bytes, bytes.count)
        try check(length, "find the current directory")
        let path = bytes[..<Int(length)]
        return String(decoding: path.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Removes one file.
    ///
    /// - Throws: `ErrorNumber.notFound` and others.
    public static func removeFile(path: String) throws(PosixError) {
        try check(
            unsafe path.withCString { unsafe floor_posix_remove_file($0) },
            "remove",
            path: path
        )
    }

    /// Which file a path leads to, and its size.
    ///
    /// - Throws: `ErrorNumber.notFound` and others.
    public static func status(path: String) throws(PosixError) -> FileStatus {
        var device: UInt64 = 0
        var number: UInt64 = 0
        var size: Int64 = 0
        try check(
            unsafe path.withCString {
                unsafe floor_posix_file_status($0, &device, &number, &size)
            },
            "look at",
            path: path
        )
        return FileStatus(device: device, number: number, size: size)
    }
}

/// What a path leads to at one moment.
public struct FileStatus: Sendable {
    private let device: UInt64
    private let number: UInt64
    /// Bytes of the file.
    public let size: Int64

    init(device: UInt64, number: UInt64, size: Int64) {
        self.device = device
        self.number = number
        self.size = size
    }

    /// Whether both are one file, also under another name; not its copy, nor one in its place.
    public func isSameFile(as other: FileStatus) -> Bool {
        device == other.device && number == other.number
    }
}
