import FloorBus
import Foundation

// Records as JSON; the fields are documented in docs/cli.md.

extension Revision {
    /// EPOCH.COUNTER.
    var text: String { "\(epoch).\(counter)" }
}

/// A record as one JSON object.
struct RecordLine: Encodable {
    var type: String
    var key: String
    var kind: String
    var operation: String
    var revision: String
    var revisionRaw: UInt64
    var previousRevision: String
    var hubTime: Int64
    var sourceTime: Int64
    var producer: String
    var freshness: String
    var snapshot: Bool
    var replayed: Bool
    var will: Bool
    var coalesced: UInt32
    var schema: UInt16
    var payload: String
    var text: String?
    var agent: AgentLine?
    var queue: QueueLine?
    var team: [FigureLine]?
    var presence: PresenceLine?
    var flag: FlagLine?
    var note: NoteLine?
    var error: String?

    private enum CodingKeys: String, CodingKey {
        case type
        case key
        case kind
        case operation
        case revision
        case revisionRaw = "revision_raw"
        case previousRevision = "previous_revision"
        case hubTime = "hub_time_us"
        case sourceTime = "source_time_us"
        case producer
        case freshness
        case snapshot
        case replayed
        case will
        case coalesced
        case schema
        case payload = "payload_base64"
        case text
        case agent
        case queue
        case team
        case presence
        case flag
        case note
        case error
    }

    init(_ record: FloorRecord, type: String = "record") {
        self.type = type
        key = record.key.text
        kind = record.key.kind.name
        operation = record.operation.name
        revision = record.revision.text
        revisionRaw = record.revision.rawValue
        previousRevision = record.previousRevision.text
        hubTime = record.hubTime
        sourceTime = record.sourceTime
        producer = record.producer.text
        freshness = record.freshness.name
        snapshot = record.isFromSnapshot
        replayed = record.isReplayed
        will = record.isWill
        coalesced = record.coalesced
        schema = record.schema
        payload = Data(record.payload).base64EncodedString()
        do {
            agent = try record.agentState.map(AgentLine.init)
            queue = try record.queueLevel.map(QueueLine.init)
            team = try record.teamFigures.map { $0.figures.map(FigureLine.init) }
            let supporter = try record.supporter
            presence = try record.presence.map {
                PresenceLine(
                    sessions: $0,
                    since: $1,
                    supporter: supporter?.state.name ?? SupporterState.unknown.name,
                    flags: supporter?.flags ?? 0
                )
            }
            note = try record.note.map { NoteLine(record.key, $0) }
            flag = try record.helpFlag.map { FlagLine(record.key, $0) }
        } catch {
            self.error = error.sentence
        }
        switch record.key.kind {
        case .custom, .event: text = String(validating: record.payload, as: UTF8.self)
        default: break
        }
    }
}

/// An agent's state as JSON.
struct AgentLine: Encodable {
    var session: String
    var deviceInService: Bool
    var state: String
    var pending: String?
    var call: String
    var overlays: [String]
    var cause: String
    var reasonClass: String
    var reasonCode: UInt16
    var reason: String
    var star: UInt8
    var deviceExtension: String
    var seat: String
    var callReference: String

    private enum CodingKeys: String, CodingKey {
        case session
        case deviceInService = "device_in_service"
        case state
        case pending
        case call
        case overlays
        case cause
        case reasonClass = "reason_class"
        case reasonCode = "reason_code"
        case reason
        case star
        case deviceExtension = "extension"
        case seat
        case callReference = "call_ref"
    }

    init(_ agent: AgentState) {
        session = agent.session.name
        deviceInService = agent.deviceInService
        state = agent.activity.name
        pending = agent.pending?.name
        call = agent.call.name
        overlays = OverlayName.names(of: agent.overlays)
        cause = agent.cause.name
        reasonClass = agent.reasonClass.name
        reasonCode = agent.reasonCode
        reason = agent.reason
        star = agent.customerStar
        deviceExtension = agent.deviceExtension
        seat = agent.seat
        callReference = agent.callReference
    }
}

/// A queue's level as JSON.
struct QueueLine: Encodable {
    var waiting: UInt32
    var oldestEnqueuedAt: Int64
    var counters: [String: UInt32]
    var agents: [String: UInt32]
    var window: String
    var figures: [FigureLine]

    private enum CodingKeys: String, CodingKey {
        case waiting
        case oldestEnqueuedAt = "oldest_enqueued_at_us"
        case counters
        case agents
        case window
        case figures
    }

    init(_ level: QueueLevel) {
        waiting = level.waiting
        oldestEnqueuedAt = level.oldestEnqueuedAt
        counters = [
            "offered": level.counters.offered,
            "answered": level.counters.answered,
            "abandoned": level.counters.abandoned,
            "abandoned_short": level.counters.abandonedShort,
            "overflowed": level.counters.overflowed,
            "timed_out": level.counters.timedOut,
            "exited_by_key": level.counters.exitedByKey,
            "callback_taken": level.counters.callbackTaken,
        ]
        agents = [
            "logged_on": level.agents.loggedOn,
            "ready": level.agents.ready,
            "reserved": level.agents.reserved,
            "busy_inbound": level.agents.busyInbound,
            "busy_outbound": level.agents.busyOutbound,
            "busy_internal": level.agents.busyInternal,
            "after_call": level.agents.afterCall,
            "not_ready": level.agents.notReady,
            "busy_other": level.agents.busyOther,
        ]
        window = level.window.name
        figures = level.figures.map(FigureLine.init)
    }
}

/// A figure as JSON.
struct FigureLine: Encodable {
    var name: String
    var value: Int64
    var unit: String
    var formula: String
    var window: String
    var n: UInt32
    var threshold: UInt32
    var zone: Int16
    var asOf: Int64

    private enum CodingKeys: String, CodingKey {
        case name
        case value
        case unit
        case formula
        case window
        case n
        case threshold = "threshold_ms"
        case zone = "zone_minutes"
        case asOf = "as_of_us"
    }

    init(_ figure: Figure) {
        name = figure.name
        value = figure.value
        unit = figure.unit.name
        formula = figure.formula.name
        window = figure.window.name
        n = figure.n
        threshold = figure.thresholdMilliseconds
        zone = figure.zoneMinutes
        asOf = figure.asOf
    }
}

/// A principal's presence as JSON.
struct PresenceLine: Encodable {
    var sessions: UInt32
    var since: Int64
    var supporter: String
    var flags: UInt16

    private enum CodingKeys: String, CodingKey {
        case sessions
        case since = "since_us"
        case supporter
        case flags
    }
}
