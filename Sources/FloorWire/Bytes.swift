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

    /// Four bytes as a length or count; where `Int` has 32 bits, its largest value for all above.
    @inlinable
    public func length(_ offset: Int) -> Int { Int(clamping: u32(offset)) }

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

extension Span<UInt8> {
    /// Whether both hold the same bytes.
    @inlinable
    public func isEqual(to other: Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        var at = 0
        while at &+ 8 <= count {
            if u64(at) != other.u64(at) { return false }
            at &+= 8
        }
        while at < count {
            if self[at] != other[at] { return false }
            at &+= 1
        }
        return true
    }

    /// A hash for tables of this process: keys chosen by an attacker do not collide on purpose,
    /// because its start is chosen by chance.
    ///
    /// Words are mixed by multiplying to 128 bits and folding the halves, as wyhash does;
    /// `Hasher` took most of the time of a look-up.
    public func tableHash(salt: UInt32 = 0) -> UInt32 {
        var hash = tableSeed ^ UInt64(salt) &* 0x9E37_79B9_7F4A_7C15
        var at = 0
        while at &+ 8 <= count {
            hash = folded(hash ^ u64(at), 0xA076_1D64_78BD_642F)
            at &+= 8
        }
        var tail = UInt64(truncatingIfNeeded: count)
        while at < count {
            tail = tail << 8 | UInt64(self[at])
            at &+= 1
        }
        hash = folded(hash ^ tail, 0xE703_7ED1_A0B4_28DB)
        return UInt32(truncatingIfNeeded: folded(hash, tableSeed | 1))
    }
}

/// The standard library's own seed of the process, as a number.
private let tableSeed = UInt64(bitPattern: Int64(Hasher().finalize()))

@inline(__always)
private func folded(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let product = left.multipliedFullWidth(by: right)
    return product.high ^ product.low
}

extension [UInt8] {
    /// Whether these bytes stand at an offset.
    @inlinable
    public func holds(_ bytes: Span<UInt8>, at offset: Int) -> Bool {
        offset + bytes.count <= count
            && span.extracting(offset..<(offset + bytes.count)).isEqual(to: bytes)
    }

    /// Appends a number, lowest byte first.
    @inlinable
    public mutating func append<Number: FixedWidthInteger & BitwiseCopyable>(number: Number) {
        let little = number.littleEndian
        unsafe Swift.withUnsafeBytes(of: little) { unsafe append(block: $0) }
    }

    /// Appends a span of bytes.
    @inlinable
    public mutating func append(span: Span<UInt8>) {
        unsafe span.withUnsafeBytes { unsafe append(block: $0) }
    }

    /// Appends an array of bytes.
    @inlinable
    public mutating func append(bytes: [UInt8]) {
        unsafe bytes.withUnsafeBytes { unsafe append(block: $0) }
    }

    /// Appends bytes as a block; `append(contentsOf:)` compiled for size takes them one by one,
    /// which was a sixth of the cost of a publication.
    @inlinable
    mutating func append(block source: UnsafeRawBufferPointer) {
        // With nothing to add, an empty array's count is written all the same: into the storage
        // that all empty arrays of the process share (Swift 6.3; ThreadSanitizer saw it).
        guard source.count > 0 else { return }
        append(addingCapacity: source.count) { out in
            unsafe out.withUnsafeMutableBufferPointer { target, count in
                guard let from = source.baseAddress,
                    let to = target.baseAddress
                else { return }
                unsafe UnsafeMutableRawPointer(to + count).copyMemory(
                    from: from,
                    byteCount: source.count
                )
                count += source.count
            }
        }
    }

    /// Appends zeros up to the next multiple of eight, counted from `start`.
    @inlinable
    public mutating func pad8(from start: Int) {
        let missing = -(count - start) & 7
        unsafe Swift.withUnsafeBytes(of: UInt64(0)) { zeros in
            unsafe append(contentsOf: zeros[..<missing])
        }
    }

    /// Writes bytes over others that are already there.
    @inlinable
    public mutating func overwrite(_ bytes: Span<UInt8>, at offset: Int) {
        precondition(offset >= 0 && offset + bytes.count <= count)
        unsafe withUnsafeMutableBytes { buffer in
            unsafe bytes.withUnsafeBytes { source in
                let target = unsafe UnsafeMutableRawBufferPointer(
                    rebasing: buffer[offset..<(offset + source.count)]
                )
                unsafe target.copyMemory(from: source)
            }
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
