/// Which keys a reader wants: a prefix ending in `/`, with `+` for any one segment.
///
///     try KeyFilter("agent/bj/")            // every agent of site bj
///     try KeyFilter("queue/+/billing/")     // the billing unit's queues on every site
///     try KeyFilter("+/")                   // everything
///
/// - Errors: `KeyError`, as for keys; a filter has one to four segments.
public struct KeyFilter: Hashable, Sendable, CustomStringConvertible {
    /// The filter as it travels.
    public let bytes: [UInt8]
    /// Whether a segment is `+`.
    public let hasWildcard: Bool
    /// Segments, 1 to 4.
    public let segmentCount: Int

    /// A filter from its written form.
    public init(_ text: String) throws(KeyError) {
        try self.init(bytes: Array(text.utf8))
    }

    /// A filter from its bytes.
    public init(bytes: [UInt8]) throws(KeyError) {
        segmentCount = try KeyRules.checkSegments(bytes.span, wildcards: true)
        var wildcard = false
        var start = 0
        for index in 0..<bytes.count where bytes[index] == KeyRules.slash {
            if index == start + 1, bytes[start] == KeyRules.plus { wildcard = true }
            start = index + 1
        }
        hasWildcard = wildcard
        if bytes[0] != KeyRules.plus, KeyRules.kind(of: bytes.span) == nil { throw .unknownClass }
        self.bytes = bytes
    }

    /// The filter that matches this key alone.
    public init(_ key: FloorKey) {
        bytes = key.bytes
        hasWildcard = false
        segmentCount = Limits.keySegments
    }

    /// The filter as text.
    public var text: String { String(decoding: bytes, as: UTF8.self) }
    /// The text.
    public var description: String { text }

    /// Whether the filter names one whole key.
    public var isOneKey: Bool { !hasWildcard && segmentCount == Limits.keySegments }

    /// Whether a well-formed key matches.
    public func matches(_ key: FloorKey) -> Bool { matches(key.bytes.span) }

    /// Whether a well-formed key's bytes match.
    public func matches(_ key: Span<UInt8>) -> Bool {
        if hasWildcard { return matchesSegments(key) }
        guard key.count >= bytes.count else { return false }
        let prefix = bytes.span
        var at = 0
        while at + 8 <= prefix.count {
            if key.word(at) != prefix.word(at) { return false }
            at += 8
        }
        while at < prefix.count {
            if key[at] != prefix[at] { return false }
            at += 1
        }
        return true
    }

    /// Whether every key that another filter matches also matches this one.
    public func covers(_ other: KeyFilter) -> Bool {
        var at = 0
        var start = 0
        while start < bytes.count {
            var end = start
            while bytes[end] != KeyRules.slash { end += 1 }
            let isPlus = end == start + 1 && bytes[start] == KeyRules.plus
            // Behind its end the other filter leaves every segment open.
            if at == other.bytes.count {
                guard isPlus else { return false }
                start = end + 1
                continue
            }
            var otherEnd = at
            while other.bytes[otherEnd] != KeyRules.slash { otherEnd += 1 }
            // A wildcard of the other is no more than a segment that differs from this one's.
            guard isPlus || bytes[start..<end] == other.bytes[at..<otherEnd] else { return false }
            start = end + 1
            at = otherEnd + 1
        }
        return true
    }

    /// The filter of the keys that both match; nil when there are none.
    ///
    ///     try KeyFilter("flag/").intersection(KeyFilter("+/bj/"))        // flag/bj/
    public func intersection(_ other: KeyFilter) -> KeyFilter? {
        var out: [UInt8] = []
        var at = 0
        var otherAt = 0
        while at < bytes.count || otherAt < other.bytes.count {
            let mine = segment(at: at)
            let theirs = other.segment(at: otherAt)
            // Behind its end a filter leaves every segment open.
            let isMineOpen = mine.isEmpty || (mine.count == 1 && bytes[at] == KeyRules.plus)
            let isTheirsOpen =
                theirs.isEmpty || (theirs.count == 1 && other.bytes[otherAt] == KeyRules.plus)
            if !isMineOpen, !isTheirsOpen {
                guard bytes[mine] == other.bytes[theirs] else { return nil }
            }
            let takesMine = !mine.isEmpty && (!isMineOpen || isTheirsOpen)
            out.append(contentsOf: takesMine ? bytes[mine] : other.bytes[theirs])
            out.append(KeyRules.slash)
            if !mine.isEmpty { at = mine.upperBound + 1 }
            if !theirs.isEmpty { otherAt = theirs.upperBound + 1 }
        }
        // What is longer than a key may be matches none.
        return try? KeyFilter(bytes: out)
    }

    /// The segment that begins at an offset, without its `/`; empty behind the last one.
    private func segment(at start: Int) -> Range<Int> {
        var end = start
        while end < bytes.count, bytes[end] != KeyRules.slash { end += 1 }
        return start..<end
    }

    private func matchesSegments(_ key: Span<UInt8>) -> Bool {
        var at = 0
        var index = 0
        while index < bytes.count {
            let segmentStart = index == 0 || bytes[index - 1] == KeyRules.slash
            if segmentStart, bytes[index] == KeyRules.plus {
                // A leading '+' of a key is escaped, so '+' here is always the wildcard.
                guard at < key.count else { return false }
                while at < key.count, key[at] != KeyRules.slash { at += 1 }
                index += 1
            } else {
                guard at < key.count, key[at] == bytes[index] else { return false }
                at += 1
                index += 1
            }
        }
        return true
    }
}
