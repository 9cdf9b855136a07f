public import FloorEvents
import FloorWire

/// What a client is told once.
public struct ClientOptions: Sendable {
    /// Who the client is, on trusted local links; elsewhere its key decides; ≤ 64 bytes.
    public var principal: String
    /// The application's name, for people; at most 64 bytes.
    public var application: String
    /// The heartbeat to ask for, in milliseconds; 0 = the hub's.
    public var heartbeatMilliseconds: UInt32 = 0
    /// Bytes of records the hub may send ahead: 64 KiB to 1 MiB, bounds unread events.
    public var creditBytes = Limits.creditDefaultBytes
    /// Most operations kept until acknowledged; more are refused with `limit`.
    public var outboxOperations = Limits.outboxOperations
    /// First and last bound of the wait before a new attempt, full jitter, in milliseconds.
    public var reconnectMilliseconds = Limits.reconnectMilliseconds
    /// One record the hub applies when the principal is gone; set by `setWill`.
    public internal(set) var will: [UInt8] = []
    /// How long after the principal's last session the will runs, in milliseconds.
    public var willGraceMilliseconds = Limits.willGraceMilliseconds
    /// Whether own leased values are said again to a hub that may have lost them.
    public var reasserts = true

    /// Options with defaults.
    public init(principal: String, application: String) {
        self.principal = principal
        self.application = application
    }

    /// Sets the will: this state of this agent, when the principal is gone.
    ///
    ///     try options.setWill(.loggedOff, for: FloorKey("agent/bj/sales/4711/"))
    ///
    /// - Throws: `FloorStatus.badKey` for a key of another kind, `tooBig` for long texts.
    public mutating func setWill(_ state: AgentState, for key: FloorKey) throws(FloorStatus) {
        guard key.kind == .agent else { throw .badKey }
        var payload: [UInt8] = []
        try state.append(to: &payload)
        var header = RecordHeader(.agent, .put, schema: PayloadSchema.agent)
        header.flags = [.unleased]
        will = []
        RecordWriter.append(header, key: key.bytes.span, payload: payload.span, to: &will)
    }

    /// Refuses options that no hub would take or no memory would hold.
    func check() throws(FloorStatus) {
        guard principal.utf8.count <= Limits.nameBytes, application.utf8.count <= Limits.nameBytes
        else { throw .tooBig }
        guard (Limits.creditMinimumBytes...Limits.creditAheadBytes).contains(creditBytes),
            (1...Limits.outboxOperationsCeiling).contains(outboxOperations),
            reconnectMilliseconds.first > 0,
            reconnectMilliseconds.first <= reconnectMilliseconds.last,
            willGraceMilliseconds <= Limits.willGraceMaximumMilliseconds
        else { throw .invalid }
    }
}
