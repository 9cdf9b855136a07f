import FloorBusTestKit
import FloorEvents
import FloorHub
import FloorRoster
import FloorWire
import Testing

/// What alert rules cost, counted in units of work: rules looked at.
struct AlertWorkTests {
    private static let rules = 50

    private func roster(waiting limit: Int64 = 10) throws -> Roster {
        let rules = (0..<Self.rules).map { number in
            let limit = number == 0 ? limit : 1000
            let measure = AlertMeasure.figure("waiting", .above, threshold: limit, clear: limit)
            return AlertRule("rule \(number)", filter: "queue/", measure)
        }
        return try figureRoster(alerts: rules)
    }

    private func hub(_ roster: Roster) -> HubHarness {
        HubHarness {
            $0.isDurable = true
            $0.roster = roster
        }
    }

    /// Keys of queues; the first `busy` of them break the first rule.
    private func fill(_ hub: HubHarness, _ count: Int, busy: Int = 0) throws {
        let pbx = hub.visitor("pbx")
        for number in 0..<count {
            pbx.publish([
                try .queue(
                    "queue/bj/calls/q\(number)/",
                    QueueLevel(waiting: number < busy ? 20 : 1)
                )
            ])
            hub.turn()
            _ = pbx.take()
        }
        pbx.bye()
        hub.turn()
    }

    /// Units of work while seconds pass.
    private func work(_ hub: HubHarness, seconds: Int) -> UInt64 {
        let before = hub.hub.statistics.work
        for _ in 0..<seconds { hub.pass(seconds: 1) }
        return hub.hub.statistics.work - before
    }

    @Test("A second in which nothing changed looks at nothing, one changed key at its rules")
    func onlyWhatChanged() throws {
        let hub = hub(try roster())
        try fill(hub, 200)
        hub.pass(seconds: 2)
        let idle = work(hub, seconds: 10)
        #expect(idle == 0, "\(idle) units for 200 keys of which none has changed")
        let pbx = hub.visitor("pbx")
        let before = hub.hub.statistics.work
        pbx.publish([try .queue("queue/bj/calls/q7/", QueueLevel(waiting: 2))])
        hub.turn()
        let one = hub.hub.statistics.work - before
        #expect(one == UInt64(Self.rules) + 1, "the key, with each of its rules")
        pbx.bye()
        hub.turn()
        #expect(work(hub, seconds: 5) == 0)
    }

    @Test("Many changed keys are looked at over several turns, and all of them")
    func bounded() throws {
        let hub = hub(try roster())
        try fill(hub, 300, busy: 40)
        var turns = 0
        var most: UInt64 = 0
        hub.time.boot += 1_000_000
        hub.time.wall += 1_000_000
        repeat {
            let before = hub.hub.statistics.work
            hub.step(.turnEnd)
            most = max(most, hub.hub.statistics.work - before)
            turns += 1
        } while hub.hub.nextDeadline <= hub.time.boot && turns < 1000
        #expect(most <= UInt64(Limits.figuresPerTurn + 2 * Self.rules + 1), "\(most) in a turn")
        #expect(turns > 1 && turns < 1000)
        hub.pass(seconds: 2)
        hub.pass(seconds: 2)
        #expect(hub.alerts().count == 40)
    }

    @Test("An age passes its threshold by the clock alone, and is not looked at before")
    func ages() throws {
        let rule = AlertRule(
            "long",
            filter: "queue/",
            .figure("longestWaitMs", .above, threshold: 60_000, clear: 30_000)
        )
        let hub = hub(try figureRoster(alerts: [rule]))
        var level = QueueLevel(waiting: 1)
        level.oldestEnqueuedAt = hub.time.wall
        hub.say(try .queue("queue/bj/calls/billing/", level))
        hub.pass(seconds: 1)
        let waiting = work(hub, seconds: 57)
        #expect(waiting == 0)
        #expect(hub.alerts() == [])
        hub.pass(seconds: 4)
        #expect(hub.alerts() == ["long queue/bj/calls/billing/"])
        let standing = work(hub, seconds: 10)
        #expect(standing == 0, "what is over stays over until its value changes")
        level.oldestEnqueuedAt = hub.time.wall
        hub.say(try .queue("queue/bj/calls/billing/", level))
        hub.pass(seconds: 1)
        #expect(hub.alerts() == [])
    }

    @Test("A new roster's rules go through every key; alerts of former rules are cleared")
    func newRoster() throws {
        let hub = hub(try roster(waiting: 100))
        try fill(hub, 20)
        hub.pass(seconds: 2)
        #expect(hub.alerts() == [])
        let strict = AlertRule(
            "strict",
            filter: "queue/bj/calls/q3/",
            .figure("waiting", .above, threshold: 0, clear: 0)
        )
        hub.step(.roster(try figureRoster(alerts: [strict])))
        hub.pass(seconds: 2)
        #expect(hub.alerts() == ["strict queue/bj/calls/q3/"])
        var elsewhere = strict
        elsewhere.filter = "queue/bj/calls/q4/"
        hub.step(.roster(try figureRoster(alerts: [elsewhere])))
        hub.pass(seconds: 2)
        #expect(hub.alerts() == ["strict queue/bj/calls/q4/"])
        hub.step(.roster(try figureRoster()))
        hub.pass(seconds: 2)
        #expect(hub.alerts() == [])
    }

    @Test("A deleted key clears its alert")
    func deleted() throws {
        let hub = hub(try roster(waiting: 0))
        hub.say(try .queue("queue/bj/calls/billing/", QueueLevel(waiting: 1)))
        hub.pass(seconds: 2)
        #expect(hub.alerts() == ["rule 0 queue/bj/calls/billing/"])
        let header = RecordHeader(.queue, .delete)
        hub.say(HarnessOperation(header, "queue/bj/calls/billing/"))
        hub.pass(seconds: 2)
        #expect(hub.alerts() == [])
    }

    @Test("An alert that was lost with a batch is raised again, and one whose end was is cleared")
    func lostBatch() throws {
        let rule = AlertRule(
            "busy",
            filter: "queue/",
            .figure("waiting", .above, threshold: 0, clear: 0)
        )
        let hub = hub(try figureRoster(alerts: [rule]))
        for waiting: UInt32 in [1, 0] {
            hub.pass(seconds: 2)
            hub.journal.mode = .held
            hub.say(try .queue("queue/bj/calls/billing/", QueueLevel(waiting: waiting)))
            hub.pass(seconds: 1)
            #expect(hub.journal.heldBatches > 0)
            hub.failHeld()
            hub.journal.mode = .immediate
            hub.pass(seconds: 2)
            hub.pass(seconds: 2)
            let wanted = waiting == 0 ? [] : ["busy queue/bj/calls/billing/"]
            #expect(hub.alerts() == wanted)
        }
        #expect(hub.violations == [])
    }
}
