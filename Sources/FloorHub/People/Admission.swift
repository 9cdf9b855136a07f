import FloorEvents
import FloorWire

/// Whether a HELLO may have a session: rules on values, without the hub around them.
enum Admission {
    /// Checks what every HELLO must have.
    ///
    /// - Returns: the presence key of its principal.
    static func check(_ hello: Hello) throws(HelloRefusal) -> FloorKey {
        guard hello.versions.contains(UInt16(FrameHeader.version)) else {
            throw HelloRefusal(Refusal(.unsupported, "this hub speaks FBP/1"))
        }
        guard hello.producer != .zero else {
            throw HelloRefusal(Refusal(.invalid, "the producer id must not be zero"))
        }
        try checkWill(hello)
        // Far below the end of the numbers, so that counting on from it never overflows.
        guard max(hello.firstUnacknowledged, 1) < 1 << 63 else { throw Self.tooFarAhead }
        let name = hello.principal
        guard let key = try? FloorKey(.presence, site: "-", unit: "-", entity: name) else {
            let sentence = "the principal's name is empty or too long for a key"
            throw HelloRefusal(Refusal(.invalid, sentence))
        }
        return key
    }

    private static var tooFarAhead: HelloRefusal {
        HelloRefusal(Refusal(.invalid, "the first unacknowledged operation is too far ahead"))
    }

    private static func checkWill(_ hello: Hello) throws(HelloRefusal) {
        guard hello.willGraceMilliseconds <= Limits.willGraceMaximumMilliseconds else {
            throw HelloRefusal(Refusal(.invalid, "the will's grace is too long"))
        }
        guard !hello.will.isEmpty else { return }
        guard let view = try? RecordView(hello.will.span, at: 0),
            view.range.count == hello.will.count,
            let kind = try? KeyRules.checkKey(hello.will.span.extracting(view.key)),
            kind == view.header(hello.will.span).kind, kind.lane == .state, kind != .presence,
            view.header(hello.will.span).operation == .put
        else { throw HelloRefusal(Refusal(.invalid, "the will must be one PUT of a state key")) }
        guard HubsOwn.contains(kind, .put, hello.will.span.extracting(view.key)) else { return }
        let text = String(decoding: hello.will[view.key], as: UTF8.self)
        throw HelloRefusal(Refusal(.denied, HubsOwn.sentence(ofWill: text)))
    }

    /// Checks that a known producer may go on with this HELLO, and moves its numbers there.
    static func takeOver(
        _ known: Producer,
        _ hello: Hello,
        _ key: FloorKey,
        _ options: HubOptions
    ) throws(HelloRefusal) {
        let first = max(hello.firstUnacknowledged, 1)
        guard known.principal.presenceKey == key else {
            let sentence = "the producer id belongs to another principal"
            throw HelloRefusal(Refusal(.denied, sentence))
        }
        if known.session != nil, !known.mayTakeOver(hello) {
            // R21: a copy of a client, or a thief of its id; the one who is alive keeps it.
            throw HelloRefusal(
                Refusal(
                    .exists,
                    "another session with this producer id is alive",
                    retryAfterMilliseconds: options.heartbeatMilliseconds
                )
            )
        }
        guard first <= known.last + 1 + UInt64(Limits.outboxOperationsCeiling) else {
            throw tooFarAhead
        }
        known.isMoved = first - 1 > known.last
        known.last = max(known.last, first - 1)
        // A copy of the client knows its own results, not those of whoever numbered last (R21).
        if known.isMoved || known.isOwn(hello) { known.forgetRetryable(below: first) }
    }

    /// The heartbeat agreed on, in milliseconds.
    static func heartbeat(_ hello: Hello, _ options: HubOptions) -> UInt32 {
        let wanted =
            hello.heartbeatMilliseconds == 0
            ? options.heartbeatMilliseconds : hello.heartbeatMilliseconds
        return min(
            max(wanted, Limits.heartbeatMinimumMilliseconds),
            Limits.heartbeatMaximumMilliseconds
        )
    }
}
