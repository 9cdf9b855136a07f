import FloorEvents
import FloorWire

/// Records in the order they came, end to end in one buffer that is written round and round.
///
/// Most leave in that order. Where the writing comes round to one that has stayed, all are laid
/// out anew, in a larger buffer unless they take less than half of this one. So writing a record
/// allocates nothing, and consecutive records can be copied together.
///
/// Invariant: the oldest record is kept, later ones may be gone; bytes from `end` to the oldest
/// record are free.
struct RecordRing {
    fileprivate struct Place {
        var start: Int32
        /// 0: the record is gone.
        var length: Int32
        /// Whose record it is.
        var slot: Int32
    }

    /// Where a record is, for its owner to keep.
    struct Home {
        fileprivate let number: Int
        fileprivate let start: Int32
        fileprivate let length: Int32

        fileprivate init(_ number: Int, _ place: Place) {
            self.number = number
            start = place.start
            length = place.length
        }

        /// Where in `bytes`.
        var range: Range<Int> { Int(start)..<Int(start + length) }
    }

    /// Bytes of the first buffer.
    private static let leastBytes = 16 * 1024
    /// A larger buffer is given back when nothing is in it.
    private static let keptBytes = 4 * 1024 * 1024

    private(set) var bytes: [UInt8] = []
    private var places = Ring<Place>()
    /// The number of the oldest record.
    private var first = 0
    private var end = 0
    private var used = 0

    private func start(of length: Int) -> Int? {
        guard let oldest = places.first else { return length <= bytes.count ? 0 : nil }
        let head = Int(oldest.start)
        // Never up to the oldest record: its start and `end` would tell nothing apart.
        guard head < end else { return end + length < head ? end : nil }
        if end + length <= bytes.count { return end }
        return length < head ? 0 : nil
    }

    /// Moves all records to the beginning of a buffer with room for one more, and numbers them
    /// anew.
    ///
    /// - Parameter length: bytes of the record that is to have room.
    /// - Returns: whose record is where now.
    mutating func layOut(adding length: Int) -> [(slot: Int, home: Home)] {
        var size = max(Self.leastBytes, bytes.count)
        while size < 2 * (used + length) { size *= 2 }
        var fresh: [UInt8] = []
        fresh.reserveCapacity(size)
        var moved: [(slot: Int, home: Home)] = []
        places.keep { $0.length > 0 }
        first = 0
        for index in 0..<places.count {
            let place = places[index]
            let old = Int(place.start)..<Int(place.start + place.length)
            places[index].start = Int32(fresh.count)
            moved.append((Int(place.slot), Home(index, places[index])))
            fresh.append(span: bytes.span.extracting(old))
        }
        end = fresh.count
        fresh.append(contentsOf: repeatElement(0, count: size - end))
        bytes = fresh
        return moved
    }

    /// Takes the place of a record behind the last one; nil: `layOut` has to make room before.
    mutating func append(_ length: Int, for slot: Int) -> Home? {
        guard let start = start(of: length) else { return nil }
        let place = Place(start: Int32(start), length: Int32(length), slot: Int32(slot))
        places.append(place)
        end = start + length
        used += length
        return Home(first + places.count - 1, place)
    }

    /// Writes a record into its place.
    mutating func write(
        _ home: Home,
        _ header: RecordHeader,
        key: Span<UInt8>,
        payload: Span<UInt8>
    ) {
        RecordWriter.write(header, key: key, payload: payload, over: &bytes, at: Int(home.start))
    }

    /// Writes a whole record into its place.
    mutating func write(_ home: Home, _ record: Span<UInt8>) {
        bytes.overwrite(record, at: Int(home.start))
    }

    mutating func remove(_ home: Home) {
        used -= Int(home.length)
        if home.number > first {
            places[home.number - first].length = 0
        } else {
            repeat {
                _ = places.popFirst()
                first += 1
            } while places.first?.length == 0
        }
        if places.isEmpty {
            end = 0
            if bytes.count > Self.keptBytes { bytes = [] }
        }
    }
}
