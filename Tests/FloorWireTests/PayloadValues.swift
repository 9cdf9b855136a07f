import FloorEvents
import FloorWire

/// A payload of a built-in kind.
enum SamplePayload: Equatable {
    case agent(AgentState)
    case queue(QueueLevel)
    case team(TeamFigures)
    case presence(Presence)
    case beacon(TapBeacon)
    case sync(TapSync)
    case flag(HelpFlag)
    case flagRequest(FlagRequest)
    case catalogue(CatalogueEntry)

    init(_ kind: String, _ bytes: [UInt8]) throws {
        switch kind {
        case "agent": self = .agent(try AgentState(payload: bytes.span))
        case "queue": self = .queue(try QueueLevel(payload: bytes.span))
        case "team": self = .team(try TeamFigures(payload: bytes.span))
        case "beacon": self = .beacon(try TapBeacon(payload: bytes.span))
        case "sync": self = .sync(try TapSync(payload: bytes.span))
        case "flag": self = .flag(try HelpFlag(payload: bytes.span))
        case "catalogue": self = .catalogue(try CatalogueEntry(payload: bytes.span))
        case "flag_request": self = .flagRequest(try FlagRequest(payload: bytes.span))
        default: self = .presence(try Presence(payload: bytes.span))
        }
    }

    var kind: String {
        switch self {
        case .agent: "agent"
        case .queue: "queue"
        case .team: "team"
        case .presence: "presence"
        case .beacon: "beacon"
        case .sync: "sync"
        case .flag: "flag"
        case .flagRequest: "flag_request"
        case .catalogue: "catalogue"
        }
    }

    func bytes() throws -> [UInt8] {
        var out: [UInt8] = []
        switch self {
        case .agent(let state): try state.append(to: &out)
        case .queue(let level): try level.append(to: &out)
        case .team(let figures): try figures.append(to: &out)
        case .presence(let presence): presence.append(to: &out)
        case .beacon(let beacon): beacon.append(to: &out)
        case .sync(let sync): sync.append(to: &out)
        case .flag(let flag): try flag.append(withWords: true, to: &out)
        case .flagRequest(let request): try request.append(to: &out)
        case .catalogue(let entry): try entry.append(to: &out)
        }
        return out
    }

    var values: JSON {
        switch self {
        case .agent(let state): .object(state.values)
        case .queue(let level): .object(level.values)
        case .team(let team): .object(["figures": .list(team.figures.map(\.values))])
        case .presence(let presence):
            .object([
                "since_us": JSON(presence.since), "sessions": JSON(presence.sessions),
                "supporter": JSON(presence.supporter.rawValue), "flags": JSON(presence.flags),
            ])
        case .beacon(let beacon):
            .object([
                "count": JSON(beacon.count), "first_rev": JSON(beacon.first),
                "uncounted": JSON(beacon.uncounted),
                "interval_ms": JSON(beacon.intervalMilliseconds), "last": beacon.isLast ? 1 : 0,
            ])
        case .sync(let sync):
            .object([
                "state_head": JSON(sync.stateHead), "event_head": JSON(sync.eventHead),
                "lineage": JSON(sync.lineage), "uncounted": JSON(sync.uncounted),
                "partitions": JSON(sync.partitions),
                "interval_ms": JSON(sync.intervalMilliseconds),
            ])
        case .flag(let flag): .object(flag.values)
        case .flagRequest(let request): .object(request.values)
        case .catalogue(let entry):
            .object([
                "subject": JSON(entry.subject.rawValue),
                "reason_class": JSON(entry.reasonClass.rawValue), "label": .text(entry.label),
                "parent": .text(entry.parent), "answer": .text(entry.answer),
                "site": .text(entry.site), "team": .text(entry.team),
            ])
        }
    }
}

extension AgentState {
    var values: [String: JSON] {
        [
            "session": JSON(session.rawValue), "device_in_service": deviceInService ? 1 : 0,
            "activity": JSON(activity.rawValue), "pending": JSON(pending?.rawValue ?? 0),
            "call": JSON(call.rawValue), "overlays": JSON(overlays.rawValue),
            "cause": JSON(cause.rawValue), "reason_class": JSON(reasonClass.rawValue),
            "reason_code": JSON(reasonCode), "customer_star": JSON(customerStar),
            "reason": .text(reason), "device_extension": .text(deviceExtension),
            "seat": .text(seat), "call_reference": .text(callReference),
        ]
    }
}

extension QueueLevel {
    var values: [String: JSON] {
        [
            "oldest_enqueued_at_us": JSON(oldestEnqueuedAt), "waiting": JSON(waiting),
            "window": JSON(window.rawValue), "offered": JSON(counters.offered),
            "answered": JSON(counters.answered), "abandoned": JSON(counters.abandoned),
            "abandoned_short": JSON(counters.abandonedShort),
            "overflowed": JSON(counters.overflowed), "timed_out": JSON(counters.timedOut),
            "exited_by_key": JSON(counters.exitedByKey),
            "callback_taken": JSON(counters.callbackTaken),
            "logged_on": JSON(agents.loggedOn), "ready": JSON(agents.ready),
            "reserved_agents": JSON(agents.reserved),
            "busy_inbound": JSON(agents.busyInbound),
            "busy_outbound": JSON(agents.busyOutbound),
            "busy_internal": JSON(agents.busyInternal), "after_call": JSON(agents.afterCall),
            "not_ready": JSON(agents.notReady), "busy_other": JSON(agents.busyOther),
            "figures": .list(figures.map(\.values)),
        ]
    }
}

extension Figure {
    var values: JSON {
        .object([
            "value": JSON(value), "as_of_us": JSON(asOf), "n": JSON(n),
            "threshold_ms": JSON(thresholdMilliseconds), "unit": JSON(unit.rawValue),
            "formula": JSON(formula.rawValue), "window": JSON(window.rawValue),
            "zone_minutes": JSON(zoneMinutes), "name": .text(name),
        ])
    }
}
