import FloorEvents
import FloorWire

/// What the event lane remembers of each key: the last revision, for the tap's `prev_rev` chain,
/// and who wants the key.
///
/// Bounded: when full it forgets everything, and a key starts a new chain with 0 ("first, or
/// not known any more").
struct EventKeys {
    private static let maximumKeys = 65_536

    private struct Entry {
        /// The key's bytes.
        var range: Range<Int>
        var revision: Revision
        /// `FilterIndex.set` of the key, as of a generation.
        var readers: Int32 = 0
        var generation: UInt64 = .max
    }

    private var index = ByteIndex()
    private var bytes: [UInt8] = []
    private var entries: [Entry] = []

    /// The place of a key that is here.
    func find(_ key: Span<UInt8>, hash: UInt32) -> Int? {
        index.find(hash) {
            let range = entries[$0].range
            return range.count == key.count && bytes.holds(key, at: range.lowerBound)
        }
    }

    /// A place for a well-formed key that is not here.
    mutating func insert(_ key: Span<UInt8>, hash: UInt32) -> Int {
        if entries.count == Self.maximumKeys { removeAll() }
        index.insert(hash, entries.count)
        let start = bytes.count
        bytes.append(span: key)
        entries.append(Entry(range: start..<bytes.count, revision: .zero))
        return entries.count - 1
    }

    /// Sets a key's last revision and returns the one before, or zero.
    mutating func replaceRevision(_ place: Int, by revision: Revision) -> Revision {
        let before = entries[place].revision
        entries[place].revision = revision
        return before
    }

    /// Who wants a key, by the present filters.
    mutating func readers(_ place: Int, _ filters: inout FilterIndex) -> Int32 {
        if entries[place].generation != filters.setGeneration {
            let readers = filters.set(matching: bytes.span.extracting(entries[place].range))
            entries[place].readers = readers
            entries[place].generation = filters.setGeneration
        }
        return entries[place].readers
    }

    mutating func removeAll() {
        index.removeAll()
        bytes.removeAll(keepingCapacity: true)
        entries.removeAll(keepingCapacity: true)
    }
}
