import FloorEvents

// The checks every body's decoder starts with.

extension Span<UInt8> {
    func need(_ size: Int) throws(WireError) {
        guard count >= size else { throw .tooShort(needed: size, got: count) }
    }

    func need(exactly size: Int) throws(WireError) {
        guard count == size else { throw .lengthMismatch(stated: size, got: count) }
    }

    /// The text in a range, checked to be UTF-8.
    func text(_ range: Range<Int>) throws(WireError) -> String {
        let part = extracting(range)
        guard UTF8Rules.isValid(part) else { throw .badText }
        return unsafe part.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
    }

    /// A text of at most `limit` bytes.
    ///
    /// Not inlined: payloads have many, and the C library is kept small.
    @inline(never)
    func text(_ range: Range<Int>, atMost limit: Int) throws(WireError) -> String {
        try text(checkedText(range, atMost: limit))
    }

    /// The same range when it holds a text of at most `limit` bytes.
    func checkedText(_ range: Range<Int>, atMost limit: Int) throws(WireError) -> Range<Int> {
        guard range.count <= limit else { throw .badValue(field: "text length") }
        guard UTF8Rules.isValid(extracting(range)) else { throw .badText }
        return range
    }

    /// Checks that padding is zero.
    func needZeros(_ range: Range<Int>) throws(WireError) {
        for index in range where self[index] != 0 { throw .reservedNotZero }
    }

    func status(_ offset: Int) throws(WireError) -> FloorStatus {
        guard let status = FloorStatus(rawValue: Int32(bitPattern: u32(offset))) else {
            throw .badValue(field: "status")
        }
        return status
    }

    /// The bytes in a range, copied.
    public func copy(_ range: Range<Int>) -> [UInt8] {
        var out: [UInt8] = []
        out.append(span: extracting(range))
        return out
    }
}

extension String {
    /// At most `limit` bytes of the text, cut between characters' scalars so that it stays UTF-8.
    func utf8(atMost limit: Int) -> [UInt8] {
        let all = Array(utf8)
        var end = min(limit, all.count)
        while end > 0, end < all.count, all[end] & 0xC0 == 0x80 { end -= 1 }
        return Array(all[..<end])
    }
}
