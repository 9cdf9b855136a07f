import FloorEvents
import FloorWire

// What the bytes mean, under the field names of docs/wire-protocol.md.

extension Message {
    var values: JSON {
        .object([
            "type": .text(header.type.documentName),
            "flags": JSON(header.flags),
            "session_id": JSON(header.session),
            "seq": JSON(header.sequence),
            "arg": JSON(header.argument),
            "body": .object(body.values(header.type)),
        ])
    }
}

extension SampleRecord {
    var values: JSON {
        .object([
            "kind": JSON(header.kindCode),
            "op": JSON(header.operationCode),
            "flags": JSON(header.flags.rawValue),
            "rev": JSON(header.revision),
            "prev_rev": JSON(header.previous),
            "hub_time_us": JSON(header.hubTime),
            "source_time_us": JSON(header.sourceTime),
            "producer_id": JSON(header.producer),
            "producer_seq": JSON(header.producerSequence),
            "coalesced": JSON(header.coalesced),
            "schema": JSON(header.schema),
            "key": JSON(text: key),
            "payload": JSON(hex: payload),
        ])
    }
}

extension Body {
    func values(_ type: FrameType) -> [String: JSON] {
        switch self {
        case .empty: [:]
        case .hello(let body): body.values
        case .subscribe(let body):
            [
                "sub": JSON(body.subscription), "flags": body.hasMore ? 1 : 0,
                "state_token": JSON(body.stateToken),
                "event_token": JSON(body.eventToken),
                "min_interval_ms": JSON(body.minimumIntervalMilliseconds),
                "filter": JSON(text: body.filter),
            ]
        case .unsubscribe(let body): ["sub": JSON(body.subscription)]
        case .records(let lead, let records): Self.values(type, lead, records)
        case .ping(let body): ["client_time_us": JSON(body.clientTime)]
        case .request(let body):
            [
                "max_bytes": JSON(body.maximumBytes), "cursor": JSON(body.cursor),
                "from_us": JSON(body.from), "to_us": JSON(body.to),
                "filter": JSON(text: body.filter),
            ]
        case .welcome(let body): body.values
        case .refusal(let body):
            [
                "status": JSON(body.status), "retry_after_ms": JSON(body.retryAfterMilliseconds),
                "refused_seq": JSON(body.sequence), "sentence": .text(body.sentence),
            ]
        case .results(let body): body.values
        case .pong(let body): body.values
        case .subscribed(let body):
            [
                "sub": JSON(body.subscription), "status": JSON(body.status),
                "ended": body.ended ? 1 : 0, "state_head": JSON(body.stateHead),
                "event_start": JSON(body.eventStart),
            ]
        case .snapshot(let body):
            [
                "sub": JSON(body.subscription), "mode": body.full ? 1 : 2,
                "count": JSON(body.count), "rev": JSON(body.revision),
            ]
        case .gap(let body):
            ["from": JSON(body.from), "to": JSON(body.to), "count": JSON(body.count)]
        case .replyEnd(let body):
            [
                "request": JSON(body.request), "status": JSON(body.status),
                "more": body.more ? 1 : 0, "cursor": JSON(body.cursor),
                "count": JSON(body.count),
            ]
        }
    }

    private static func values(
        _ type: FrameType,
        _ lead: UInt64,
        _ records: [SampleRecord]
    ) -> [String: JSON] {
        var values: [String: JSON] = ["records": .list(records.map(\.values))]
        if type == .deliver { values["stable_event"] = JSON(lead) }
        if type == .reply { values["request"] = JSON(lead) }
        return values
    }
}

extension Hello {
    var values: [String: JSON] {
        [
            "version_min": JSON(versions.lowerBound), "version_max": JSON(versions.upperBound),
            "producer_id": JSON(producer), "resume_secret": JSON(resumeSecret),
            "incarnation": JSON(incarnation), "lineage": JSON(lineage),
            "state_token": JSON(stateToken), "event_token": JSON(eventToken),
            "first_unacked": JSON(firstUnacknowledged),
            "heartbeat_ms": JSON(heartbeatMilliseconds),
            "will_grace_ms": JSON(willGraceMilliseconds),
            "initial_credit": JSON(initialCredit), "principal": .text(principal),
            "application": .text(application), "will": JSON(hex: will),
        ]
    }
}

extension Welcome {
    var values: [String: JSON] {
        [
            "lineage": JSON(lineage), "epoch": JSON(epoch), "session_id": JSON(session),
            "resume_secret": JSON(resumeSecret), "hub_time_us": JSON(hubTime),
            "heartbeat_ms": JSON(heartbeatMilliseconds), "max_payload": JSON(maximumPayload),
            "last_applied": JSON(lastApplied), "max_messages": JSON(maximumMessages),
            "max_bytes": JSON(maximumBytes), "state_mode": stateDelta ? 1 : 2,
            "event_mode": eventDelta ? 1 : 2, "roles": JSON(roles),
            "numbers": isForeign ? 1 : 0,
            "journal": isDurable ? 1 : 0, "own_values": isOverwritten ? 1 : 0,
            "suspect_ms": JSON(suspectMilliseconds), "stale_ms": JSON(staleMilliseconds),
        ]
    }
}

extension Results {
    var values: [String: JSON] {
        let list = runs.map { run in
            JSON.object([
                "first": JSON(run.first), "count": JSON(run.count), "status": JSON(run.status),
                "rev": JSON(run.revision), "claim_gen": JSON(run.claimGeneration),
                "owner": .text(run.owner),
            ])
        }
        return [
            "expected": JSON(expected), "retry_after_ms": JSON(retryAfterMilliseconds),
            "runs": .list(list),
        ]
    }
}

extension Pong {
    var values: [String: JSON] {
        [
            "t0_us": JSON(clientTime), "t1_us": JSON(received), "t2_us": JSON(sent),
            "state_head": JSON(stateHead), "event_head": JSON(eventHead),
            "stable_event": JSON(stableEvent), "request": JSON(request),
        ]
    }
}
