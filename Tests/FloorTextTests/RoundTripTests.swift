import FloorBus
import FloorEvents
import FloorText
import FloorWire
import Testing

/// What goes out as JSON comes back as the same bytes.
@Suite("Records to JSON and back")
struct RoundTripTests {
    /// Goes out as a record's line and comes back with the same payload.
    private func expectBack(
        _ key: String,
        schema: UInt16,
        _ payload: [UInt8],
        _ place: SourceLocation = #_sourceLocation
    ) throws {
        let operation = try FloorKey(key).kind.lane == .event ? RecordOperation.append : .put
        let record = try record(key, operation, schema: schema, payload: payload)
        let line = try record.json()
        let back = try ReadRecord(json: line)
        #expect(back.payload == payload, "\(line)", sourceLocation: place)
        #expect(back.schema == schema, sourceLocation: place)
        #expect(back.key == record.key && !back.isRemoved, sourceLocation: place)
        #expect(FloorMoment(back.sourceTime) == record.sourceTime, sourceLocation: place)
    }

    private func expectBack(_ state: AgentState) throws {
        #expect(try AgentState(json: state.json()) == state)
        let bytes = try payload { try state.append(to: &$0) }
        try expectBack("agent/bj/sales/4711/", schema: PayloadSchema.agent, bytes)
    }

    @Test("an agent's state, with every name of the vocabulary")
    func agents() throws {
        for activity in AgentActivity.allCases {
            for pending in [nil, activity] where pending != .unknown {
                var state = AgentState(activity: activity)
                state.pending = pending
                try expectBack(state)
            }
        }
        var state = AgentState(activity: .ready, cause: .agent)
        for session in AgentSession.allCases {
            try expectBack(changed(state) { $0.session = session })
        }
        for call in CallPhase.allCases { try expectBack(changed(state) { $0.call = call }) }
        for cause in StateCause.allCases { try expectBack(changed(state) { $0.cause = cause }) }
        for reason in ReasonClass.allCases {
            try expectBack(changed(state) { $0.reasonClass = reason })
        }
        for overlay in OverlayName.allCases {
            state.overlays.insert(overlay.bit)
            try expectBack(state)
        }
        #expect(OverlayName.names(of: state.overlays).count == OverlayName.allCases.count)
        state.deviceInService = false
        state.reasonCode = .max
        state.customerStar = 5
        for text in hardTexts {
            state.reason = text
            state.deviceExtension = text
            state.seat = text
            state.callReference = text
            try expectBack(state)
        }
    }

    private func changed(_ state: AgentState, _ body: (inout AgentState) -> Void) -> AgentState {
        var state = state
        body(&state)
        return state
    }

    @Test("a queue's level, at both ends of every number")
    func queues() throws {
        for number in [UInt32.min, 1, .max] {
            for moment in [Int64.min, -1, 0, .max] {
                var level = QueueLevel(waiting: number)
                level.oldestEnqueuedAt = moment
                level.counters.offered = number
                level.counters.callbackTaken = number
                level.agents.loggedOn = number
                level.agents.busyOther = number
                level.window = .rolling15Minutes
                level.figures = figures(number, moment)
                #expect(try QueueLevel(json: level.json()) == level)
                let bytes = try payload { try level.append(to: &$0) }
                try expectBack("queue/bj/calls/billing/", schema: PayloadSchema.queue, bytes)
            }
        }
    }

    @Test("each count of a queue has a field of its own")
    func counts() throws {
        var level = QueueLevel()
        let counters: [WritableKeyPath<QueueLevel.Counters, UInt32>] = [
            \.offered, \.answered, \.abandoned, \.abandonedShort, \.overflowed, \.timedOut,
            \.exitedByKey, \.callbackTaken,
        ]
        for (number, path) in counters.enumerated() {
            level.counters[keyPath: path] = UInt32(number + 1)
        }
        let agents: [WritableKeyPath<QueueLevel.Agents, UInt32>] = [
            \.loggedOn, \.ready, \.reserved, \.busyInbound, \.busyOutbound, \.busyInternal,
            \.afterCall, \.notReady, \.busyOther,
        ]
        for (number, path) in agents.enumerated() {
            level.agents[keyPath: path] = UInt32(number + 11)
        }
        #expect(try QueueLevel(json: level.json()) == level)
        #expect(
            try level.json().hasPrefix(
                #"{"agents":{"after_call":17,"busy_inbound":14,"busy_internal":16,"#
                    + #""busy_other":19,"busy_outbound":15,"logged_on":11,"not_ready":18,"#
                    + #""ready":12,"reserved":13},"counters":{"abandoned":3,"#
                    + #""abandoned_short":4,"answered":2,"callback_taken":8,"#
                    + #""exited_by_key":7,"offered":1,"overflowed":5,"timed_out":6},"#
            )
        )
    }

    @Test("a team's figures, every unit, formula and window")
    func teams() throws {
        var all = figures(.max, .min) + figures(0, .max)
        all += FigureUnit.allCases.map { Figure("u", 1, $0) }
        all += Formula.allCases.map { Figure("f", 1, .count, formula: $0) }
        all += FigureWindow.allCases.map { Figure("w", 1, .count, window: $0) }
        for text in hardTexts where !text.isEmpty && text.utf8.count <= Limits.figureNameBytes {
            all.append(Figure(text, 1, .count))
        }
        let team = TeamFigures(all)
        #expect(try TeamFigures(json: team.json()) == team)
        let bytes = try payload { try team.append(to: &$0) }
        try expectBack("team/bj/sales/all/", schema: PayloadSchema.team, bytes)
        #expect(try TeamFigures(json: "[]") == TeamFigures())
    }

    private func figures(_ number: UInt32, _ value: Int64) -> [Figure] {
        var figure = Figure("x", value, .permille, n: number, thresholdMilliseconds: number)
        figure.zoneMinutes = number == 0 ? .min : .max
        figure.asOf = value
        return [figure]
    }

    @Test("custom values and events, whatever their bytes are")
    func custom() throws {
        var payloads: [[UInt8]] = hardTexts.map { Array($0.utf8) }
        payloads += [[0xFF], [0xC3], [0x41, 0xED, 0xA0, 0x80], Array(0...255)]
        payloads.append(Array(repeating: 0x22, count: Limits.payloadBytes))
        for bytes in payloads {
            try expectBack("custom/bj/x/y/", schema: 9, bytes)
            try expectBack("event/bj/x/y/", schema: .max, bytes)
        }
    }

    @Test("what has no reader, or cannot be read, comes back as the bytes it was")
    func bytes() throws {
        let flag = try payload { try HelpFlag(.knowledge).append(withWords: false, to: &$0) }
        let id = FloorID(high: 1, low: 2).text
        try expectBack("flag/bj/sales/\(id)/", schema: PayloadSchema.flag, flag)
        let note = try payload { try FloorNote(.kudos, text: "thanks").append(to: &$0) }
        try expectBack("note/bj/sales/\(id)/", schema: PayloadSchema.note, note)
        try expectBack("agent/bj/sales/4711/", schema: PayloadSchema.agent, [1, 2, 3])
        try expectBack("presence/-/-/ana/", schema: PayloadSchema.presence, [0xFF])
    }

    @Test("a journal's event, as its export writes it")
    func stored() throws {
        let bytes = Array("call \"17\"\u{0}".utf8)
        let event = StoredEvent(
            Revision(epoch: 3, counter: 4),
            key: "event/bj/x/y/",
            hubTime: .max,
            producer: .zero,
            sequence: .max,
            schema: 7,
            payload: bytes
        )
        let back = try ReadRecord(json: event.json())
        #expect(back.key.text == "event/bj/x/y/" && back.schema == 7 && back.payload == bytes)
        #expect(
            try event.json()
                == #"{"key":"event/bj/x/y/","payload":"Y2FsbCAiMTciAA==","#
                + #""producer":"00000000000000000000000000000000","revision":"3.4","#
                + #""schema":7,"sequence":18446744073709551615,"time":9223372036854775807}"#
        )
    }

    @Test("a denial is told to people and programs, in the export too")
    func denials() throws {
        var denial = Denial(
            .publish,
            .put,
            principal: "4711",
            key: "agent/bj/care/4712/",
            reason: "no grant to \u{1B}publish"
        )
        denial.missed = 3
        let bytes = payload { denial.append(to: &$0) }
        let key = "private/-/hub/audit/"
        let told = try record(key, .append, schema: PayloadSchema.denial, payload: bytes)
        #expect(
            told.summary
                == "4711 was denied publish put agent/bj/care/4712/: no grant to ?publish"
                + " (3 before it are not written down)"
        )
        let event = StoredEvent(
            Revision(epoch: 1, counter: 2),
            key: key,
            hubTime: 1,
            producer: .zero,
            sequence: 0,
            schema: PayloadSchema.denial,
            payload: bytes
        )
        for line in [try told.json(), try event.json()] {
            let fields = try #require(try object(line)["denial"] as? [String: Any])
            #expect(fields["principal"] as? String == "4711" && fields["missed"] as? Int == 3)
            #expect(fields["action"] as? String == "publish")
            #expect(fields["operation"] as? String == "put")
            #expect(try ReadRecord(json: line).payload == bytes)
        }
        let odd = try record(key, .append, schema: PayloadSchema.denial, payload: [1])
        #expect(odd.summary.contains("is not well-formed"))
        #expect(try odd.json().contains("is not well-formed"))
    }

    @Test("a removed key has no payload")
    func removed() throws {
        let gone = try record("custom/bj/x/y/", .delete, payload: [])
        for line in [try gone.json(), try FloorBusEvent.removed(gone).json()] {
            let back = try ReadRecord(json: line)
            #expect(back.isRemoved && back.payload.isEmpty && back.key == gone.key)
        }
    }
}
