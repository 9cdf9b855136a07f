public import FloorEvents
import FloorWire

/// One value or event as a subscriber sees it.
///
///     for try await event in subscription {
///         if case .record(let record) = event, let state = try record.agentState {
///             print(record.key.text, state.activity.name, record.freshness.name)
///         }
///     }
///
/// - Lifetime: a value of its own; nothing in it points into the client.
public struct FloorRecord: Sendable, Hashable {
    /// What it is about.
    public let key: FloorKey
    /// What it does to the key.
    public let operation: RecordOperation
    /// Its place in its lane.
    public let revision: Revision
    /// The key's revision before it; nil = the first, or not known.
    public let previousRevision: Revision?
    /// When the hub applied it, by the hub's clock; nil for a removal that only a snapshot noticed.
    public let hubTime: FloorMoment?
    /// When the publisher says it happened; advice only.
    public let sourceTime: FloorMoment?
    /// Who published it; nil = the hub itself, or not said (flags name nobody).
    public let producer: FloorID?
    /// How sure the bus is that a leased value still holds.
    ///
    /// A value comes again when this changes, often under the revision it had.
    public let freshness: Freshness
    /// Whether a snapshot brought it, not a change.
    public let isFromSnapshot: Bool
    /// Whether it comes from the journal, after a break.
    public let isReplayed: Bool
    /// Whether a will wrote it because its owner is gone.
    public let isWill: Bool
    /// Older values of the key that this subscriber was not given.
    public let coalesced: UInt32
    /// The layout of the payload, per kind.
    public let schema: UInt16
    /// The payload's bytes.
    public let payload: [UInt8]

    /// Reads a record's bytes; nil when the key or operation is unknown to this version.
    init?(_ bytes: Span<UInt8>, coalesced: UInt32) {
        // The core has checked record and key when they came; nil is for what no hub sends.
        guard let view = try? RecordView(bytes, at: 0) else { return nil }
        let header = view.header(bytes)
        guard let key = try? FloorKey(bytes: bytes.copy(view.key)),
            let operation = header.operation
        else { return nil }
        self.key = key
        self.operation = operation
        revision = header.revision
        previousRevision = header.previous == .zero ? nil : header.previous
        hubTime = FloorMoment(header.hubTime)
        sourceTime = FloorMoment(header.sourceTime)
        producer = header.producer == .zero ? nil : header.producer
        freshness = header.flags.freshness
        isFromSnapshot = header.flags.contains(.snapshot)
        isReplayed = header.flags.contains(.replay)
        isWill = header.flags.contains(.will)
        self.coalesced = coalesced
        schema = header.schema
        payload = bytes.copy(view.payload)
    }

    /// The agent's state; nil for other kinds and for removed keys.
    ///
    /// - Throws: `FloorBusError` when the payload is not well-formed.
    public var agentState: AgentState? {
        get throws(FloorBusError) {
            try decode(.agent) { bytes throws(WireError) in try AgentState(payload: bytes) }
        }
    }

    /// The queue's level; nil for other kinds and for removed keys.
    ///
    /// - Throws: `FloorBusError` when the payload is not well-formed.
    public var queueLevel: QueueLevel? {
        get throws(FloorBusError) {
            try decode(.queue) { bytes throws(WireError) in try QueueLevel(payload: bytes) }
        }
    }

    /// The team's figures; nil for other kinds and for removed keys.
    ///
    /// - Throws: `FloorBusError` when the payload is not well-formed.
    public var teamFigures: TeamFigures? {
        get throws(FloorBusError) {
            try decode(.team) { bytes throws(WireError) in try TeamFigures(payload: bytes) }
        }
    }

    /// The help flag as it stands, with its words when it comes under `private/`; nil for other
    /// kinds, and for what the hub itself keeps under `private/-/hub/`.
    ///
    /// - Throws: `FloorBusError` when the payload is not well-formed.
    public var helpFlag: HelpFlag? {
        get throws(FloorBusError) {
            guard FloorID(key.entity) != nil, schema == PayloadSchema.flag else { return nil }
            return try decode(key.kind == .private ? .private : .flag) {
                bytes throws(WireError) in try HelpFlag(payload: bytes)
            }
        }
    }

    /// The note as it stands; nil for other kinds.
    ///
    /// - Throws: `FloorBusError` when the payload is not well-formed.
    public var note: FloorNote? {
        get throws(FloorBusError) {
            guard schema == PayloadSchema.note else { return nil }
            return try decode(key.kind == .personal ? .personal : .note) {
                bytes throws(WireError) in try FloorNote(payload: bytes)
            }
        }
    }

    /// What the hub's roster says for desktops to show; nil for other kinds and for removed keys.
    ///
    /// - Throws: `FloorBusError` when the payload is not well-formed.
    public var catalogueEntry: CatalogueEntry? {
        get throws(FloorBusError) {
            try decode(.catalogue) { bytes throws(WireError) in
                try CatalogueEntry(payload: bytes)
            }
        }
    }

    /// Whether a supporter is there to help, and how many flags they have; nil for other kinds.
    ///
    /// - Throws: `FloorBusError` when the payload is not well-formed.
    public var supporter: (state: SupporterState, flags: UInt16)? {
        get throws(FloorBusError) {
            let presence = try decode(.presence) { bytes throws(WireError) in
                try Presence(payload: bytes)
            }
            return presence.map { ($0.supporter, $0.flags) }
        }
    }

    /// How many live sessions the principal has, and since when; nil for other kinds.
    ///
    /// - Throws: `FloorBusError` when the payload is not well-formed.
    public var presence: (sessions: UInt32, since: Int64)? {
        get throws(FloorBusError) {
            let presence = try decode(.presence) { bytes throws(WireError) in
                try Presence(payload: bytes)
            }
            return presence.map { ($0.sessions, $0.since) }
        }
    }

    private func decode<Value>(
        _ kind: RecordKind,
        _ body: (Span<UInt8>) throws(WireError) -> Value
    ) throws(FloorBusError) -> Value? {
        guard key.kind == kind, operation != .delete else { return nil }
        do {
            return try body(payload.span)
        } catch {
            throw FloorBusError(
                .protocolError,
                "the payload of " + key.text + " is not well-formed: "
                    + error.sentence
            )
        }
    }
}
