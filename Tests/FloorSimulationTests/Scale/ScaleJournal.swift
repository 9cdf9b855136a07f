import FloorEvents
import FloorHub
import FloorWire

/// The event lane's journal in memory: records end to end, found by their place.
struct ScaleJournal {
    private var bytes: [UInt8] = []
    private var starts: [Int] = []
    private var first = Revision.zero

    /// Records kept.
    var count: Int { starts.count }

    /// Takes records that lie end to end, each the next of its lane.
    mutating func append(_ records: Span<UInt8>) {
        var at = bytes.count
        bytes.append(contentsOf: records.copy(0..<records.count))
        while at < bytes.count {
            let view = RecordView(checked: bytes.span, at: at)
            if starts.isEmpty { first = view.revision(bytes.span) }
            starts.append(at)
            at = view.range.upperBound
        }
    }

    /// As the journals of the hub's loop do, within the question's bounds.
    func read(_ request: ReadRequest) -> JournalPage {
        let floor = first == .zero ? request.after : first.previous
        var page = JournalPage(
            token: request.token,
            records: [],
            floor: floor,
            through: max(request.after, floor),
            atEnd: true
        )
        guard !starts.isEmpty else { return page }
        let after = page.through.counter
        let start = Int(after - floor.counter)
        guard start < starts.count else { return page }
        var end = start
        while end < starts.count, end - start < request.maximumRecords {
            let next = end + 1 < starts.count ? starts[end + 1] : bytes.count
            if end > start, next - starts[start] > request.maximumBytes { break }
            end += 1
        }
        let upper = end < starts.count ? starts[end] : bytes.count
        page.records = Array(bytes[starts[start]..<upper])
        page.through = Revision(epoch: floor.epoch, counter: floor.counter + UInt64(end))
        page.atEnd = end == starts.count
        return page
    }
}
