/// What the hub has counted since it started.
public struct HubStatistics: Equatable, Sendable {
    /// Live sessions.
    public var sessions: UInt64 = 0
    /// Subscriptions of live sessions.
    public var subscriptions: UInt64 = 0
    /// Last-value keys, without tombstones.
    public var keys: UInt64 = 0
    /// Deleted keys still told to returning readers.
    public var tombstones: UInt64 = 0
    /// Records applied, both lanes.
    public var recordsIn: UInt64 = 0
    /// Records sent to readers, both lanes.
    public var recordsOut: UInt64 = 0
    /// Changes passed over for a reader because a newer one of the key was sent.
    public var coalesced: UInt64 = 0
    /// Operations that arrived again and were not applied again.
    public var duplicates: UInt64 = 0
    /// Gaps told to readers.
    public var gaps: UInt64 = 0
    /// Full snapshots begun.
    public var snapshots: UInt64 = 0
    /// Operations refused by a rule.
    public var refused: UInt64 = 0
    /// Operations, questions and HELLOs refused for want of a grant.
    public var denied: UInt64 = 0
    /// Messages that were not well-formed.
    public var malformed: UInt64 = 0
    /// Sessions ended by the hub.
    public var fenced: UInt64 = 0
    /// Sessions opened.
    public var welcomed: UInt64 = 0
    /// HELLOs refused, and messages that belong to no session.
    public var rejected: UInt64 = 0
    /// DELIVERs that found a pipe full.
    public var blocked: UInt64 = 0
    /// Values that turned suspect.
    public var suspects: UInt64 = 0
    /// Values that turned stale.
    public var stales: UInt64 = 0
    /// Wills that ran.
    public var wills: UInt64 = 0
    /// Commits that failed.
    public var commitFailures: UInt64 = 0
    /// Changes of agents and queues that are missing in the history: the journal could not store.
    public var historyLost: UInt64 = 0
    /// How often the journal could not remove what is too old or too much.
    public var retentionFailures: UInt64 = 0
    /// Whether the last commit that was decided is stored; false = the event lane is read-only.
    public var isStoring = true
    /// Partitions of the tap with a beacon.
    public var partitions: UInt64 = 0
    /// Records on the tap that no beacon counts, for want of a place in the table.
    public var uncounted: UInt64 = 0
    /// Join barriers of the tap that were answered.
    public var barriers: UInt64 = 0
    /// Join barriers that were not, because too many waited.
    public var barriersDropped: UInt64 = 0
    /// Messages that clients of the hub's process served on their own threads.
    public var borrowed: UInt64 = 0
    /// Units of work: records, keys, subscriptions, sessions and timers looked at, so that what an
    /// input costs can be counted, whatever the machine.
    public var work: UInt64 = 0
    /// Operations refused because their principal has its share of something: keys.
    public var quotaKeys: UInt64 = 0
    /// The same for deleted keys that are remembered.
    public var quotaTombstones: UInt64 = 0
    /// The same for bytes of values.
    public var quotaBytes: UInt64 = 0
    /// The same for help flags.
    public var quotaFlags: UInt64 = 0
    /// The same for notes.
    public var quotaNotes: UInt64 = 0
    /// The same for subscriptions.
    public var quotaSubscriptions: UInt64 = 0
    /// The same for questions under way.
    public var quotaRequests: UInt64 = 0
    /// The same for producers remembered.
    public var quotaProducers: UInt64 = 0
    /// The same for sessions.
    public var quotaSessions: UInt64 = 0
    /// Bytes of messages in.
    public var bytesIn: UInt64 = 0
    /// Bytes of messages out.
    public var bytesOut: UInt64 = 0

    /// All zero.
    public init() {}
}
