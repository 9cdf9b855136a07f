public import FloorEvents

/// What a subscription brings, in order.
public enum FloorBusEvent: Sendable, Hashable {
    /// A value or an event.
    case record(FloorRecord)
    /// A key has no value any more; `hubTime` is nil when only a snapshot noticed it.
    case removed(FloorRecord)
    /// The link to the hub came, or came back.
    case linkUp(LinkChange)
    /// The link to the hub is gone; cached values stay, the client reconnects by itself.
    case linkDown(FloorStatus)
    /// Everything that was there when the subscription began, or when the link came back, has
    /// been delivered: the number of keys.
    case snapshotEnd(keys: UInt64)
    /// Events that can no longer be delivered; nil = the number is not known.
    case gap(from: Revision, to: Revision, count: UInt64?)
}

/// How a link came up.
public struct LinkChange: Sendable, Hashable {
    /// Whether what was known before still holds.
    public enum Continuity: String, Sendable, Hashable {
        /// The client's first link.
        case first
        /// The same life of the same hub: nothing was missed.
        case resumed
        /// Another life of the hub: a full snapshot follows.
        case resynced
    }

    /// Whether what was known before still holds.
    public let continuity: Continuity
    /// Which life of the hub this is.
    public let epoch: UInt32
    /// Identifies the hub's data set; created with it.
    public let lineage: FloorID
}
