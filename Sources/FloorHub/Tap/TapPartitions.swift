import FloorEvents
import FloorWire

/// What the tap has carried of one partition: of all keys of a class, site and unit.
struct TapPartition {
    /// The beacon's key, `!beacon/<class>/<site>/<unit>/`; empty while the place is free.
    var key: [UInt8] = []
    var hash: UInt32 = 0
    var kindCode: UInt8 = 0
    /// Where counting began, and the last record.
    var first = Revision.zero
    var last = Revision.zero
    /// Records on the tap from `first` on.
    var count: UInt64 = 0
    /// Keys in the last-value table, tombstones too; always 0 in the event lane.
    var keys = 0
    /// Boot time of the last record.
    var changedAt: Int64 = 0

    var isFree: Bool { key.isEmpty }
}

/// The partitions the tap has carried records of, counted as they go out.
///
/// Invariant: a record that was emitted for the tap is in its partition's count, or in
/// `uncounted`, before anything else is emitted; so a beacon made from here never runs ahead of
/// the records on the socket, nor behind them.
struct TapPartitions {
    /// What a beacon's key has before the partition.
    static let beaconPrefix = Array("!beacon/".utf8)

    private(set) var places: [TapPartition] = []
    /// Records that found the table full.
    private(set) var uncounted: UInt64 = 0
    private let maximum: Int
    private var index = ByteIndex()
    private var free: [Int] = []

    init(maximum: Int) { self.maximum = maximum }

    var count: Int { places.count - free.count }

    /// Counts a record that is about to go out.
    mutating func note(_ record: Span<UInt8>, key: Range<Int>, kind: RecordKind, boot: Int64) {
        let key = record.extracting(key)
        let partition = key.extracting(Self.partition(of: key))
        let hash = ByteIndex.hash(partition)
        let revision = Revision(rawValue: record.u64(8))
        guard let place = find(partition, hash) ?? insert(partition, hash, kind, revision) else {
            uncounted += 1
            return
        }
        places[place].last = revision
        places[place].count += 1
        places[place].changedAt = boot
        // The first revision of a key since it was last out of the table: it has none before.
        if kind.lane == .state, record.u64(16) == 0 { places[place].keys += 1 }
    }

    /// A key is in the last-value table from an earlier life; the tap has not carried it.
    mutating func noteRestored(
        _ key: Span<UInt8>,
        kind: RecordKind,
        revision: Revision,
        boot: Int64
    ) {
        let partition = key.extracting(Self.partition(of: key))
        let hash = ByteIndex.hash(partition)
        guard let place = find(partition, hash) ?? insert(partition, hash, kind, revision) else {
            return
        }
        places[place].last = revision
        places[place].keys += 1
        places[place].changedAt = boot
    }

    /// A key has left the last-value table.
    mutating func forgetKey(_ key: Span<UInt8>) {
        let partition = key.extracting(Self.partition(of: key))
        guard let place = find(partition, ByteIndex.hash(partition)) else { return }
        // Keys from a time when the table was full were not counted.
        places[place].keys = max(0, places[place].keys - 1)
    }

    /// Whether nothing of the partition is left, and nobody could still be told of its end.
    func isOver(_ place: Int, before horizon: Int64) -> Bool {
        places[place].keys == 0 && places[place].changedAt <= horizon
    }

    /// Frees a place.
    mutating func remove(_ place: Int) {
        index.remove(places[place].hash, place)
        places[place] = TapPartition()
        free.append(place)
    }

    private func find(_ partition: Span<UInt8>, _ hash: UInt32) -> Int? {
        let prefix = Self.beaconPrefix.count
        return index.find(hash) {
            places[$0].key.count == prefix + partition.count
                && places[$0].key.holds(partition, at: prefix)
        }
    }

    private mutating func insert(
        _ partition: Span<UInt8>,
        _ hash: UInt32,
        _ kind: RecordKind,
        _ first: Revision
    ) -> Int? {
        let place: Int
        if let reused = free.popLast() {
            place = reused
        } else {
            guard places.count < maximum else { return nil }
            place = places.count
            places.append(TapPartition())
        }
        places[place].key = Self.beaconPrefix
        places[place].key.append(span: partition)
        places[place].hash = hash
        places[place].kindCode = kind.rawValue
        places[place].first = first
        index.insert(hash, place)
        return place
    }

    /// Where the first three segments of a well-formed key are, with their slashes.
    private static func partition(of key: Span<UInt8>) -> Range<Int> {
        var slashes = 0
        for at in 0..<key.count where key[at] == UInt8(ascii: "/") {
            slashes += 1
            if slashes == 3 { return 0..<(at + 1) }
        }
        return 0..<key.count
    }
}
