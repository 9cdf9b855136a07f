public import FloorEvents
public import FloorWire

/// What a mailbox gave.
public enum DeliveryKind: Sendable, Hashable {
    /// A value or an event: `bytes`, `subscription`, `coalesced`.
    case record
    /// A key has no value any more: `bytes`, `subscription`. Revision 0 = noticed by a snapshot.
    case deleted
    /// The link came or went: `link`.
    case link
    /// A subscription's snapshot is complete: `subscription`, `count`.
    case snapshotEnd
    /// Event-lane records that will not come: `gap`; count 0 = unknown.
    case gap
    /// How an operation came out: `ticket`, `status`, `revision`, `claimGeneration`, `owner`.
    case result
    /// One record of an answer: `request`, `bytes`.
    case replyRecord
    /// The end of an answer: `request`, `status`, `isPartial`.
    case replyEnd
    /// The hub refused a subscription, which is gone: `subscription`, `status`.
    case subscriptionFailed
}

/// Whether what was known before a link came up still holds.
public enum LinkContinuity: Sendable, Hashable {
    /// The client's first session.
    case first
    /// The same life of the same hub: nothing was missed.
    case resumed
    /// Another epoch or lineage: a full snapshot follows.
    case resynced
}

/// Where the link is.
public enum LinkReport: Sendable, Hashable {
    /// A session is open.
    case up(epoch: UInt32, lineage: FloorID, LinkContinuity)
    /// No session: why the last one, or the last attempt, ended.
    case down(FloorStatus)
}

/// One event for the application, in storage that is used again for the next.
///
///     var delivery = Delivery()
///     while let kind = core.next(mailbox, into: &delivery) { … }
///
/// - Lifetime: fields that the kind does not name keep old values.
public struct Delivery: Sendable {
    /// The record.
    public internal(set) var bytes: [UInt8] = []
    /// The lowest matching subscription of the mailbox.
    public internal(set) var subscription = SubscriptionID.none
    /// Older values of the key that this mailbox was not given.
    public internal(set) var coalesced: UInt32 = 0
    /// The question that is answered.
    public internal(set) var request = RequestID.none
    /// Whether the answer is a part of what was asked for: the rest may not be read.
    public internal(set) var isPartial = false
    /// Where the link is.
    public internal(set) var link = LinkReport.down(.offline)
    /// Records in the snapshot.
    public internal(set) var count: UInt64 = 0
    /// The missing records.
    public internal(set) var gap = Gap(from: .zero, to: .zero, count: 0)
    /// The operation.
    public internal(set) var ticket = Ticket.none
    /// How it came out.
    public internal(set) var status = FloorStatus.ok
    /// The revision the operation made; on a conflict the key's present one.
    public internal(set) var revision = Revision.zero
    /// A flag's fencing token; 0 elsewhere.
    public internal(set) var claimGeneration: UInt32 = 0
    /// On a conflict, who holds it; of something denied, why.
    public internal(set) var owner = ""

    /// Empty.
    public init() {}

    /// Where key and payload lie in `bytes`.
    ///
    /// - Precondition: the kind was `record`, `deleted` or `replyRecord`.
    @inlinable
    public var record: RecordView {
        // It was checked when it came; a read outside the bytes would trap all the same.
        precondition(!bytes.isEmpty, "Delivery.record: this delivery carries no record")
        return RecordView(checked: bytes.span, at: 0)
    }

    /// The record's fixed part.
    public var header: RecordHeader { record.header(bytes.span) }
}

/// Events of one subscription that came together and are taken together, in storage that is used
/// again for the next.
///
///     var page = EventPage()
///     while core.next(mailbox, into: &page) {
///         while let view = page.next() { use(page.bytes.span.extracting(view.payload)) }
///     }
///
/// - Lifetime: until the next page is taken.
public struct EventPage: Sendable {
    /// The bytes in which the records lie, with others.
    public internal(set) var bytes: [UInt8] = []
    /// The subscription they are for.
    public internal(set) var subscription = SubscriptionID.none
    /// Where the records lie that `next` has not given.
    @usableFromInline
    var range = 0..<0

    /// Empty.
    public init() {}

    /// The next record in `bytes`; nil behind the last one.
    @inlinable
    public mutating func next() -> RecordView? {
        guard !range.isEmpty else { return nil }
        let view = RecordView(checked: bytes.span, at: range.lowerBound)
        range = view.range.upperBound..<range.upperBound
        return view
    }
}
