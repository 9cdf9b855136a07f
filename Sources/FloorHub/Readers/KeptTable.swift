import FloorEvents
import FloorWire

/// The last committed records of help flags and notes: what a reader without a token is sent, and
/// what GET answers.
///
/// It holds committed records only, so no reader ever sees what the journal may still lose.
struct KeptTable {
    struct Entry {
        var record: [UInt8] = []
        var revision = Revision.zero
        /// Whether a reader who comes new is to be told: an ended flag is for questions only.
        var isOpen = false
    }

    private(set) var entries: [Entry] = []
    private var free: [Int] = []
    private var index = ByteIndex()
    /// The entries in the order of their revisions; places that are over stay until compacted.
    private(set) var log = ChangeLog()

    /// Records that are kept.
    var count: Int { entries.count - free.count }

    /// Where a record's key lies.
    func keyRange(_ slot: Int) -> Range<Int> {
        let record = entries[slot].record
        let length = Int(record.span.u16(68))
        return RecordHeader.size..<(RecordHeader.size + length)
    }

    func find(_ key: Span<UInt8>) -> Int? {
        index.find(ByteIndex.hash(key)) {
            let range = keyRange($0)
            return range.count == key.count && entries[$0].record.holds(key, at: range.lowerBound)
        }
    }

    /// Keeps a record in place of the last one of its key.
    mutating func put(_ record: [UInt8], isOpen: Bool) {
        let view = RecordView(checked: record.span, at: 0)
        let key = record.span.extracting(view.key)
        let known = find(key)
        let slot = known ?? insert(key)
        entries[slot].revision = view.revision(record.span)
        entries[slot].record = record
        entries[slot].isOpen = isOpen
        log.append(entries[slot].revision, slot, superseding: known != nil)
        compactIfNeeded()
    }

    /// Forgets a key's record; one that is not here is no error.
    mutating func remove(_ key: Span<UInt8>) {
        guard let slot = find(key) else { return }
        index.remove(ByteIndex.hash(key), slot)
        entries[slot] = Entry()
        free.append(slot)
        log.forgetOne()
        compactIfNeeded()
    }

    private mutating func insert(_ key: Span<UInt8>) -> Int {
        let slot: Int
        if let reused = free.popLast() {
            slot = reused
        } else {
            slot = entries.count
            entries.append(Entry())
        }
        index.insert(ByteIndex.hash(key), slot)
        return slot
    }

    private mutating func compactIfNeeded() {
        guard log.needsCompaction else { return }
        let entries = self.entries
        log.compact { slot, revision in entries[slot].revision == revision }
    }
}
