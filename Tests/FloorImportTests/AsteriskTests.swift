import FloorImport
import Testing

@Suite("Asterisk's queue_log")
struct AsteriskTests {
    private static func states(_ rows: [String]) throws -> [String] {
        try play(rows, .asteriskQueueLog).agents.map { step in
            switch step.state {
            case .loggedOff: "\(step.agent) off"
            case .ready: "\(step.agent) ready"
            case .unknown: "\(step.agent) unknown"
            case .paused(let reason): "\(step.agent) paused \(reason)"
            case .busy(let call, let calls): "\(step.agent) busy \(call) \(calls)"
            }
        }
    }

    @Test("Each event of a call is a step, with the number that belongs to it")
    func calls() throws {
        let rows = [
            "10|c1|sales|NONE|ENTERQUEUE||+442079460001|1",
            "12|c1|sales|Ines Sá|RINGNOANSWER|7000", "13|c1|sales|Ines Sá|CONNECT|3|c2|1",
            "20|c1|sales|Ines Sá|COMPLETEAGENT|3|7|1", "21|c3|sales|NONE|ENTERQUEUE||1|1",
            "22|c3|sales|NONE|ABANDON|1|1|1", "30|c4|sales|NONE|EXITWITHTIMEOUT|1|1|15",
            "31|c5|sales|NONE|EXITEMPTY|1|1|2", "32|c6|sales|NONE|EXITWITHKEY|#|1|1|4",
            "33|c7|sales|A|BLINDTRANSFER|100|default|2|9|1",
            "34|c8|sales|A|ATTENDEDTRANSFER|LINK|b1|b2|2|8|1", "35|c9|NONE|NONE|CONFIGRELOAD|",
        ]
        let played = try play(rows, .asteriskQueueLog)
        #expect(
            played.calls.map(\.step) == [
                .enqueued, .ringNoAnswer(ringMilliseconds: 7_000), .answered(waitSeconds: 3),
                .talkEnded(talkSeconds: 7), .enqueued, .abandoned(waitSeconds: 1),
                .timedOut(waitSeconds: 15), .exitedOther(waitSeconds: 2),
                .exitedOther(waitSeconds: 4), .talkEnded(talkSeconds: 9),
                .talkEnded(talkSeconds: 8),
            ]
        )
        #expect(played.calls[0].agent == nil)
        #expect(played.calls[2].agent == "Ines Sá")
        #expect(played.report.rowsUsed == 12)
        // The log does not show how c4, c5 and c6 came in.
        // Nor how c7 and c8 were answered.
        #expect(
            played.report.oddities == ["left-without-entering": 3, "ended-without-beginning": 2]
        )
        let queue = try #require(try played.totals(.asteriskQueueLog).queues["sales"])
        #expect(queue.waitSeconds == 4)
        #expect(queue.timedOut == 1)
        #expect(queue.peakWaiting == 1)
        #expect(queue.phantom == nil)
    }

    @Test("A queue's level knows the oldest wait also when calls leave out of order")
    func oldestWait() throws {
        let rows = [
            "10|c1|q|NONE|ENTERQUEUE|||1", "11|c2|q|NONE|ENTERQUEUE|||2",
            "12|c3|q|NONE|ENTERQUEUE|||3", "13|c2|q|NONE|ABANDON|2|2|2",
            "14|c1|q|A|CONNECT|4|x|1", "15|c1|q|NONE|ENTERQUEUE|||2",
            "16|c3|q|A|CONNECT|4|x|1", "17|c1|q|NONE|ABANDON|1|1|2",
        ]
        let levels = try play(rows, .asteriskQueueLog).queues
        #expect(levels.map(\.waiting) == [1, 2, 3, 2, 1, 2, 1, 0])
        #expect(levels.map(\.startOfOldestWait) == [10, 10, 10, 10, 12, 12, 15, nil])
        #expect(levels.last?.offered == 4)
        #expect(levels.last?.answered == 2)
        #expect(levels.last?.abandoned == 2)
    }

    @Test("An agent comes, talks, pauses and goes; what changes nothing is not told")
    func agentStates() throws {
        let states = try Self.states([
            "1|MANAGER|sales|Erin O'Shea|ADDMEMBER|", "1|MANAGER|support|Erin O'Shea|ADDMEMBER|",
            "2|NONE|sales|Erin O'Shea|UNPAUSE|", "3|NONE|sales|Erin O'Shea|PAUSE|Back office",
            "4|c1|support|Erin O'Shea|CONNECT|1|x|1", "5|NONE|NONE|Erin O'Shea|PAUSEALL|Lunch",
            "5|NONE|sales|Erin O'Shea|PAUSE|Lunch", "6|c1|support|Erin O'Shea|COMPLETEAGENT|1|2|1",
            "7|NONE|NONE|Erin O'Shea|UNPAUSEALL|", "8|MANAGER|sales|Erin O'Shea|REMOVEMEMBER|",
            "9|MANAGER|support|Erin O'Shea|REMOVEMEMBER|", "10|c0|NONE|1301|AGENTLOGIN|Local/1",
            "11|c0|NONE|1301|AGENTLOGOFF|Local/1|1",
        ])
        #expect(
            states == [
                "Erin O'Shea ready", "Erin O'Shea busy c1 1", "Erin O'Shea paused Lunch",
                "Erin O'Shea ready", "Erin O'Shea off", "1301 ready", "1301 off",
            ]
        )
    }

    @Test("A member named in a configuration file is known from its first call")
    func staticMember() throws {
        let rows = [
            "1|c1|q|A|CONNECT|1|x|1", "2|c2|q|A|CONNECT|1|x|1", "3|c1|q|A|COMPLETEAGENT|1|2|1",
            "4|c2|q|A|COMPLETECALLER|1|2|1", "5|c3|q|B|RINGNOANSWER|0",
        ]
        #expect(
            try Self.states(rows) == [
                "A busy c1 1", "A busy c2 2", "A busy c2 1", "A ready", "B ready",
            ]
        )
    }

    @Test("After a restart nobody waits, and of nobody is known whether they are there")
    func restart() throws {
        let rows = [
            "1|MANAGER|q|A|ADDMEMBER|", "10|c1|q|NONE|ENTERQUEUE|||1",
            "20|NONE|NONE|NONE|QUEUESTART|", "21|c1|q|NONE|ENTERQUEUE|||1",
        ]
        let played = try play(rows, .asteriskQueueLog)
        #expect(
            played.calls.map(\.step) == [.enqueued, .exitedOther(waitSeconds: 10), .enqueued]
        )
        #expect(played.queues.map(\.waiting) == [1, 0, 1])
        #expect(played.agents.map(\.state) == [.ready, .unknown])
        #expect(try played.totals(.asteriskQueueLog).queues["q"]?.peakWaiting == 1)
    }

    @Test("Lines whose time goes back keep their place and are counted")
    func clockWentBack() throws {
        let rows = [
            "10|c1|q|NONE|ENTERQUEUE|||1", "8|c2|q|NONE|ENTERQUEUE|||2",
            "9|c1|q|NONE|ABANDON|1|1|2",
        ]
        let played = try play(rows, .asteriskQueueLog)
        #expect(played.calls.map(\.timestampSeconds) == [10, 8, 9])
        #expect(played.queues.map(\.waiting) == [1, 2, 1])
        #expect(played.report.oddities == ["clock-went-back": 1])
    }

    @Test("A call that enters twice waits once")
    func enteredTwice() throws {
        let rows = ["10|c1|q|NONE|ENTERQUEUE|||1", "11|c1|q|NONE|ENTERQUEUE|||1"]
        let played = try play(rows, .asteriskQueueLog)
        #expect(played.queues.map(\.waiting) == [1, 1])
        #expect(played.report.oddities == ["entered-twice": 1])
    }

    @Test("A queue follows so many callers and no more")
    func tooManyWaiting() throws {
        let rows = (0...ImportLimits.waitingPerQueue).map { "10|c\($0)|q|NONE|ENTERQUEUE|||1" }
        let played = try play(rows, .asteriskQueueLog)
        #expect(played.queues.last?.waiting == ImportLimits.waitingPerQueue)
        #expect(played.report.oddities == ["too-many-waiting": 1])
        let totals = try played.totals(.asteriskQueueLog)
        #expect(totals.queues["q"]?.offered == ImportLimits.waitingPerQueue + 1)
        #expect(totals.queues["q"]?.peakWaiting == ImportLimits.waitingPerQueue)
    }

    @Test("More agents than can be followed are skipped, those known are followed on")
    func tooManyNames() throws {
        var rows = (0...ImportLimits.names).map { "10|M|q|a\($0)|ADDMEMBER|" }
        rows.append("11|M|q|a0|REMOVEMEMBER|")
        let played = try play(rows, .asteriskQueueLog)
        #expect(played.report.skipped == ["too-many-names": 1])
        #expect(played.agents.last?.state == .loggedOff)
    }

    @Test(
        "A bad line is skipped by its cause, and the others are used",
        arguments: [
            ("", "blank-line"), ("10|c1|q|NONE", "columns"),
            ("ten|c1|q|NONE|ENTERQUEUE|", "bad-time"), ("-1|c1|q|A|CONNECT|1", "bad-time"),
            ("99999999999999|c1|q|A|CONNECT|1", "bad-time"),
            ("10|c1|q|A|MYEVENT|", "unknown-event"), ("10|NONE|q|A|CONNECT|1", "empty-field"),
            ("10|c1||A|CONNECT|1", "empty-field"), ("10|c1|q|NONE|ADDMEMBER|", "empty-field"),
            ("10|\(String(repeating: "c", count: 151))|q|A|CONNECT|1", "long-field"),
            ("10|c1|\(String(repeating: "q", count: 241))|A|CONNECT|1", "long-field"),
            ("10|c1|q|A\tB|CONNECT|1", "control-character"),
        ]
    )
    func skipped(line: String, cause: String) throws {
        let good = "10|c9|q|NONE|ENTERQUEUE|||1"
        let played = try play([line, good], .asteriskQueueLog)
        #expect(played.report.skipped == [cause: 1])
        #expect(played.report.examples.first?.line == 1)
        #expect(played.calls.map(\.callID) == ["c9"])
    }

    @Test(
        "A line whose number is missing or odd changes what it names all the same",
        arguments: [
            "CONNECT", "CONNECT|x|1|1", "CONNECT|-5", "CONNECT|99999999999999999999|x|3",
            "ABANDON|1|1", "ABANDON", "EXITEMPTY|1", "EXITWITHKEY|1", "EXITWITHTIMEOUT",
        ]
    )
    func oddNumbers(words: String) throws {
        let rows = ["10|c1|q|NONE|ENTERQUEUE||5|1", "17|c1|q|A|\(words)"]
        let played = try play(rows, .asteriskQueueLog)
        #expect(played.report.skipped == [:])
        #expect(played.report.oddities == ["number-missing": 1])
        #expect(played.queues.last?.waiting == 0)
        let wait: Int64? =
            switch played.calls.last?.step {
            case .answered(let wait), .abandoned(let wait), .exitedOther(let wait),
                .timedOut(let wait):
                wait
            default: nil
            }
        #expect(wait == 7, "the log's own times say it")
    }

    @Test(
        "A conversation's end without its length is an end",
        arguments: [
            "COMPLETEAGENT", "COMPLETECALLER|2|-5|1", "TRANSFER|200", "TRANSFER|200|internal",
            "BLINDTRANSFER|200|internal|2", "ATTENDEDTRANSFER|LINK|b1|b2|2", "COMPLETE",
            "ATTENDEDTR",
        ]
    )
    func oddEnds(words: String) throws {
        let rows = [
            "10|c1|q|NONE|ENTERQUEUE||5|1", "12|c1|q|A|CONNECT|2|x|1", "42|c1|q|A|\(words)",
        ]
        let played = try play(rows, .asteriskQueueLog)
        #expect(played.calls.last?.step == .talkEnded(talkSeconds: 30))
        #expect(played.agents.last?.state == .ready)
        #expect(played.report.oddities["number-missing"] == 1)
    }

    @Test("Bytes that are no text are replaced, or read in the character set that is said")
    func charsets() throws {
        let text = "10|c1|q|In\u{E9}s|CONNECT|1\n"
        let latin = text.unicodeScalars.map { UInt8($0.value) }
        let repaired = try withFile(latin) { try play($0, .asteriskQueueLog) }
        #expect(repaired.report.skipped == [:])
        #expect(repaired.report.oddities["text-repaired"] == 1)
        #expect(repaired.calls.map(\.agent) == ["In\u{FFFD}s"])
        var options = ImportOptions()
        options.charset = "ISO-8859-1"
        let read = try withFile(latin) { path in
            try playDamaged(path, .asteriskQueueLog, options: options).played
        }
        #expect(read.calls.map(\.agent) == ["Inés"])
        #expect(read.report.oddities["text-repaired"] == nil)
        options.charset = "no-such-set"
        let error = importError {
            _ = try withFile(latin) {
                try playDamaged($0, .asteriskQueueLog, options: options)
            }
        }
        #expect(error?.field == "charset")
    }

    @Test("A name that is cut within a letter is a name, and one of 80 odd bytes is too")
    func cutNames() throws {
        let name = Array(String(repeating: "é", count: 40).utf8.dropLast())
        for bytes in [name, [UInt8](repeating: 0xE9, count: 80)] {
            let line = Array("10|c1|q|".utf8) + bytes + Array("|CONNECT|1\n".utf8)
            let played = try withFile(line) { try play($0, .asteriskQueueLog) }
            #expect(played.report.skipped == [:] && played.agents.count == 1)
        }
    }

    @Test("A chosen day is the UTC day of the line's time")
    func day() throws {
        let rows = [
            "\(bankDay - 1)|c1|q|NONE|ENTERQUEUE|||1", "\(bankDay)|c1|q|NONE|ABANDON|1|1|1",
            "\(bankDay + 86_400)|c2|q|NONE|ENTERQUEUE|||1",
        ]
        let played = try play(rows, .asteriskQueueLog, day: "990101")
        #expect(played.calls.map(\.step) == [.abandoned(waitSeconds: 1)])
        #expect(played.queues.map(\.waiting) == [0])
        #expect(played.report.rowsOfOtherDays == 2)
    }

    @Test("A log cut off in the middle of its gzip data gives its lines and then an error")
    func cutOff() throws {
        let whole = gzip("10|c1|q|NONE|ENTERQUEUE|||1\n11|c1|q|NONE|ABANDON|1|1|1\n")
        let (played, error) = try withFile(whole.dropLast(9)) { path in
            try playDamaged(path, .asteriskQueueLog)
        }
        #expect(error?.rule.contains("cut off") == true)
        #expect(played.calls.map(\.step) == [.enqueued, .abandoned(waitSeconds: 1)])
    }

    @Test("An empty file and one of another format are errors that say so")
    func unusable() throws {
        let empty = importError { _ = try withFile([]) { try play($0, .asteriskQueueLog) } }
        #expect(empty?.rule == "the file is empty")
        let other = importError { _ = try play([bankHeader], .asteriskQueueLog) }
        #expect(other?.rule.contains("no line of this file is a row of the format ast") == true)
    }
}
