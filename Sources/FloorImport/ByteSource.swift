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
final class ByteSource {
    let path: String
    /// Size of the file as stored, in bytes; nil for a pipe.
    let fileSize: Int64?
    private let descriptor: Int32
    private var input: [UInt8] = []
    private var inputStart = 0
    private var bytesRead: Int64 = 0
    private var inputEnded = false
    private var inflater: Inflater?

    /// How much of the file as stored has been used, in bytes.
    var bytesConsumed: Int64 { bytesRead - Int64(input.count - inputStart) }

    init(path: String) throws(ImportError) {
        self.path = path
        descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 {
            throw ImportError(file: path, rule: "cannot be opened: \(ByteSource.reason())")
        }
        let end = lseek(descriptor, 0, SEEK_END)
        fileSize = end < 0 ? nil : Int64(end)
        if end >= 0 { lseek(descriptor, 0, SEEK_SET) }
        // A pipe may deliver a single byte first, and the magic number has two.
        while input.count < 2, !inputEnded { try refill() }
        if input.starts(with: [0x1F, 0x8B]) {
            guard let inflater = Inflater() else {
                throw ImportError(file: path, rule: "cannot be inflated: not enough memory")
            }
            self.inflater = inflater
        }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// Replaces the buffer's bytes by the next ones; false at the end of the file.
    func read(into buffer: inout [UInt8]) throws(ImportError) -> Bool {
        buffer.removeAll(keepingCapacity: true)
        if let inflater { return try read(into: &buffer, through: inflater) }
        if inputStart == input.count { try refill() }
        buffer.append(contentsOf: input[inputStart...])
        inputStart = input.count
        return !buffer.isEmpty
    }

    private func read(
        into buffer: inout [UInt8],
        through inflater: Inflater
    ) throws(ImportError) -> Bool {
        while buffer.isEmpty {
            if inputStart == input.count, !inputEnded { try refill() }
            if inflater.isBetweenMembers {
                // gzip itself allows zero bytes after the last member (padding of tapes).
                while inputStart < input.count, input[inputStart] == 0 { inputStart += 1 }
                if inputStart == input.count {
                    if inputEnded { return false }
                    continue
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
        return true
    }

    private func gzipError(_ rule: String) -> ImportError {
        ImportError(file: path, byteOffset: bytesConsumed, rule: rule)
    }

    /// Appends what the file gives next to the unused input.
    private func refill() throws(ImportError) {
        input.removeFirst(inputStart)
        inputStart = 0
        let chunk = ImportLimits.chunkBytes
        let used = input.count
        input.append(contentsOf: repeatElement(0, count: chunk))
        var count = -1
        repeat {
            count = unsafe input.withUnsafeMutableBytes { bytes in
                unsafe Self.readOnce(descriptor, bytes.baseAddress?.advanced(by: used), chunk)
            }
        } while count < 0 && errno == EINTR
        input.removeLast(chunk - max(count, 0))
        if count < 0 {
            throw ImportError(
                file: path,
                byteOffset: bytesRead,
                rule: "cannot be read: \(Self.reason())"
            )
        }
        bytesRead += Int64(count)
        inputEnded = count == 0
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

    private static func reason() -> String {
        unsafe String(cString: strerror(errno))
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
