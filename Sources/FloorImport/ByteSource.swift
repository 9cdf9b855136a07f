import CZlib

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A file as a stream of plain bytes, inflated on the way if it is gzip.
///
/// The only file that calls zlib and the system's file functions. Format of gzip: RFC 1952; it
/// begins with 1f 8b and may be several members one after another (section 2.2).
///
/// Nothing here waits: a pipe that has nothing yet, or a followed file at its end, is told as
/// ``Outcome/waiting``, and the caller decides how to wait.
final class ByteSource {
    enum Outcome {
        case bytes
        /// Nothing yet; there may be more.
        case waiting
        case ended
    }

    let path: String
    /// Whether the end of the file is waited at, and the file sought again by its name when it
    /// was rotated.
    let follows: Bool
    /// Size of the file as stored, in bytes; nil for a pipe.
    private(set) var fileSize: Int64?
    /// Bytes after the last gzip member that are no member, and not the zeros of padding.
    private(set) var trailingBytes: Int64 = 0
    /// Times a followed file began again or was replaced.
    private(set) var renewals = 0
    private var descriptor: Int32
    private var input: [UInt8] = []
    private var inputStart = 0
    private var bytesRead: Int64 = 0
    private var inputEnded = false
    private var isRegular = false
    private var hasKind = false
    private var inflater: Inflater?

    /// How much of the file as stored has been used, in bytes.
    var bytesConsumed: Int64 { bytesRead - Int64(input.count - inputStart) }

    init(path: String, follows: Bool = false) throws(ImportError) {
        self.path = path
        self.follows = follows
        descriptor = try ByteSource.open(path)
        let status = try ByteSource.status(of: descriptor, path)
        guard status.st_mode & S_IFMT != S_IFDIR else {
            throw ImportError(file: path, rule: "cannot be read: \(ByteSource.reason(EISDIR))")
        }
        note(status)
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// Replaces the buffer's bytes by the next ones.
    func read(into buffer: inout [UInt8]) throws(ImportError) -> Outcome {
        buffer.removeAll(keepingCapacity: true)
        if !hasKind {
            // A pipe may deliver a single byte first, and the magic number has two. A followed
            // file may be empty and be rotated so: it is looked at when it has something.
            while input.count < 2, !inputEnded, !follows {
                guard try refill() else { return .waiting }
            }
            if !follows { try chooseKind() }
        }
        if let inflater { return try read(into: &buffer, through: inflater) }
        if inputStart == input.count {
            guard try refill() else { return .waiting }
        }
        if !hasKind, input.count >= 2 { try chooseKind() }
        buffer.append(contentsOf: input[inputStart...])
        inputStart = input.count
        if !buffer.isEmpty { return .bytes }
        guard follows, isRegular else { return .ended }
        return try renew(&buffer) ? .bytes : .waiting
    }

    /// Waits until there may be more to read.
    func wait(milliseconds: Int32) {
        var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        // A regular file is always readable, also at its end: then the time itself is waited.
        _ = unsafe isRegular ? poll(nil, 0, milliseconds) : poll(&request, 1, milliseconds)
    }

    private func chooseKind() throws(ImportError) {
        hasKind = true
        guard input.starts(with: [0x1F, 0x8B]) else { return }
        guard !follows else {
            throw ImportError(file: path, rule: "is gzip, which is never written on: name a log")
        }
        guard let inflater = Inflater() else {
            throw ImportError(file: path, rule: "cannot be inflated: not enough memory")
        }
        self.inflater = inflater
    }

    private func read(
        into buffer: inout [UInt8],
        through inflater: Inflater
    ) throws(ImportError) -> Outcome {
        while buffer.isEmpty {
            if inputStart == input.count, !inputEnded {
                guard try refill() else { return .waiting }
            }
            if inflater.isBetweenMembers {
                // gzip itself allows zero bytes after the last member (padding of tapes).
                while inputStart < input.count, input[inputStart] == 0 { inputStart += 1 }
                if inputEnded, inputStart == input.count { return .ended }
                if input.count - inputStart < 2, !inputEnded {
                    guard try refill() else { return .waiting }
                    continue
                }
                if !input[inputStart...].starts(with: [0x1F, 0x8B]) {
                    // What follows is no member: gzip ignores it with a warning, and so do we.
                    trailingBytes += Int64(input.count - inputStart)
                    inputStart = input.count
                    while !inputEnded {
                        guard try refill() else { return .waiting }
                        trailingBytes += Int64(input.count)
                        inputStart = input.count
                    }
                    return .ended
                }
            }
            switch inflater.inflate(input, from: &inputStart, into: &buffer) {
            case .advanced:
                break
            case .needsInput:
                if inputEnded, inputStart == input.count {
                    throw gzipError("the gzip data ends too early: the file was cut off")
                }
            case .damaged(let reason):
                throw gzipError("the gzip data is damaged: \(reason)")
            }
        }
        return .bytes
    }

    private func gzipError(_ rule: String) -> ImportError {
        ImportError(file: path, byteOffset: bytesConsumed, rule: rule)
    }

    /// Appends what the file gives next to the unused input; false if it has nothing yet.
    private func refill() throws(ImportError) -> Bool {
        input.removeFirst(inputStart)
        inputStart = 0
        if !isRegular {
            var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            // A FIFO that nobody has opened for writing yet would read as ended.
            if unsafe poll(&request, 1, 0) == 0 { return false }
        }
        let chunk = ImportLimits.chunkBytes
        let used = input.count
        input.append(contentsOf: repeatElement(0, count: chunk))
        var count = -1
        repeat {
            count = unsafe input.withUnsafeMutableBytes { bytes in
                unsafe Self.readOnce(descriptor, bytes.baseAddress?.advanced(by: used), chunk)
            }
        } while count < 0 && errno == EINTR
        let reason = errno
        input.removeLast(chunk - max(count, 0))
        if count < 0 {
            if reason == EAGAIN { return false }
            throw ImportError(
                file: path,
                byteOffset: bytesRead,
                rule: "cannot be read: \(Self.reason(reason))"
            )
        }
        bytesRead += Int64(count)
        inputEnded = count == 0
        return true
    }

    // MARK: rotation

    /// Goes on behind the end of a followed file: begins it again where it was cut to nothing
    /// (copytruncate), or takes the file that has its name now (rename).
    ///
    /// What was begun and never ended is a line of its own: a NUL byte ends it.
    private func renew(_ buffer: inout [UInt8]) throws(ImportError) -> Bool {
        let own = try ByteSource.status(of: descriptor, path)
        if own.st_size < bytesRead {
            lseek(descriptor, 0, SEEK_SET)
            begin(own, &buffer)
            return true
        }
        var named = stat()
        // Between two names there is no file; and a new file without a line may still be written
        // after the old one, until the writer has opened it.
        guard unsafe stat(path, &named) == 0, named.st_size > 0,
            named.st_ino != own.st_ino || named.st_dev != own.st_dev
        else { return false }
        if own.st_size > bytesRead { return false }
        let next = try ByteSource.open(path)
        close(descriptor)
        descriptor = next
        begin(try ByteSource.status(of: descriptor, path), &buffer)
        return true
    }

    private func begin(_ status: stat, _ buffer: inout [UInt8]) {
        renewals += 1
        buffer.append(0)
        bytesRead = 0
        inputEnded = false
        note(status)
    }

    private func note(_ status: stat) {
        isRegular = status.st_mode & S_IFMT == S_IFREG
        fileSize = isRegular ? Int64(status.st_size) : nil
    }

    // MARK: the system

    private static func open(_ path: String) throws(ImportError) -> Int32 {
        // A FIFO without a writer must not hold up the opening.
        let descriptor = unsafe systemOpen(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw ImportError(file: path, rule: "cannot be opened: \(reason(errno))")
        }
        return descriptor
    }

    private static func status(of descriptor: Int32, _ path: String) throws(ImportError) -> stat {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else {
            throw ImportError(file: path, rule: "cannot be looked at: \(reason(errno))")
        }
        return status
    }

    @unsafe private static func systemOpen(
        _ path: UnsafePointer<CChar>,
        _ flags: Int32
    ) -> Int32 {
        #if canImport(Glibc)
        unsafe Glibc.open(path, flags)
        #elseif canImport(Musl)
        unsafe Musl.open(path, flags)
        #else
        unsafe Darwin.open(path, flags)
        #endif
    }

    @unsafe private static func readOnce(
        _ descriptor: Int32,
        _ target: UnsafeMutableRawPointer?,
        _ count: Int
    ) -> Int {
        #if canImport(Glibc)
        unsafe Glibc.read(descriptor, target, count)
        #elseif canImport(Musl)
        unsafe Musl.read(descriptor, target, count)
        #else
        unsafe Darwin.read(descriptor, target, count)
        #endif
    }

    private static func reason(_ number: Int32) -> String {
        unsafe String(cString: strerror(number))
    }
}

/// zlib's inflate for gzip members.
///
/// The stream lives at one address: zlib checks that it has not
/// moved.
@safe private final class Inflater {
    enum Progress {
        case advanced
        case needsInput
        case damaged(String)
    }

    private let stream: UnsafeMutablePointer<z_stream>
    private(set) var isBetweenMembers = false

    init?() {
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        // 15 + 16: the widest window, and gzip headers only (zlib.h, inflateInit2).
        let status = unsafe inflateInit2_(
            stream,
            15 + 16,
            ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size)
        )
        guard status == Z_OK else {
            unsafe stream.deallocate()
            return nil
        }
    }

    deinit {
        unsafe inflateEnd(stream)
        unsafe stream.deallocate()
    }

    /// Inflates input from `start`, which it moves on, into the empty buffer.
    func inflate(
        _ input: [UInt8],
        from start: inout Int,
        into buffer: inout [UInt8]
    ) -> Progress {
        let room = ImportLimits.chunkBytes
        buffer.append(contentsOf: repeatElement(0, count: room))
        let first = start
        let status = unsafe input.withUnsafeBufferPointer { source in
            unsafe buffer.withUnsafeMutableBufferPointer { target in
                // zlib does not write through next_in; its type lacks const for old compilers.
                unsafe stream.pointee.next_in = UnsafeMutablePointer(
                    mutating: source.baseAddress?.advanced(by: first)
                )
                unsafe stream.pointee.avail_in = UInt32(source.count - first)
                unsafe stream.pointee.next_out = target.baseAddress
                unsafe stream.pointee.avail_out = UInt32(room)
                return unsafe CZlib.inflate(stream, Z_NO_FLUSH)
            }
        }
        start = unsafe input.count - Int(stream.pointee.avail_in)
        buffer.removeLast(unsafe Int(stream.pointee.avail_out))
        isBetweenMembers = status == Z_STREAM_END
        switch status {
        case Z_OK:
            return .advanced
        case Z_STREAM_END:
            unsafe inflateReset(stream)
            return .advanced
        case Z_BUF_ERROR:
            return .needsInput
        default:
            let message = unsafe stream.pointee.msg
            guard let message = unsafe message else { return .damaged("zlib status \(status)") }
            return .damaged(unsafe String(cString: message))
        }
    }
}
