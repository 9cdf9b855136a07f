import FloorEvents
import Testing

@Suite("The vocabulary's numbers never move") struct NumberTests {
    /// Numbers and names as docs/wire-protocol.md, section 9, has them.
    private func pinned<Name: FloorName>(_ type: Name.Type, _ table: String) {
        let written = Name.allCases.map { "\($0.rawValue) \($0.name)" }.joined(separator: " · ")
        #expect(written == table)
        #expect(Set(Name.allCases.map(\.name)).count == Name.allCases.count)
        for value in Name.allCases {
            #expect(Name(name: value.name) == value)
            #expect(Name(rawValue: value.rawValue) == value)
        }
        #expect(Name(name: "no such name") == nil)
    }

    @Test("of lanes, kinds, operations and freshness")
    func records() {
        pinned(Lane.self, "1 state · 2 event")
        pinned(
            RecordKind.self,
            "1 agent · 2 flag · 3 queue · 4 presence · 5 custom · 6 event · 7 team · 8 note · "
                + "9 private · 10 personal · 11 catalogue"
        )
        pinned(
            RecordOperation.self,
            "1 put · 2 delete · 3 append · 16 raise · 17 seen · 18 claim · 19 engage · "
                + "20 release · 21 reject · 22 answer · 23 close · 24 reopen · 25 cancel · "
                + "26 merge · 27 escalate · 28 leaseLost · 29 expire · 30 rate · 31 verdict"
        )
        pinned(CatalogueSubject.self, "1 category · 2 reason · 3 person")
        pinned(TapOperation.self, "4 beacon · 5 sync")
        pinned(LeaseOperation.self, "6 freshness")
        let others = TapOperation.allCases.map(\.rawValue) + [LeaseOperation.freshness.rawValue]
        #expect(others.allSatisfy { RecordOperation(rawValue: $0) == nil })
        pinned(Freshness.self, "0 live · 1 suspect · 2 stale")
        let events = RecordKind.allCases.filter { $0.lane == .event }
        #expect(events == [.flag, .event, .note, .private, .personal])
    }

    @Test("of an agent's state")
    func agents() {
        pinned(AgentSession.self, "0 unknown · 1 loggedOff · 2 loggedOn")
        pinned(
            AgentActivity.self,
            "0 unknown · 2 notReady · 3 ready · 4 reserved · 5 busy · 6 afterCall"
        )
        pinned(
            ReasonClass.self,
            "0 none · 1 break · 2 meal · 3 training · 4 meeting · 5 coaching · 6 backOffice · "
                + "7 systemFault · 8 personal · 9 other"
        )
        pinned(
            StateCause.self,
            "0 unknown · 1 agent · 2 supervisor · 3 support · 4 timer · 5 ringNoAnswer · "
                + "6 rejected · 7 deviceFault · 8 connectionLost · 9 failover · 10 schedule · "
                + "11 api"
        )
        pinned(
            CallPhase.self,
            "0 none · 1 offered · 2 alerting · 3 connected · 4 held · 5 consulting · "
                + "6 conferenced · 7 ended · 8 missed · 9 rejected · 10 failed · 11 paused"
        )
        let overlays: [CallOverlays] = [
            .helpSeeking, .monitored, .whispered, .barged, .muted, .recordingPaused,
        ]
        #expect(overlays.map(\.rawValue) == [1, 2, 4, 8, 16, 32])
    }

    @Test("of figures")
    func figures() {
        pinned(
            FigureUnit.self,
            "0 unknown · 1 count · 2 ms · 3 permille · 4 timestamp · 5 hundredths"
        )
        pinned(
            Formula.self,
            "0 unknown · 1 count · 2 mean · 3 weightedMean · 4 maximum · 5 median · 6 p90 · "
                + "16 SL.answered · 17 SL.withAbandon · 18 SL.offered · "
                + "19 SL.offeredLessShort · 20 SL.instant"
        )
        pinned(
            FigureWindow.self,
            "0 unknown · 1 now · 2 sinceMidnight · 3 15min · 4 1h · 5 24h · 6 sinceStart"
        )
    }

    @Test("of flags, notes and supporters")
    func flags() {
        pinned(
            FlagKind.self,
            "0 unknown · 1 knowledge · 2 authority · 3 takeover · 4 systemFault · "
                + "5 policyBlocker · 6 safety · 7 personal"
        )
        pinned(
            FlagStatus.self,
            "0 unknown · 1 raised · 2 pending · 3 claimed · 4 engaged · 5 answered · 6 closed · "
                + "7 cancelled · 8 merged · 9 unanswered"
        )
        pinned(
            SupportChannel.self,
            "0 unknown · 1 desk · 2 chat · 3 whisper · 4 barge · 5 takeover"
        )
        pinned(
            FlagOutcome.self,
            "0 unknown · 1 answered · 2 transferred · 3 takenOver · 4 noAnswerKnown"
        )
        pinned(
            NoteKind.self,
            "0 unknown · 1 announcement · 2 reminder · 3 alert · 4 kudos"
        )
        pinned(
            SupporterState.self,
            "0 unknown · 1 offFloor · 2 available · 3 committed · 4 engaged · 5 break"
        )
        let ended = FlagStatus.allCases.filter(\.isTerminal)
        #expect(ended == [.closed, .cancelled, .unanswered])
        pinned(
            FlagCause.self,
            "0 unknown · 1 person · 2 timer · 3 callEnded · 4 leaseLost · 5 neverEngaged · "
                + "6 incident"
        )
        pinned(FlagVerdict.self, "0 unknown · 1 correct · 2 partly · 3 wrong")
    }

    @Test("of statuses; only storage and limit are worth trying again unchanged")
    func statuses() {
        let names = FloorStatus.allCases.map { "\($0.rawValue) \($0)" }.joined(separator: " ")
        #expect(
            names == "0 ok -1 invalid -2 noMemory -3 timedOut -4 again -5 closed -6 wrongState "
                + "-7 badHandle -8 forked -9 wrongABI -10 offline -11 notAuthenticated "
                + "-12 denied -13 conflict -14 notFound -15 exists -16 expired -17 tooBig "
                + "-18 limit -19 badKey -20 fenced -21 storage -22 protocolError "
                + "-23 truncated -24 unsupported -99 internal"
        )
        #expect(FloorStatus.allCases.filter(\.isRetryable) == [.limit, .storage])
        #expect(Set(FloorStatus.allCases.map(\.sentence)).count == FloorStatus.allCases.count)
    }

    @Test("a value of which nothing was said is unknown or none, as zeroed memory is")
    func zero() {
        let state = AgentState(activity: .unknown)
        #expect(state.call.rawValue == 0 && state.cause.rawValue == 0)
        #expect(state.reasonClass.rawValue == 0 && state.pending == nil)
        #expect(AgentState.loggedOff.session == .loggedOff)
        #expect(QueueLevel(waiting: 2).counters == QueueLevel.Counters())
        #expect(QueueLevel().agents == QueueLevel.Agents())
        #expect(TeamFigures().figures.isEmpty)
    }
}
