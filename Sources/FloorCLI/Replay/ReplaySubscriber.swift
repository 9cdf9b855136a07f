import FloorBus
import FloorImport

/// What a replay's subscriber has received, and the totals it made of that alone.
struct ReplayReceived: Sendable {
    /// Events of this replay.
    var events = 0
    /// Values of agents and queues.
    var values = 0
    /// Values that a newer one of the key replaced before they were sent.
    var coalesced = 0
    /// Notices that events are lost.
    var gaps = 0
    /// Times the link came up to another life of the hub.
    var resyncs = 0
    /// Events of this replay that are no call step.
    var malformed = 0
    /// Events that other publishers put on the same site.
    var foreign = 0
    var totals: TotalsSummary
}

/// The independent reader of a replay: counts what it receives, knows nothing of the file.
struct ReplaySubscriber: Sendable {
    let format: LogFormat
    let client: FloorBusClient
    let subscription: Subscription
    /// Whose events count.
    let producer: FloorID
    /// Subscriptions whose snapshots must end before the replay begins.
    let filters: Int
    let window: ReplayWindow

    /// Reads until the task is cancelled or the client closed.
    func run() async -> ReplayReceived {
        var received = ReplayReceived(
            totals: ReplayTotals(format: format).summary()
        )
        var totals = ReplayTotals(format: format)
        var snapshots = 0
        do {
            for try await event in subscription {
                switch event {
                case .record(let record): take(record, &received, &totals)
                case .snapshotEnd:
                    snapshots += 1
                    if snapshots == filters { window.subscriberIsReady() }
                case .gap:
                    received.gaps += 1
                    window.eventsMayBeLost()
                case .linkUp(let link):
                    guard link.continuity == .resynced else { continue }
                    received.resyncs += 1
                    window.eventsMayBeLost()
                case .linkDown:
                    if let refusal = client.finalRefusal { window.fail(CommandFailure(refusal)) }
                case .removed: continue
                }
            }
        } catch {
            window.fail(CommandFailure(error))
        }
        received.totals = totals.summary()
        return received
    }

    private func take(
        _ record: FloorRecord,
        _ received: inout ReplayReceived,
        _ totals: inout ReplayTotals
    ) {
        guard record.key.kind == .event else {
            received.values += 1
            received.coalesced += Int(record.coalesced)
            return
        }
        guard record.producer == producer else {
            received.foreign += 1
            return
        }
        guard record.schema != ReplayRecords.markSchema else { return window.markReceived() }
        received.events += 1
        // What is no step is counted; the bytes came from another program's log.
        if let text = String(validating: record.payload, as: UTF8.self),
            let step = try? CallStep(parsing: text)
        {
            totals.add(step)
        } else {
            received.malformed += 1
        }
        window.received()
    }
}
