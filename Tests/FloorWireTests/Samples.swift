import FloorEvents
import FloorWire

/// The values behind the golden vectors; every field differs from its default somewhere.
enum Samples {
    static let producer = FloorID(high: 0x0011_2233_4455_6677, low: 0x8899_AABB_CCDD_EEFF)
    static let secret = FloorID(high: 0xF0E1_D2C3_B4A5_9687, low: 0x7869_5A4B_3C2D_1E0F)
    static let lineage = FloorID(high: 1, low: 2)
    static let session: UInt32 = 0x0102_0304
    static let time: Int64 = 1_700_000_000_000_000

    static func revision(_ counter: UInt64) -> Revision { Revision(epoch: 3, counter: counter) }

    // MARK: Payloads

    static let lunch: AgentState = {
        var state = AgentState(activity: .notReady, cause: .agent)
        state.reasonClass = .meal
        state.reasonCode = 14
        state.reason = "lunch"
        return state
    }()

    static let busy: AgentState = {
        var state = AgentState(activity: .busy, cause: .ringNoAnswer)
        state.deviceInService = false
        state.pending = .afterCall
        state.call = .held
        state.overlays = [.helpSeeking, .recordingPaused]
        state.reasonClass = .other
        state.reasonCode = 65_535
        state.customerStar = 5
        state.reason = "培训 — 小休"
        state.deviceExtension = "SIP/101"
        state.seat = "2F-17"
        state.callReference = "uid:1700000000.42"
        return state
    }()

    static let figures: [Figure] = {
        var level = Figure(
            "serviceLevel",
            874,
            .permille,
            formula: .serviceLevelOffered,
            window: .sinceMidnight,
            n: 412,
            thresholdMilliseconds: 20_000
        )
        level.zoneMinutes = -330
        level.asOf = time
        let mean = Figure(
            "asa",
            4200,
            .milliseconds,
            formula: .mean,
            window: .rolling15Minutes,
            n: 37
        )
        return [level, mean, Figure("balance", -7, .count)]
    }()

    static let queue: QueueLevel = {
        var level = QueueLevel(waiting: 3)
        level.oldestEnqueuedAt = time
        level.window = .sinceMidnight
        level.counters.offered = 11
        level.counters.answered = 12
        level.counters.abandoned = 13
        level.counters.abandonedShort = 14
        level.counters.overflowed = 15
        level.counters.timedOut = 16
        level.counters.exitedByKey = 17
        level.counters.callbackTaken = 18
        level.agents.loggedOn = 21
        level.agents.ready = 22
        level.agents.reserved = 23
        level.agents.busyInbound = 24
        level.agents.busyOutbound = 25
        level.agents.busyInternal = 26
        level.agents.afterCall = 27
        level.agents.notReady = 28
        level.agents.busyOther = 4_294_967_295
        level.figures = figures
        return level
    }()

    static let payloads: [(name: String, value: SamplePayload)] = [
        ("agent at lunch", .agent(lunch)),
        ("agent with every field", .agent(busy)),
        ("agent logged off", .agent(.loggedOff)),
        ("empty queue", .queue(QueueLevel())),
        ("queue with every field", .queue(queue)),
        ("team without figures", .team(TeamFigures())),
        ("team with figures", .team(TeamFigures(figures))),
        ("presence", .presence(Presence(sessions: 2, since: time))),
        ("presence of a supporter with three flags", .presence(engaged)),
        ("flag raised, without words", .flag(HelpFlag(.safety))),
        ("flag with every field", .flag(flag)),
        ("empty flag request", .flagRequest(FlagRequest())),
        ("flag request with every field", .flagRequest(flagRequest)),
        ("category with a standard answer", .catalogue(category)),
        ("reason", .catalogue(reason)),
        ("person of a team", .catalogue(person)),
        ("beacon", .beacon(beacon)),
        ("last beacon of a partition", .beacon(lastBeacon)),
        ("sync answer", .sync(answer)),
    ]

    static let category: CatalogueEntry = {
        var entry = CatalogueEntry(.category)
        entry.label = "退款"
        entry.parent = "billing"
        entry.answer = "Refunds up to 50 are yours to grant."
        return entry
    }()

    static let reason: CatalogueEntry = {
        var entry = CatalogueEntry(.reason)
        entry.label = "lunch"
        entry.reasonClass = .meal
        return entry
    }()

    static let person: CatalogueEntry = {
        var entry = CatalogueEntry(.person)
        entry.label = "Li Wei"
        entry.site = "bj"
        entry.team = "sales"
        return entry
    }()

    static let beacon = TapBeacon(count: 417, first: revision(12))

    static let lastBeacon: TapBeacon = {
        var beacon = TapBeacon(count: 1, first: revision(42), uncounted: 7)
        beacon.isLast = true
        beacon.intervalMilliseconds = 250
        return beacon
    }()

    static let answer: TapSync = {
        var answer = TapSync(
            stateHead: revision(4242),
            eventHead: revision(17),
            lineage: lineage
        )
        answer.uncounted = 7
        answer.partitions = 31
        return answer
    }()

    /// What the hub itself says on the tap.
    static func tapWord(
        _ operation: TapOperation,
        of kind: RecordKind?,
        _ key: String,
        _ payload: [UInt8]
    ) -> SampleRecord {
        var header = RecordHeader(.custom, .put, schema: PayloadSchema.tap)
        header.kindCode = kind?.rawValue ?? 0
        header.operationCode = operation.rawValue
        header.revision = kind == nil ? .zero : revision(4242)
        header.hubTime = time
        return SampleRecord(header, key, payload)
    }

    /// What the hub says once for all leased values of a producer.
    static let freshness: SampleRecord = {
        var header = RecordHeader(.custom, .put)
        header.kindCode = 0
        header.operationCode = LeaseOperation.freshness.rawValue
        header.flags = [.suspect]
        header.revision = revision(4242)
        header.hubTime = time
        header.producer = producer
        return SampleRecord(header, "", [])
    }()

    // MARK: Records

    static func bytes(_ state: AgentState) -> [UInt8] {
        var out: [UInt8] = []
        do { try state.append(to: &out) } catch { preconditionFailure("\(error)") }
        return out
    }

    static func bytes(_ level: QueueLevel) -> [UInt8] {
        var out: [UInt8] = []
        do { try level.append(to: &out) } catch { preconditionFailure("\(error)") }
        return out
    }

    static func bytes(_ payload: SamplePayload) -> [UInt8] {
        do { return try payload.bytes() } catch { preconditionFailure("\(error)") }
    }

    /// The record of the worked example in docs/wire-protocol.md.
    static let published: SampleRecord = {
        var header = RecordHeader(.agent, .put, schema: PayloadSchema.agent)
        header.sourceTime = time
        return SampleRecord(header, "agent/bj/sales/4711/", bytes(lunch))
    }()

    static let delivered: SampleRecord = {
        var header = RecordHeader(.agent, .put, schema: PayloadSchema.agent)
        header.flags = [.coalesced, .suspect]
        header.revision = revision(42)
        header.previous = revision(40)
        header.hubTime = time + 1
        header.sourceTime = time - 250_000
        header.producer = producer
        header.producerSequence = 7
        header.coalesced = 3
        return SampleRecord(header, "agent/bj/sales/SIP%2F101/", bytes(busy))
    }()

    static func record(
        _ kind: RecordKind,
        _ operation: RecordOperation,
        _ key: String,
        _ payload: [UInt8],
        _ flags: RecordFlags = []
    ) -> SampleRecord {
        var header = RecordHeader(kind, operation, schema: payload.isEmpty ? 0 : 1)
        header.flags = flags
        header.revision = revision(UInt64(kind.rawValue) + 100)
        header.previous = revision(1)
        header.hubTime = time
        header.producer = producer
        header.producerSequence = UInt64(kind.rawValue)
        return SampleRecord(header, key, payload)
    }

    static let records: [(name: String, value: SampleRecord)] = [
        ("published agent state", published),
        ("delivered agent state, conflated and suspect", delivered),
        ("deleted agent", record(.agent, .delete, "agent/bj/sales/4711/", [])),
        (
            "queue from a snapshot",
            record(.queue, .put, "queue/bj/billing/q1/", bytes(queue), .snapshot)
        ),
        ("team", record(.team, .put, "team/bj/sales/all/", [0, 0, 0, 0, 0, 0, 0, 0])),
        ("presence", record(.presence, .put, "presence/-/-/anna/", Array(repeating: 0, count: 16))),
        (
            "custom, written by a will, unleased",
            record(.custom, .put, "custom/bj/-/lamp/", Array("red".utf8), [.will, .unleased])
        ),
        (
            "event from the journal",
            record(
                .event,
                .append,
                "event/bj/billing/call%2F9/",
                [1, 2, 3, 4, 5, 6, 7, 8, 9],
                .replay
            )
        ),
        (
            "stale custom of unknown bits",
            record(.custom, .put, "custom/é/ü/x/", [255], RecordFlags(rawValue: 0x8000 | 32))
        ),
        ("flag raised", record(.flag, .raise, "flag/bj/sales/f1/", [1])),
        ("note", record(.note, .append, "note/bj/sales/n1/", [2])),
        ("private", record(.private, .append, "private/bj/sales/f1/", [3])),
        ("beacon", tapWord(.beacon, of: .agent, "!beacon/agent/bj/sales/", bytes(.beacon(beacon)))),
        ("freshness of a producer's values", freshness),
        ("sync answer", tapWord(.sync, of: nil, "~sync/7f3a/", bytes(.sync(answer)))),
    ]
}
