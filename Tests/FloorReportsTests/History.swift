import FloorEvents
import FloorJournal
import FloorWire

/// A history written by hand, as a hub would store it.
struct History {
    var records: [JournalRecord] = []
    private var last: [FloorKey: Revision] = [:]
    private var counter: UInt64 = 0
    var epoch: UInt32 = 1

    mutating func add(
        _ key: String,
        _ time: Int64,
        _ payload: [UInt8]?,
        freshness: Freshness = .live,
        skipping: Bool = false
    ) throws {
        let key = try FloorKey(key)
        counter += skipping ? 2 : 1
        let revision = Revision(epoch: epoch, counter: counter)
        let before =
            skipping ? Revision(epoch: epoch, counter: counter - 1) : last[key] ?? .zero
        records.append(
            JournalRecord(
                revision: revision,
                previous: before,
                key: key,
                operation: payload == nil ? .delete : .put,
                freshness: freshness,
                hubTime: at(time),
                schema: 1,
                payload: payload ?? []
            )
        )
        last[key] = revision
    }

    mutating func agent(
        _ name: String,
        _ time: Int64,
        _ activity: AgentActivity,
        freshness: Freshness = .live,
        skipping: Bool = false,
        _ change: (inout AgentState) -> Void = { _ in }
    ) throws {
        var state = AgentState(activity: activity, cause: .agent)
        change(&state)
        var payload: [UInt8] = []
        try state.append(to: &payload)
        let key = "agent/bj/sales/\(name)/"
        try add(key, time, payload, freshness: freshness, skipping: skipping)
    }
}
