// Little-endian numbers in byte spans and byte arrays. Everything that reads a number from bytes
// from outside goes through here; a read outside the span traps, so callers check lengths first
// (the decoders do, in one place each).

extension Span<UInt8> {
    /// The byte at an offset.
    @inlinable
    public func u8(_ offset: Int) -> UInt8 { self[offset] }

    /// Two bytes as a number.
    @inlinable
    public func u16(_ offset: Int) -> UInt16 { UInt16(littleEndian: load(offset)) }

    /// Four bytes as a number.
    @inlinable
    public func u32(_ offset: Int) -> UInt32 { UInt32(littleEndian: load(offset)) }

    /// Eight bytes as a number.
    @inlinable
    public func u64(_ offset: Int) -> UInt64 { UInt64(littleEndian: load(offset)) }

    /// Eight bytes as a signed number.
    @inlinable
    public func i64(_ offset: Int) -> Int64 { Int64(littleEndian: load(offset)) }

    @inlinable
    func load<Number: FixedWidthInteger & BitwiseCopyable>(_ offset: Int) -> Number {
        precondition(offset >= 0 && offset &+ MemoryLayout<Number>.size <= count)
        // Safe: the precondition holds the bounds, and every bit pattern is a valid integer.
        return unsafe bytes.unsafeLoadUnaligned(
            fromUncheckedByteOffset: offset,
            as: Number.self
        )
    }
}

extension [UInt8] {
    /// Appends a number, lowest byte first.
    @inlinable
    public mutating func append<Number: FixedWidthInteger & BitwiseCopyable>(number: Number) {
        let little = number.littleEndian
        unsafe Swift.withUnsafeBytes(of: little) { unsafe append(contentsOf: $0) }
    }

    /// Appends eight-byte words, each lowest byte first, in one copy.
    @inlinable
    mutating func append<let size: Int>(words: InlineArray<size, UInt64>) {
        var words = words
        for index in words.indices { words[index] = words[index].littleEndian }
        unsafe Swift.withUnsafeBytes(of: words) { unsafe append(contentsOf: $0) }
    }

    /// Appends a span of bytes.
    @inlinable
    public mutating func append(span: Span<UInt8>) {
        unsafe span.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
    }

    /// Appends zeros up to the next multiple of eight, counted from `start`.
    @inlinable
    public mutating func pad8(from start: Int) {
        let missing = -(count - start) & 7
        unsafe Swift.withUnsafeBytes(of: UInt64(0)) { zeros in
            unsafe append(contentsOf: zeros[..<missing])
        }
    }

    /// Writes a number over bytes that are already there.
    @inlinable
    public mutating func overwrite<Number: FixedWidthInteger & BitwiseCopyable>(
        _ number: Number,
        at offset: Int
    ) {
        precondition(offset >= 0 && offset + MemoryLayout<Number>.size <= count)
        unsafe withUnsafeMutableBytes { buffer in
            unsafe buffer.storeBytes(
                of: number.littleEndian,
                toByteOffset: offset,
                as: Number.self
            )
        }
    }
}

/// The next multiple of eight.
@inlinable
public func roundedUp8(_ count: Int) -> Int { (count + 7) & ~7 }
