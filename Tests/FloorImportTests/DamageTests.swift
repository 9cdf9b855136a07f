import FloorImport
import Testing

/// What later words say of calls and people whose own lines are lost, late or under another name.
@Suite("Lines that are lost, late or of another identifier")
struct DamageTests {
    private func end(_ rows: [String]) throws -> (end: FloorEnd, odd: [String: Int]) {
        let played = try play(rows, .asteriskQueueLog)
        return (FloorEnd(played), played.report.oddities)
    }

    @Test("A telephone may have two calls; a call that two others have passed by is over")
    func passedBy() throws {
        let lost = [
            "1|c1|q|A|CONNECT|1|x|0", "5|c2|q|A|CONNECT|1|x|0", "9|c2|q|A|COMPLETEAGENT|1|4|1",
        ]
        let whole = lost + ["20|c1|q|A|COMPLETEAGENT|1|19|1"]
        #expect(try end(whole).odd["talk-without-end"] == nil, "the first went on meanwhile")
        let twice = lost + ["30|c3|q|A|CONNECT|1|x|0", "40|c3|q|A|COMPLETEAGENT|1|10|1"]
        let played = try play(twice + ["41|c4|q|B|CONNECT|1|x|0"], .asteriskQueueLog)
        #expect(played.agents.last { $0.agent == "A" }?.state == .ready)
        #expect(played.agents.last { $0.agent == "A" }?.timestampSeconds == 40)
        #expect(played.report.oddities["talk-without-end"] == 1)
        #expect(played.report.open.talking == 1)
    }

    @Test("A conversation that ends under another identifier ends")
    func otherIdentifier() throws {
        let rows = [
            "1|c1|q|A|CONNECT|1|x|0", "31|c9|q|A|ATTENDEDTRANSFER|BRIDGE|b1|1|30|1",
        ]
        let (floor, odd) = try end(rows)
        #expect(floor.agents == ["A": .ready] && odd["id-changed"] == 1)
        let waits = [
            "1|c1|q|NONE|ENTERQUEUE||5|1", "9|c9|q|A|CONNECT|8|x|0",
            "12|c9|q|A|COMPLETEAGENT|8|3|1",
        ]
        let (queue, change) = try end(waits)
        #expect(queue.waiting == 0 && queue.busy == [] && change["id-changed"] == 1)
    }

    @Test("An end that stands before its beginning is an end; nothing is counted twice")
    func endFirst() throws {
        let rows = [
            "1|c1|q|NONE|ENTERQUEUE||5|1", "3|c1|q|A|COMPLETEAGENT|1|1|1",
            "2|c1|q|A|CONNECT|1|x|0",
        ]
        let (floor, odd) = try end(rows)
        #expect(floor.agents == ["A": .ready] && floor.waiting == 0)
        #expect(floor.queues["q"]?.answered == 1 && odd["out-of-order"] == 1)
        let leaving = ["3|c1|q|NONE|ABANDON|1|1|1", "2|c1|q|NONE|ENTERQUEUE||5|1"]
        #expect(try end(leaving).end.waiting == 0)
    }

    @Test("Who comes and goes in one second is where the later line says")
    func comesAndGoes() throws {
        let gone = ["5|M|q|A|REMOVEMEMBER|", "4|M|q|A|ADDMEMBER|"]
        #expect(try end(["1|M|q|A|ADDMEMBER|"] + gone).end.agents == ["A": .loggedOff])
        // A clock that was set back by more is another matter: then the order of lines holds.
        let set = ["100|M|q|A|REMOVEMEMBER|", "4|M|q|A|ADDMEMBER|"]
        #expect(try end(set).end.agents == ["A": .ready])
    }

    @Test("A call that was lost on its way waits and talks in one place only")
    func onePlace() throws {
        let rows = [
            "1|c1|q|NONE|ENTERQUEUE||5|1", "9|c1|other|NONE|ENTERQUEUE||5|1",
            "10|c1|other|A|CONNECT|1|x|0", "20|c1|other|B|CONNECT|1|x|0",
            "30|c1|other|B|COMPLETEAGENT|1|10|1",
        ]
        let (floor, odd) = try end(rows)
        #expect(floor.waiting == 0 && floor.busy == [])
        #expect(odd["wait-without-end"] == 1 && odd["talk-without-end"] == 1)
    }

    @Test("Who waits while others join at the head is gone, unless the queue has priorities")
    func head() throws {
        let ghost = [
            "1|c1|q|NONE|ENTERQUEUE||5|1", "10|c2|q|NONE|ENTERQUEUE||5|1",
            "12|c2|q|NONE|ABANDON|1|1|2", "20|c3|q|NONE|ENTERQUEUE||5|1",
            "22|c3|q|NONE|ABANDON|1|1|2",
        ]
        let (floor, odd) = try end(ghost)
        #expect(floor.waiting == 0 && odd["wait-without-end"] == 1)
        var rows: [String] = []
        for round in 0..<3 {
            let start = 100 * (round + 1)
            rows += [
                "\(start)|n\(round)|q|NONE|ENTERQUEUE||5|1",
                "\(start + 10)|v\(round)|q|NONE|ENTERQUEUE||5|1",
                "\(start + 15)|v\(round)|q|A|CONNECT|5|x|0",
                "\(start + 20)|v\(round)|q|A|COMPLETEAGENT|5|5|1",
                "\(start + 25)|n\(round)|q|A|CONNECT|25|x|0",
                "\(start + 30)|n\(round)|q|A|COMPLETEAGENT|25|5|1",
            ]
        }
        rows.append("1000|n9|q|NONE|ENTERQUEUE||5|1")
        for join in 1...5 { rows.append("\(1000 + 10 * join)|w\(join)|q|NONE|ENTERQUEUE||5|1") }
        #expect(try end(rows).end.waiting == 6)
    }

    @Test("Nobody waits or talks for half a day of the log's activity")
    func halfADay() throws {
        var rows = ["1|c1|q|NONE|ENTERQUEUE||5|1", "20|c2|q|A|CONNECT|1|x|0"]
        for hour in 1...14 { rows.append("\(hour * 3_600)|NONE|q|B|PAUSE|") }
        let (floor, _) = try end(rows)
        #expect(floor.waiting == 0 && floor.busy == [])
        // A clock that leaps is no activity.
        let leap = ["60|c1|q|NONE|ENTERQUEUE||5|1", "1700000000|NONE|q|B|PAUSE|"]
        #expect(try end(leap).end.waiting == 1)
    }

    @Test("Who logs off is off, also as a member that stays in the queue's file")
    func logsOff() throws {
        let rows = [
            "1|c0|NONE|Agent/1|AGENTLOGIN|SIP/1", "2|c1|q|Agent/1|CONNECT|1|x|0",
            "9|c1|q|Agent/1|COMPLETEAGENT|1|7|1", "10|c0|NONE|Agent/1|AGENTLOGOFF|SIP/1|9",
        ]
        #expect(try end(rows).end.agents == ["Agent/1": .loggedOff])
    }

    @Test("A call step without a number is read as one")
    func numbers() throws {
        let step = try CallStep(parsing: "1\tanswered\tc\tq\ta\t")
        #expect(step.step == .answered(waitSeconds: nil))
        var totals = ReplayTotals(format: .asteriskQueueLog)
        totals.add(step)
        totals.add(try CallStep(parsing: "9\ttalk-ended\tc\tq\ta\t"))
        #expect(totals.summary().queues["q"]?.unknownWaits == 1)
        #expect(totals.summary().agents["a"]?.unknownTalks == 1)
    }
}
