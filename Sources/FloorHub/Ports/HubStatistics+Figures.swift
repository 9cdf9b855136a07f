import FloorEvents
import FloorWire

extension HubStatistics {
    /// The key under which a GET finds the hub's own figures; it is never in the table.
    static let key = "team/-/hub/stats/"

    /// Somebody met a quota.
    mutating func note(_ quota: Quota) {
        switch quota {
        case .keys: quotaKeys += 1
        case .tombstones: quotaTombstones += 1
        case .bytes: quotaBytes += 1
        case .flags: quotaFlags += 1
        case .notes: quotaNotes += 1
        case .subscriptions: quotaSubscriptions += 1
        case .requests: quotaRequests += 1
        case .producers: quotaProducers += 1
        case .sessions: quotaSessions += 1
        }
    }

    /// The counts as figures, for `floorbus stats`.
    func figures(heads: (state: Revision, event: Revision), epoch: UInt32) -> [Figure] {
        let counters: [(String, UInt64)] = [
            ("version", UInt64(FloorVersion.number)), ("epoch", UInt64(epoch)),
            ("stateHead", heads.state.counter), ("eventHead", heads.event.counter),
            ("sessions", sessions), ("subscriptions", subscriptions), ("keys", keys),
            ("tombstones", tombstones), ("recordsIn", recordsIn), ("recordsOut", recordsOut),
            ("coalesced", coalesced), ("duplicates", duplicates), ("gaps", gaps),
            ("snapshots", snapshots), ("refused", refused), ("denied", denied),
            ("malformed", malformed), ("fenced", fenced), ("welcomed", welcomed),
            ("rejected", rejected), ("blocked", blocked), ("suspects", suspects),
            ("stales", stales), ("wills", wills), ("commitFailures", commitFailures),
            ("storing", isStoring ? 1 : 0), ("historyLost", historyLost),
            ("retentionFailures", retentionFailures), ("partitions", partitions),
            ("uncounted", uncounted), ("barriers", barriers),
            ("barriersDropped", barriersDropped), ("borrowed", borrowed),
            ("work", work), ("bytesIn", bytesIn), ("bytesOut", bytesOut),
            ("quotaKeys", quotaKeys), ("quotaTombstones", quotaTombstones),
            ("quotaBytes", quotaBytes), ("quotaFlags", quotaFlags),
            ("quotaNotes", quotaNotes), ("quotaSubscriptions", quotaSubscriptions),
            ("quotaRequests", quotaRequests), ("quotaProducers", quotaProducers),
            ("quotaSessions", quotaSessions),
        ]
        return counters.map { name, value in
            Figure(name, Int64(clamping: value), .count, window: .sinceStart)
        }
    }
}
