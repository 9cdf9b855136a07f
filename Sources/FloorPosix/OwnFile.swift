import CPosix

/// A file that belongs to one process at a time: locked while it is open, written at its end,
/// now and then replaced as a whole.
///
/// ```swift
/// let file = try OwnFile.open(path: "/var/lib/desk/outbox")    // tryAgain: another process has it
/// let bytes = try file.read(limit: 1 << 20)
/// try file.append(entry.span)
/// ```
/// What `append` has written survives the process, however it ends, but not a power cut; what
/// `replace` has written survives both. Beside the path itself, `replace` uses path + ".rewrite".
/// The folder is the one that was opened, wherever the process or the folder has gone since.
///
/// - Thread: one at a time.
/// - Lifetime: `close`, or the last reference, gives it up. The file stays.
///
/// Not a subclass of anything and not Sendable: whoever has it guards it.
public final class OwnFile {
    private let path: String
    private var descriptor: Int32
    /// The folder it was opened in: the path may lead elsewhere by now.
    private let folder: Int32
    /// Bytes that count: a write that failed leaves none behind.
    public private(set) var size: Int

    /// Opens the file, makes an empty one of mode 0600 if there is none, and locks it.
    ///
    /// Never waits and never follows a symbolic link. (Not an initializer, because Embedded Swift
    /// 6.3 leaks an object whose initializer throws.)
    ///
    /// - Throws: `ErrorNumber.tryAgain` when it is in use, by this process or another;
    ///   `notAFile`, `symbolicLink`, `notFound` without its directory, and others.
    public static func open(path: String) throws(PosixError) -> OwnFile {
        let found = unsafe path.withCString { unsafe floor_posix_open_folder_of($0) }
        let folder = try check(found, "open", path: path)
        let result = unsafe path.withCString { unsafe floor_posix_own_file(folder, $0) }
        if result < 0 { floor_posix_close(folder) }
        let descriptor = try check(result, "open", path: path)
        let size = floor_posix_file_size(descriptor)
        return OwnFile(path, folder, descriptor, Int(max(0, size)))
    }

    private init(_ path: String, _ folder: Int32, _ descriptor: Int32, _ size: Int) {
        self.path = path
        self.folder = folder
        self.descriptor = descriptor
        self.size = size
    }

    deinit {
        close()
        floor_posix_close(folder)
    }

    /// Gives the file up.
    ///
    /// A second call does nothing; whatever is written afterwards fails.
    public func close() {
        if descriptor >= 0 { floor_posix_close(descriptor) }
        descriptor = -1
    }

    /// Reads all of it.
    ///
    /// - Parameter limit: bytes; a larger file is refused with `ErrorNumber.tooLarge`.
    /// - Returns: the bytes.
    /// - Throws: what the system says.
    public func read(limit: Int) throws(PosixError) -> [UInt8] {
        guard size <= limit else {
            throw PosixError(code: ErrorNumber.tooLarge, operation: "read", path: path)
        }
        var bytes = [UInt8](repeating: 0, count: size)
        let result = unsafe floor_posix_read_at(descriptor, &bytes, size, 0)
        guard result >= 0 else {
            throw PosixError(code: Int32(-result), operation: "read", path: path)
        }
        bytes.removeLast(size - Int(result))
        return bytes
    }

    /// Cuts it to its first bytes.
    ///
    /// - Throws: what the system says.
    public func truncate(to size: Int) throws(PosixError) {
        try check(floor_posix_truncate(descriptor, Int64(size)), "shorten", path: path)
        self.size = size
    }

    /// Writes bytes at the end; all of them or none.
    ///
    /// - Throws: `ErrorNumber.noSpace` and others.
    public func append(_ bytes: Span<UInt8>) throws(PosixError) {
        let result = unsafe bytes.withUnsafeBufferPointer { bytes in
            unsafe floor_posix_write_at(descriptor, bytes.baseAddress, bytes.count, Int64(size))
        }
        try check(result, "write", path: path)
        size += bytes.count
    }

    /// Writes over bytes that are there, which needs no room on the disk.
    ///
    /// - Precondition: they are there.
    /// - Throws: what the system says.
    public func overwrite(_ bytes: Span<UInt8>, at offset: Int) throws(PosixError) {
        precondition(offset >= 0 && offset + bytes.count <= size, "only bytes that are there")
        let result = unsafe bytes.withUnsafeBufferPointer { bytes in
            unsafe floor_posix_overwrite_at(
                descriptor,
                bytes.baseAddress,
                bytes.count,
                Int64(offset)
            )
        }
        try check(result, "write", path: path)
    }

    /// Puts bytes in the place of all others.
    ///
    /// After a crash or a power cut the path holds the old bytes or the new ones, whole. Waits for
    /// the disk: expect milliseconds.
    ///
    /// - Throws: `ErrorNumber.noSpace` and others; the old bytes stay.
    public func replace(with bytes: Span<UInt8>) throws(PosixError) {
        guard descriptor >= 0 else {
            throw PosixError(code: ErrorNumber.notFound, operation: "write", path: path)
        }
        let result = unsafe path.withCString { path in
            unsafe bytes.withUnsafeBufferPointer { bytes in
                unsafe floor_posix_replace_own_file(
                    folder,
                    path,
                    bytes.baseAddress,
                    bytes.count
                )
            }
        }
        let fresh = try check(result, "write", path: path)
        floor_posix_close(descriptor)
        descriptor = fresh
        size = bytes.count
    }
}
