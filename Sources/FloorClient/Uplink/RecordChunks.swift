import FloorEvents
import FloorWire

/// Records in the order they came, end to end in chunks of one size.
///
/// Most leave in that order, and a chunk that all have left is written anew. So no record ever
/// moves, writing one takes the same time however many there are, allocates nothing in a steady
/// state, and consecutive records can be copied together.
///
/// Invariant: a chunk with records, or the one that is being written, is in neither list.
struct RecordChunks {
    private struct Chunk {
        var bytes: [UInt8] = []
        /// Where the next record goes.
        var end = 0
        /// How many records are in it.
        var records = 0
    }

    /// Where a record is, for its owner to keep.
    struct Home {
        /// Which of the chunks.
        let chunk: Int32
        private let start: Int32
        private let length: Int32

        fileprivate init(_ chunk: Int, _ range: Range<Int>) {
            self.chunk = Int32(chunk)
            start = Int32(range.lowerBound)
            length = Int32(range.count)
        }

        /// Where in the chunk's bytes.
        var range: Range<Int> { Int(start)..<Int(start + length) }
    }

    /// Bytes of a chunk: the longest record fits, and most of the chunk is used.
    static let size = 32 * 1024
    /// Empty chunks beyond these give their memory back.
    private static let keptChunks = 128

    private var chunks: [Chunk] = []
    /// Empty chunks with memory, and those without.
    private var spare: [Int] = []
    private var bare: [Int] = []
    /// The chunk that is being written; -1 = none.
    private var current = -1
    /// Bytes of all records.
    private(set) var used = 0

    /// Bytes of memory taken.
    var taken: Int { (chunks.count - bare.count) * Self.size }

    /// Whether few records keep much memory: they are to be written anew.
    var isWasteful: Bool {
        let busy = (chunks.count - bare.count - spare.count) * Self.size
        return busy > 16 * Self.size && busy > 8 * used
    }

    /// The bytes in which a record lies, with others.
    func bytes(of home: Home) -> [UInt8] { chunks[Int(home.chunk)].bytes }

    /// A record's bytes.
    func copy(_ home: Home) -> [UInt8] {
        let bytes = bytes(of: home)
        return bytes.span.copy(home.range)
    }

    /// Takes the place of a record behind the last one.
    mutating func append(_ length: Int) -> Home {
        precondition(length <= Self.size, "RecordChunks: the record is longer than a chunk")
        if current < 0 || chunks[current].end + length > Self.size { takeChunk() }
        let start = chunks[current].end
        chunks[current].end = start + length
        chunks[current].records += 1
        used += length
        return Home(current, start..<(start + length))
    }

    private mutating func takeChunk() {
        if let empty = spare.popLast() {
            current = empty
            return
        }
        if let empty = bare.popLast() {
            current = empty
        } else {
            chunks.append(Chunk())
            current = chunks.count - 1
        }
        chunks[current].bytes = [UInt8](repeating: 0, count: Self.size)
    }

    /// Writes a record into its place.
    mutating func write(
        _ home: Home,
        _ header: RecordHeader,
        key: Span<UInt8>,
        payload: Span<UInt8>
    ) {
        RecordWriter.write(
            header,
            key: key,
            payload: payload,
            over: &chunks[Int(home.chunk)].bytes,
            at: home.range.lowerBound
        )
    }

    /// Writes a whole record into its place.
    mutating func write(_ home: Home, _ record: Span<UInt8>) {
        chunks[Int(home.chunk)].bytes.overwrite(record, at: home.range.lowerBound)
    }

    mutating func remove(_ home: Home) {
        let chunk = Int(home.chunk)
        used -= home.range.count
        chunks[chunk].records -= 1
        guard chunks[chunk].records == 0 else { return }
        chunks[chunk].end = 0
        guard chunk != current else { return }
        if spare.count < Self.keptChunks {
            spare.append(chunk)
        } else {
            chunks[chunk].bytes = []
            bare.append(chunk)
        }
    }
}
