import FloorBusTestKit
import FloorEvents
import FloorWire

/// A flag's id, by a number.
func flagID(_ number: UInt64) -> FloorID { FloorID(high: 0xF1A6, low: number) }
/// A flag's key in the team that most tests play in.
func flagKey(_ number: UInt64) -> String { "flag/bj/sales/\(flagID(number).text)/" }

extension HarnessOperation {
    /// One flag operation.
    static func flag(
        _ operation: RecordOperation,
        _ number: UInt64,
        _ change: (inout FlagRequest) -> Void = { _ in }
    ) -> Self {
        var request = FlagRequest()
        change(&request)
        var payload: [UInt8] = []
        try? request.append(to: &payload)
        let header = RecordHeader(.flag, operation, schema: PayloadSchema.flagRequest)
        return Self(header, flagKey(number), payload)
    }
}

extension HarnessClient {
    /// One flag operation and its result, with the commit that it waits for.
    @discardableResult
    func flag(
        _ operation: RecordOperation,
        _ number: UInt64,
        _ hub: HubHarness,
        _ change: (inout FlagRequest) -> Void = { _ in }
    ) -> ResultRun {
        _ = take()
        publish([.flag(operation, number, change)])
        hub.turn()
        let results = takeResults()
        return results.last ?? ResultRun(1, .internal)
    }

    /// Says that the supporter is there to help.
    func goOnDuty(_ hub: HubHarness, _ state: SupporterState = .available) {
        var presence = Presence(sessions: 0, since: 0)
        presence.supporter = state
        var payload: [UInt8] = []
        presence.append(to: &payload)
        let header = RecordHeader(.presence, .put, schema: PayloadSchema.presence)
        publish([HarnessOperation(header, "presence/-/-/\(name)/", payload)])
        hub.turn()
        _ = take()
    }
}

extension HubHarness {
    /// The last committed record of a key, as a reader who asks gets it.
    func flag(_ number: UInt64, withWords agent: String? = nil) -> HelpFlag? {
        let key = agent.map { "private/bj/\($0)/\(flagID(number).text)/" } ?? flagKey(number)
        let reader = join("reader")
        reader.ask(.get, key)
        turn()
        let records = reader.takeRecords()
        reader.bye()
        turn()
        return records.last.flatMap { try? HelpFlag(payload: $0.payload.span) }
    }
}
