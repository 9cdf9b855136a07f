import FloorEvents
import FloorWire

/// The last committed records of help flags and notes: what a reader without a token is sent, and
/// what GET answers; and the keys that the journal is to forget.
///
/// It holds committed records only, so no reader ever sees what the journal may still lose.
struct KeptTable: ~Copyable {
    private let inPlace = InPlace()
    private struct Entry {
        var record: [UInt8] = []
        var revision = Revision.zero
        /// Whether a reader who comes new is to be told: an ended flag is for questions only.
        var isOpen = false
        var place = KeyTree.Place()
    }

    private let isDurable: Bool
    private var entries: [Entry] = []
    private var free: [Int] = []
    private var index = ByteIndex()
    private var tree = KeyTree()
    /// Keys whose records the next batch removes from the journal.
    private var forgotten: [FloorKey] = []
    /// Those of the batches that the journal has in hand.
    private var inHand: [(batch: UInt64, keys: [FloorKey])] = []

    init(isDurable: Bool) { self.isDurable = isDurable }

    /// Records that are kept.
    var count: Int { entries.count - free.count }

    /// The records, in the order of their places; for tests of the invariants.
    var records: [(record: [UInt8], isOpen: Bool)] {
        entries.filter { !$0.record.isEmpty }.map { ($0.record, $0.isOpen) }
    }

    func record(_ slot: Int) -> [UInt8] { entries[slot].record }
    func recordSize(_ slot: Int) -> Int { entries[slot].record.count }
    func revision(_ slot: Int) -> Revision { entries[slot].revision }
    func isOpen(_ slot: Int) -> Bool { entries[slot].isOpen }

    /// Where a record's key lies.
    private func keyRange(_ slot: Int) -> Range<Int> {
        let record = entries[slot].record
        let length = Int(record.span.u16(68))
        return RecordHeader.size..<(RecordHeader.size + length)
    }

    /// Whether a filter matches a record's key.
    func matches(_ filter: KeyFilter, _ slot: Int) -> Bool {
        let record = entries[slot].record
        return !record.isEmpty && filter.matches(record.span.extracting(keyRange(slot)))
    }

    private func find(_ key: Span<UInt8>) -> Int? {
        index.find(ByteIndex.hash(key)) {
            let range = keyRange($0)
            return range.count == key.count && entries[$0].record.holds(key, at: range.lowerBound)
        }
    }

    /// Keeps a record in place of the last one of its key.
    mutating func put(_ record: [UInt8], isOpen: Bool) {
        let view = RecordView(checked: record.span, at: 0)
        let key = record.span.extracting(view.key)
        let slot = find(key) ?? insert(key)
        entries[slot].revision = view.revision(record.span)
        entries[slot].record = record
        entries[slot].isOpen = isOpen
    }

    /// Forgets a key's record, here and in the journal; one that is not here is no error.
    mutating func forget(_ key: FloorKey) {
        if isDurable { forgotten.append(key) }
        guard let slot = find(key.bytes.span) else { return }
        index.remove(ByteIndex.hash(key.bytes.span), slot)
        tree.remove(entries[slot].place)
        entries[slot] = Entry()
        free.append(slot)
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
        entries[slot].place = tree.insert(key, slot)
        return slot
    }

    // MARK: cursors

    /// Looks at the records that a filter matches, as long as `take` says so and work is left;
    /// true when none is left.
    func walk(
        _ filter: KeyFilter,
        _ cursor: inout KeyCursor,
        _ work: inout Int,
        take: (Int) -> Bool
    ) -> Bool {
        tree.walk(filter, &cursor, &work, find: { find($0) }, take: take)
    }

    /// A cursor as a client brings it back.
    func wireCursor(_ slot: Int, after cursor: UInt64) -> UInt64 {
        WireCursor.keptBit | WireCursor.write(slot: slot, entries[slot].place, after: cursor)
    }

    /// The record that such a cursor names; nil when it is gone.
    func slot(_ wire: UInt64) -> Int? {
        guard let slot = WireCursor.slot(wire), slot < entries.count,
            !entries[slot].record.isEmpty, WireCursor.names(entries[slot].place, wire)
        else { return nil }
        return slot
    }

    /// What it stands for; one whose key is gone begins anew.
    func cursor(_ wire: UInt64) -> KeyCursor {
        slot(wire).map { tree.cursor(at: entries[$0].place) } ?? KeyCursor()
    }

    // MARK: storing

    /// Whether the journal is to forget something that no batch has.
    var hasUnsaved: Bool { !forgotten.isEmpty }

    /// Has the journal forget what is forgotten here, but for keys that were used anew: a batch
    /// has no order among its keys, and their new records stand in it.
    mutating func save(_ batch: UInt64, except used: Set<FloorKey>, _ effects: inout HubEffects) {
        for key in forgotten where !used.contains(key) {
            let start = effects.bytes.count
            effects.bytes.append(contentsOf: key.bytes)
            effects.list.append(.forgetKept(start..<effects.bytes.count))
        }
        guard !forgotten.isEmpty else { return }
        inHand.append((batch, forgotten))
        forgotten.removeAll()
    }

    /// The journal holds a batch and all before it.
    mutating func confirm(_ batch: UInt64) { inHand.removeAll { $0.batch <= batch } }

    /// The journal lost a batch and all behind it.
    mutating func takeBack(_ batch: UInt64) {
        let lost = inHand.filter { $0.batch >= batch }
        inHand.removeAll { $0.batch >= batch }
        forgotten = lost.flatMap { $0.keys } + forgotten
    }
}
