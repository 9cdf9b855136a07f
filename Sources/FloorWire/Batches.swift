public import FloorEvents

// Bodies that carry records or results behind a small fixed part: PUB, DELIVER, REPLY, ACK, NACK.

/// A body of records: 16 bytes of its own, then records end to end.
///
/// | body | bytes 0-7 | bytes 8-11 | bytes 12-15 |
/// |---|---|---|---|
/// | PUB | 0 | count | 0 |
/// | DELIVER | stable event revision | count | 0 |
/// | REPLY | request | count | 0 |
public struct RecordBatch: Sendable {
    /// Bytes before the first record.
    public static let prefixSize = 16

    /// Bytes 0-7: stable event revision, request, or 0.
    public var lead: UInt64
    /// Records stated.
    public var count: Int

    /// Reads the prefix and checks that exactly `count` well-formed records follow.
    public init(_ body: Span<UInt8>) throws(WireError) {
        try body.need(Self.prefixSize)
        guard body.u32(12) == 0 else { throw .reservedNotZero }
        lead = body.u64(0)
        count = body.length(8)
        var at = Self.prefixSize
        var found = 0
        while at < body.count {
            at += try RecordView.checkedLength(body, at: at)
            found += 1
        }
        guard found == count else { throw .countMismatch(stated: count, got: found) }
    }

    /// Appends a prefix whose count `finish` fills in; returns its place.
    public static func begin(lead: UInt64, in out: inout [UInt8]) -> Int {
        let start = out.count
        out.append(number: lead)
        out.append(number: UInt64(0))
        return start
    }

    /// Writes the count, now known.
    public static func finish(_ start: Int, lead: UInt64, count: Int, in out: inout [UInt8]) {
        out.overwrite(lead, at: start)
        out.overwrite(UInt32(count), at: start + 8)
    }
}

/// Results of consecutive operations that came out alike.
///
/// Sequences `first ..< first + count` have the same status; their revisions grow by one.
public struct ResultRun: Equatable, Sendable {
    static let fixedSize = 32

    /// The first operation's sequence.
    public var first: UInt64
    /// How many operations.
    public var count: UInt32
    /// How they came out.
    public var status: FloorStatus
    /// The first one's revision; on a conflict the key's present one.
    public var revision: Revision
    /// The flag's fencing token; 0 elsewhere.
    public var claimGeneration: UInt32
    /// On a conflict, who holds it; of something denied, why.
    public var owner: String

    /// One operation's result.
    public init(_ sequence: UInt64, _ status: FloorStatus, revision: Revision = .zero) {
        first = sequence
        count = 1
        self.status = status
        self.revision = revision
        claimGeneration = 0
        owner = ""
    }

    /// Takes in the next operation's result if it fits this run.
    public mutating func extend(by next: ResultRun) -> Bool {
        guard next.first == first + UInt64(count), next.status == status,
            owner.isEmpty && next.owner.isEmpty || owner.utf8.elementsEqual(next.owner.utf8),
            claimGeneration == 0, next.claimGeneration == 0,
            count <= UInt32.max - next.count
        else { return false }
        let bothNone = revision == .zero && next.revision == .zero
        let follows =
            revision != .zero && next.revision.rawValue &- revision.rawValue == UInt64(count)
        guard bothNone || follows else { return false }
        count += next.count
        return true
    }

    /// Whether a sequence is within the run.
    public func contains(_ sequence: UInt64) -> Bool {
        sequence >= first && sequence - first < UInt64(count)
    }

    func append(to out: inout [UInt8]) {
        let name = owner.utf8(atMost: Limits.nameBytes)
        out.append(number: first)
        out.append(number: count)
        out.append(number: status.rawValue)
        out.append(number: revision.rawValue)
        out.append(number: claimGeneration)
        out.append(number: UInt16(name.count))
        out.append(number: UInt16(0))
        out.append(contentsOf: name)
        for _ in name.count..<roundedUp8(name.count) { out.append(0) }
    }
}

/// ACK and NACK: results of operations; the header's argument is the cumulative sequence.
public struct Results: Equatable, Sendable {
    static let fixedSize = 16
    /// Most runs in one message; more go into the next.
    public static let maximumRuns = 256

    /// NACK: the sequence the hub expects next; 0 in ACK, and in NACK when results are meant.
    public var expected: UInt64
    /// NACK: when to try again, in milliseconds.
    public var retryAfterMilliseconds: UInt32
    /// The results.
    public var runs: [ResultRun]

    /// Results to send.
    public init(runs: [ResultRun], expected: UInt64 = 0, retryAfterMilliseconds: UInt32 = 0) {
        self.runs = runs
        self.expected = expected
        self.retryAfterMilliseconds = retryAfterMilliseconds
    }

    /// Reads the body.
    public init(_ body: Span<UInt8>) throws(WireError) {
        self.init(runs: [])
        try read(body)
    }

    /// Reads a body into storage that is used again.
    public mutating func read(_ body: Span<UInt8>) throws(WireError) {
        try body.need(Self.fixedSize)
        expected = body.u64(0)
        retryAfterMilliseconds = body.u32(8)
        let count = body.length(12)
        guard count <= Self.maximumRuns else { throw .badValue(field: "runs") }
        runs.removeAll(keepingCapacity: true)
        var at = Self.fixedSize
        for _ in 0..<count {
            guard body.count - at >= ResultRun.fixedSize else {
                throw .tooShort(needed: at + ResultRun.fixedSize, got: body.count)
            }
            let nameLength = Int(body.u16(at + 28))
            let end = at + ResultRun.fixedSize + roundedUp8(nameLength)
            guard nameLength <= Limits.nameBytes, end <= body.count, body.u16(at + 30) == 0 else {
                throw .badValue(field: "owner")
            }
            var run = ResultRun(
                body.u64(at),
                try body.status(at + 12),
                revision: Revision(rawValue: body.u64(at + 16))
            )
            run.count = body.u32(at + 8)
            run.claimGeneration = body.u32(at + 24)
            let name = at + ResultRun.fixedSize
            run.owner = try body.text(name..<(name + nameLength))
            try body.needZeros((name + nameLength)..<end)
            guard run.count > 0, run.first > 0, run.first <= UInt64.max - UInt64(run.count) else {
                throw .badValue(field: "run")
            }
            runs.append(run)
            at = end
        }
        guard at == body.count else { throw .lengthMismatch(stated: at, got: body.count) }
    }

    /// Appends the body; at most `maximumRuns` runs.
    public func append(to out: inout [UInt8]) {
        Self.append(
            runs[...],
            expected: expected,
            retryAfterMilliseconds: retryAfterMilliseconds,
            to: &out
        )
    }

    /// Appends a body of some of the runs of a list; at most `maximumRuns`.
    public static func append(
        _ runs: ArraySlice<ResultRun>,
        expected: UInt64,
        retryAfterMilliseconds: UInt32,
        to out: inout [UInt8]
    ) {
        precondition(runs.count <= maximumRuns)
        out.append(number: expected)
        out.append(number: retryAfterMilliseconds)
        out.append(number: UInt32(runs.count))
        for run in runs { run.append(to: &out) }
    }
}
