import FloorEvents
import FloorWire

/// The last records of the event lane, end to end in one buffer that is written round and round.
///
/// Consecutive records lie next to each other, but where the buffer ends, so what a reader or
/// the journal wants is a few runs of bytes. Readers that fall out of it go back to the journal:
/// its size bounds memory, never what a reader may miss.
///
/// Invariant: records `first ..< first + count` are kept, each whole, in the order of their
/// counters, the next one's place behind the last one's.
struct EventWindow {
    /// Most records.
    static let maximumRecords = 8192
    /// Most bytes of the buffer; it grows up to here while the records kept are few.
    static let maximumBytes = 8 * 1024 * 1024
    /// Records that are not to be forgotten may have this many bytes: the rest is for one more
    /// and for what is left free at the buffer's end.
    static let mostKeptBytes = maximumBytes - 4 * largestRecord
    static let largestRecord = RecordWriter.size(
        keyBytes: Limits.keyBytes,
        payloadBytes: Limits.payloadBytes
    )

    struct Place {
        var start: Int32 = 0
        var length: Int32 = 0
        /// Who wants the key, see `FilterIndex.set`; of the filters at the record's time.
        var readers: Int32 = 0

        var range: Range<Int> { Int(start)..<(Int(start) + Int(length)) }
    }

    private(set) var bytes: [UInt8] = []
    private var places = [Place](repeating: Place(), count: maximumRecords)
    /// Counter of the oldest record kept.
    private(set) var first: UInt64 = 1
    private(set) var count = 0
    /// Where the next record is written.
    private var end = 0

    /// The counter that the next record gets.
    private var next: UInt64 { first + UInt64(count) }

    private static func slot(_ counter: UInt64) -> Int { Int(counter % UInt64(maximumRecords)) }

    /// Where a record lies; it is one of those kept.
    subscript(counter: UInt64) -> Place {
        precondition(counter >= first && counter < next, "EventWindow: the record is not kept")
        return places[Self.slot(counter)]
    }

    /// The stretch of records, at most up to `last`, that lie end to end from a counter on.
    func run(from counter: UInt64, through last: UInt64) -> (bytes: Range<Int>, last: UInt64) {
        var range = self[counter].range
        var reached = counter
        while reached < last {
            let place = self[reached + 1]
            guard Int(place.start) == range.upperBound else { break }
            range = range.lowerBound..<place.range.upperBound
            reached += 1
        }
        return (range, reached)
    }

    /// Copies a record behind the last one; what stands in its way is forgotten.
    ///
    /// - Parameters:
    ///   - record: the record as its publisher wrote it.
    ///   - readers: who wants its key.
    ///   - kept: counters from here on are not forgotten; the caller sees to it that there is
    ///     room beside them (`mostKeptBytes`).
    /// - Returns: where its bytes are.
    mutating func append(_ record: Span<UInt8>, readers: Int32, keeping kept: UInt64) -> Int {
        let start = room(for: record.count, keeping: kept)
        bytes.overwrite(record, at: start)
        places[Self.slot(next)] = Place(
            start: Int32(start),
            length: Int32(record.count),
            readers: readers
        )
        count += 1
        end = start + record.count
        return start
    }

    /// Fills in what the hub says of a record in the buffer.
    mutating func stamp(at start: Int, _ stamp: RecordStamp) {
        RecordWriter.stamp(&bytes, at: start, stamp)
    }

    /// Forgets the records behind a counter: they were taken back.
    mutating func removeLast(after counter: UInt64) {
        while count > 0, next > counter + 1 {
            count -= 1
            end = Int(places[Self.slot(next)].start)
        }
    }

    // MARK: room

    private mutating func room(for length: Int, keeping kept: UInt64) -> Int {
        while true {
            if count == places.count { forgetFirst(keeping: kept) }
            // While the buffer may grow, nothing is forgotten for its sake.
            if bytes.count == Self.maximumBytes {
                while isFirstInTheWay(of: length) { forgetFirst(keeping: kept) }
            }
            if !isFirstInTheWay(of: length) {
                if end + length <= bytes.count { return end }
                if length <= bytes.count { return 0 }
            }
            grow()
        }
    }

    private mutating func forgetFirst(keeping kept: UInt64) {
        precondition(first < kept, "EventWindow: the caller keeps more than fits")
        first += 1
        count -= 1
    }

    /// Whether the oldest record must go before `length` bytes more may be written.
    private func isFirstInTheWay(of length: Int) -> Bool {
        guard count > 0 else { return false }
        let start = Int(places[Self.slot(first)].start)
        // The oldest lie in front of `end`, or behind it once the writing has gone round.
        let isBehind = start >= end
        if end + length <= bytes.count { return isBehind && start < end + length }
        // Going round leaves the bytes behind `end` free.
        return isBehind || start < length
    }

    /// Doubles the buffer and lays the records out from its beginning.
    private mutating func grow() {
        let size = min(max(64 * 1024, bytes.count * 2), Self.maximumBytes)
        precondition(size > bytes.count, "EventWindow: the caller keeps more than fits")
        let old = bytes
        bytes = []
        bytes.reserveCapacity(size)
        for counter in first..<next {
            let slot = Self.slot(counter)
            let start = bytes.count
            bytes.append(span: old.span.extracting(places[slot].range))
            places[slot].start = Int32(start)
        }
        end = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: size - end))
    }
}
