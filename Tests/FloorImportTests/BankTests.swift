import FloorImport
import Testing

@Suite("A bank's call-by-call table")
struct BankTests {
    @Test("A call that waited and was answered makes steps in time order")
    func answered() throws {
        let row = bankRow(
            "1",
            wait: "9:00:05 9:00:20 15",
            "AGENT",
            talk: "9:00:19 9:02:00 101",
            server: "A01"
        )
        let played = try play([bankHeader, row], .anonymousBank)
        let at = bankDay + 9 * 3_600
        func call(_ seconds: Int64, _ agent: String?, _ step: CallStep.Step) -> FloorStep {
            .call(
                CallStep(
                    timestampSeconds: at + seconds,
                    callID: "AA0101/1",
                    queue: "PS",
                    agent: agent,
                    step: step
                )
            )
        }
        var level = QueueLevel(timestampSeconds: at + 5, queue: "PS")
        level.offered = 1
        level.waiting = 1
        level.startOfOldestWait = at + 5
        var after = level
        after.timestampSeconds = at + 20
        after.answered = 1
        after.waiting = 0
        after.startOfOldestWait = nil
        let busy = AgentStep.State.busy(callID: "AA0101/1", calls: 1)
        #expect(
            played.steps == [
                call(5, nil, .enqueued), .queue(level),
                .agent(AgentStep(timestampSeconds: at + 19, agent: "A01", state: busy)),
                call(20, "A01", .answered(waitSeconds: 15)), .queue(after),
                call(120, "A01", .talkEnded(talkSeconds: 101)),
                .agent(AgentStep(timestampSeconds: at + 120, agent: "A01", state: .ready)),
            ]
        )
        #expect(played.report.linesRead == 2)
        #expect(played.report.rowsUsed == 1)
        #expect(played.report.skipped == [:])
    }

    @Test("Each end of a call has its own step, and only conversations with an agent count")
    func outcomes() throws {
        let rows = [
            bankRow("1", "HANG"),
            bankRow("2", wait: "9:00:05 9:00:06 1", "HANG", talk: "9:30:00 9:31:00 60"),
            bankRow("3", wait: "9:00:05 9:00:07 2", "PHANTOM", talk: "9:00:07 9:00:09 2"),
            bankRow("4", "AGENT", talk: "9:00:04 9:00:10 6", server: "A01"),
            bankRow("5", "AGENT", talk: "9:00:04 9:00:10 6"),
            bankRow("6", "AGENT", server: "A02"),
            bankRow("7", wait: "9:00:05 9:00:08 3", "AGENT", server: "A02"),
        ]
        let played = try play(rows, .anonymousBank)
        let totals = try played.totals(.anonymousBank)
        let queue = try #require(totals.queues["PS"])
        #expect(queue.offered == 3)
        #expect(queue.answered == 1)
        #expect(queue.abandoned == 1)
        #expect(queue.phantom == 1)
        #expect(queue.answeredAtOnce == 3)
        #expect(queue.waitSeconds == 6)
        #expect(totals.agents.mapValues(\.calls) == ["A01": 1])
        #expect(totals.agents.mapValues(\.talkSeconds) == ["A01": 6])
        #expect(totals.peakWaiting == 3)
        #expect(played.calls.contains { call in call.step == .leftBeforeQueue })
    }

    @Test("A time more than 12 hours before the call came in is after midnight")
    func midnight() throws {
        let row = bankRow(
            "1",
            menu: "23:59:50 23:59:58 8",
            wait: "23:59:58 0:00:10 12",
            "AGENT",
            talk: "0:00:09 0:01:00 51",
            server: "A01"
        )
        let played = try play([row], .anonymousBank)
        #expect(played.calls.map { $0.timestampSeconds - bankDay } == [86_398, 86_410, 86_460])
        // 0:00:00 alone is a time; only a pair of them means that nothing happened.
        let edge = bankRow("2", menu: "23:59:50 0:00:00 10", wait: "0:00:00 0:00:03 3", "HANG")
        let calls = try play([edge], .anonymousBank).calls
        #expect(calls.map { $0.timestampSeconds - bankDay } == [86_400, 86_403])
    }

    @Test("An agent in two calls at once is counted, and ready only after both")
    func twoCallsAtOnce() throws {
        let rows = [
            bankRow("1", "AGENT", talk: "9:00:00 9:01:00 60", server: "A01"),
            bankRow("2", "AGENT", talk: "9:00:59 9:02:00 61", server: "A01"),
        ]
        let states = try play(rows, .anonymousBank).agents.map(\.state)
        #expect(
            states == [
                .busy(callID: "AA0101/1", calls: 1), .busy(callID: "AA0101/2", calls: 2),
                .busy(callID: "AA0101/2", calls: 1), .ready,
            ]
        )
    }

    @Test("At equal seconds leaves come before joins, and a wait of zero joins before it leaves")
    func equalSeconds() throws {
        let rows = [
            bankRow("1", wait: "9:00:10 9:00:20 10", "HANG"),
            bankRow("2", wait: "9:00:05 9:00:10 5", "HANG"),
            bankRow("3", wait: "9:00:10 9:00:10 0", "HANG"),
        ]
        let played = try play(rows, .anonymousBank)
        #expect(
            played.calls.map { "\($0.callID.suffix(1)) \($0.step == .enqueued ? "in" : "out")" }
                == ["2 in", "2 out", "1 in", "3 in", "3 out", "1 out"]
        )
        // The caller with no wait at all is not one more at the end of the second.
        #expect(try played.totals(.anonymousBank).peakWaiting == 1)
        #expect(played.queues.map(\.startOfOldestWait).last == .some(nil))
        #expect(played.report.oddities == [:])
    }

    @Test(
        "A bad row is skipped by its cause, and the others are used",
        arguments: [
            ("", "blank-line"), ("a\tb", "columns"),
            (bankRow("1", "HANG") + "\tx", "columns"),
            (bankRow("1", menu: "soon never 5", wait: "x x 5", "HANG"), "bad-time"),
            (bankRow("1", date: "990230", "HANG"), "bad-date"),
            (bankRow("1", date: "19990101", "HANG"), "bad-date"),
            (bankRow("1", "BUSY"), "unknown-outcome"), (bankRow("", "HANG"), "empty-field"),
            (bankRow("1", type: "", "HANG"), "empty-field"),
            (bankRow("1", type: String(repeating: "P", count: 241), "HANG"), "long-field"),
            (bankRow("1", type: "P\u{1}", "HANG"), "control-character"),
            (String(repeating: "x", count: 70_000), "long-line"),
        ]
    )
    func skipped(row: String, cause: String) throws {
        let good = bankRow("9", wait: "9:00:05 9:00:06 1", "HANG")
        let played = try play([bankHeader, row, good], .anonymousBank)
        #expect(played.report.skipped == [cause: 1])
        #expect(played.report.rowsUsed == 1)
        #expect(played.calls.count == 2)
        let example = try #require(played.report.examples.first)
        #expect(example.line == 2)
        #expect(example.description.contains("/log, line 2: "))
    }

    @Test(
        "A row that is impossible in a field its counter does not need counts",
        arguments: [
            bankRow("1", menu: "9:60:00 9:00:05 5", wait: "9:00:05 9:00:06 1", "HANG"),
            bankRow("1", menu: "soon later 5", wait: "9:00:05 9:00:06 1", "HANG"),
            bankRow("1", wait: "9:00:05 9:00:06 x", "HANG"),
            bankRow("1", wait: "9:00:05 9:00:06 -1", "HANG"),
            bankRow("1", wait: "9:00:06 9:00:05 1", "HANG"),
            bankRow("1", wait: "9:00:06 ? 1", "HANG"),
            bankRow("1", wait: "9:00:05 9:00:06 1", "HANG", talk: "26:00:00 -1 x", server: ""),
            bankRow("1", wait: "9:00:05 9:00:06 1", "HANG") + "\t\t",
        ]
    )
    func odd(row: String) throws {
        let played = try play([bankHeader, row], .anonymousBank)
        #expect(played.report.skipped == [:])
        let queue = try #require(try played.totals(.anonymousBank).queues["PS"])
        #expect(queue.offered == 1 && queue.abandoned == 1 && queue.waitSeconds == 1)
        #expect(played.queues.last?.waiting == 0)
    }

    @Test("An answered call with an impossible conversation is answered, and nobody is busy for it")
    func oddTalk() throws {
        let rows = [
            bankRow("1", wait: "9:00:05 9:00:06 1", "AGENT", talk: "x y z", server: "A01"),
            bankRow("2", "AGENT", talk: "9:00:06 9:00:01 8", server: "A01"),
        ]
        let played = try play(rows, .anonymousBank)
        #expect(played.report.oddities == ["odd-field": 2])
        let totals = try played.totals(.anonymousBank)
        #expect(totals.queues["PS"]?.answered == 1 && totals.queues["PS"]?.answeredAtOnce == 1)
        #expect(totals.agents["A01"]?.talkSeconds == 8)
        #expect(played.agents.last?.state == .ready)
    }

    @Test("A menu time below zero is no reason to skip a call")
    func negativeMenuTime() throws {
        let row = bankRow("1", menu: "9:00:05 9:00:03 -2", wait: "9:00:03 9:00:06 3", "HANG")
        #expect(try play([row], .anonymousBank).report.rowsUsed == 1)
    }

    @Test("Only the first few bad rows of a cause are told in full, all are counted")
    func examples() throws {
        let rows = [bankRow("1", "HANG")] + [String](repeating: "bad", count: 50)
        let report = try play(rows, .anonymousBank).report
        #expect(report.skipped == ["columns": 50])
        #expect(report.examples.map(\.line) == [2, 3, 4])
    }

    @Test("A chosen day has the rows of its date, also what they did after midnight")
    func day() throws {
        let rows = [
            bankRow("1", date: "990101", menu: "23:59:50 23:59:55 5", "HANG"),
            bankRow("2", date: "990102", wait: "9:00:05 9:00:06 1", "HANG"),
        ]
        let played = try play(rows, .anonymousBank, day: "990102")
        #expect(played.calls.map(\.callID) == ["AA0101/2", "AA0101/2"])
        #expect(played.report.rowsOfOtherDays == 1)
        #expect(try play(rows, .anonymousBank, day: "990103").steps == [])
        let error = importError { _ = try play(rows, .anonymousBank, day: "today") }
        #expect(error?.field == "day")
    }

    @Test("An empty file and one of another format are errors that say so")
    func unusable() throws {
        let empty = importError { _ = try withFile([]) { try play($0, .anonymousBank) } }
        #expect(empty?.rule == "the file is empty")
        let header = importError { _ = try play([bankHeader], .anonymousBank) }
        #expect(header?.rule == "no line of this file is a row of the format anonymous-bank")
        let other = importError {
            _ = try play(["1795307963|NONE|NONE|NONE|QUEUESTART|"], .anonymousBank)
        }
        #expect(other?.rule.contains("the first reason was: ") == true)
        #expect(other?.rule.contains("a row has 17 columns and this has 1") == true)
    }
}
