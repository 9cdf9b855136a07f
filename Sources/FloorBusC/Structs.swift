import CFloorBus
import FloorEvents
import FloorWire

// Structs of callers of another age (rule R7). Each begins with a uint32_t struct_size, and the
// library knows its first part; a caller compiled with a newer header passes more.

/// The largest struct a caller may pass, in bytes; a size beyond is memory that was never set.
private let largestStruct = 4096

/// Reads a caller's struct: what this library does not know of it must be zero.
func readStruct<Value: BitwiseCopyable>(
    _ pointer: UnsafePointer<Value>?,
    _ name: StaticString
) throws(Failure) -> Value {
    guard let pointer = unsafe pointer else { throw .missing(name) }
    let raw = unsafe UnsafeRawPointer(pointer)
    let size = try unsafe checkedSize(raw, MemoryLayout<Value>.size, name)
    for offset in MemoryLayout<Value>.size..<size
    where unsafe raw.load(fromByteOffset: offset, as: UInt8.self) != 0 {
        throw Failure(
            .wrongABI,
            name.description + " sets a field that this library, older than the header, lacks"
        )
    }
    return unsafe pointer.pointee
}

/// Writes a caller's struct, all but `struct_size`; what this library does not know becomes zero.
func writeStruct<Value: BitwiseCopyable>(
    _ value: Value,
    to pointer: UnsafeMutablePointer<Value>?,
    _ name: StaticString
) throws(Failure) {
    try unsafe checkStruct(pointer, name)
    guard let pointer = unsafe pointer else { return }
    let raw = UnsafeMutableRawPointer(pointer)
    let size = unsafe raw.load(as: UInt32.self)
    unsafe pointer.pointee = value
    unsafe raw.storeBytes(of: size, as: UInt32.self)
    let known = MemoryLayout<Value>.size
    if Int(size) > known {
        let more = Int(size) - known
        unsafe (raw + known).initializeMemory(as: UInt8.self, repeating: 0, count: more)
    }
}

/// Checks that a struct can be written later.
func checkStruct<Value: BitwiseCopyable>(
    _ pointer: UnsafeMutablePointer<Value>?,
    _ name: StaticString
) throws(Failure) {
    guard let pointer = unsafe pointer else { throw .missing(name) }
    _ = try unsafe checkedSize(UnsafeRawPointer(pointer), MemoryLayout<Value>.size, name)
}

private func checkedSize(
    _ raw: UnsafeRawPointer,
    _ known: Int,
    _ name: StaticString
) throws(Failure) -> Int {
    let size = Int(clamping: unsafe raw.load(as: UInt32.self))
    guard size >= known, size <= largestStruct else {
        throw Failure(
            .wrongABI,
            name.description + ": struct_size is \(size), not \(known) or more; set it to sizeof "
                + "the struct, as the _INIT macro does"
        )
    }
    return size
}

// MARK: text

extension floorbus_bytes {
    /// The bytes, while the caller's call lasts.
    func bytes(
        _ name: StaticString,
        atMost limit: Int
    ) throws(Failure) -> UnsafeBufferPointer<UInt8> {
        var text = unsafe floorbus_str()
        unsafe text.ptr = ptr.map { unsafe $0.assumingMemoryBound(to: CChar.self) }
        unsafe text.len = len
        return try unsafe text.bytes(name, atMost: limit, or: .tooBig)
    }
}

extension floorbus_str {
    /// The bytes, while the caller's call lasts; checked to be no longer than `limit`.
    func bytes(
        _ name: StaticString,
        atMost limit: Int,
        or tooLong: FloorStatus
    ) throws(Failure) -> UnsafeBufferPointer<UInt8> {
        // A size_t: what is negative here is more than any memory holds, an error in its making.
        guard unsafe len >= 0 else {
            throw Failure(
                tooLong == .badKey ? .badKey : .invalid,
                name.description + " has the length of (size_t)-1 or the like"
            )
        }
        guard unsafe len > 0 else { return unsafe UnsafeBufferPointer(start: nil, count: 0) }
        guard let start = unsafe ptr else {
            throw Failure(.invalid, name.description + " has a length but no address")
        }
        let len = unsafe len
        guard len <= limit else {
            throw Failure(tooLong, name.description + " has \(len) bytes, at most \(limit) may be")
        }
        let raw = unsafe UnsafeRawPointer(start).assumingMemoryBound(to: UInt8.self)
        return unsafe UnsafeBufferPointer(start: raw, count: len)
    }

    /// A copy as UTF-8, of at most `limit` bytes.
    ///
    /// - Parameters:
    ///   - name: what the sentence of a failure calls it.
    ///   - limit: bytes of UTF-8.
    ///   - encoding: the host's; nil = UTF-8.
    ///   - tooLong: the status for a longer one.
    ///   - bad: the status for bytes that are no text.
    /// - Returns: the text's bytes.
    /// - Throws: `Failure` with one of these statuses.
    func utf8(
        _ name: StaticString,
        atMost limit: Int,
        _ encoding: HostEncoding?,
        tooLong: FloorStatus = .tooBig,
        bad: FloorStatus = .invalid
    ) throws(Failure) -> [UInt8] {
        var copy: [UInt8] = []
        try unsafe withUTF8(name, atMost: limit, encoding, tooLong, bad) { copy.append(span: $0) }
        return copy
    }

    /// Runs `body` with the text as UTF-8, without a copy where the host's is UTF-8; see `utf8`.
    func withUTF8(
        _ name: StaticString,
        atMost limit: Int,
        _ encoding: HostEncoding?,
        _ tooLong: FloorStatus = .tooBig,
        _ bad: FloorStatus = .invalid,
        _ body: (Span<UInt8>) -> Void
    ) throws(Failure) {
        guard let encoding else {
            let bytes = try unsafe bytes(name, atMost: limit, or: tooLong)
            if let fault = unsafe UTF8Rules.firstFault(in: bytes.span) {
                throw .badText(name, at: fault, "UTF-8", bad)
            }
            return unsafe body(bytes.span)
        }
        // No character has more bytes in a host's encoding than four times its UTF-8.
        let bytes = try unsafe bytes(name, atMost: limit * 4, or: tooLong)
        let converted = try unsafe encoding.utf8(bytes, name, bad)
        guard converted.count <= limit else {
            throw Failure(
                tooLong,
                name.description + " has \(converted.count) bytes, at most \(limit) may be"
            )
        }
        body(converted.span)
    }

    /// A copy as text.
    func text(
        _ name: StaticString,
        atMost limit: Int,
        _ encoding: HostEncoding?
    ) throws(Failure) -> String {
        guard unsafe len != 0 else { return "" }
        return String(decoding: try unsafe utf8(name, atMost: limit, encoding), as: UTF8.self)
    }
}

/// A NUL-terminated text of an option; nil for NULL.
func optionText(
    _ start: UnsafePointer<CChar>?,
    _ name: StaticString,
    atMost limit: Int,
    _ encoding: HostEncoding? = nil
) throws(Failure) -> String? {
    guard let start = unsafe start else { return nil }
    var count = 0
    while unsafe start[count] != 0 {
        count += 1
        if count > limit * 4 {
            throw Failure(.tooBig, name.description + " has more than \(limit) bytes")
        }
    }
    var text = unsafe floorbus_str()
    unsafe text.ptr = start
    unsafe text.len = count
    return try unsafe text.text(name, atMost: limit, encoding)
}

/// Writes a text and a NUL into a caller's memory, cut where it does not fit.
///
/// - Parameters:
///   - text: the text.
///   - buffer: may be nil when `capacity` is 0.
///   - capacity: bytes of it, the NUL included.
///   - needed: gets the text's bytes without the NUL; may be nil.
/// - Throws: `Failure` when it does not fit.
func writeText(
    _ text: String,
    _ buffer: UnsafeMutablePointer<CChar>?,
    _ capacity: Int,
    _ needed: UnsafeMutablePointer<Int>?
) throws(Failure) {
    guard capacity >= 0 else { throw Failure(.invalid, "capacity is (size_t)-1 or the like") }
    guard unsafe buffer != nil || capacity == 0 else { throw .missing("buffer") }
    let bytes = Array(text.utf8)
    if let needed = unsafe needed { unsafe needed.pointee = bytes.count }
    if let buffer = unsafe buffer, capacity > 0 {
        let count = min(bytes.count, capacity - 1)
        for place in 0..<count { unsafe buffer[place] = CChar(bitPattern: bytes[place]) }
        unsafe buffer[count] = 0
    }
    guard bytes.count < capacity else {
        throw Failure(.truncated, "the buffer has \(capacity) bytes, the text \(bytes.count)")
    }
}
