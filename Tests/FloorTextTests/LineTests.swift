import FloorBus
import FloorEvents
import FloorText
import FloorWire
import Testing

/// What people read, and what programs read that is no record.
@Suite("Lines and objects")
struct LineTests {
    @Test("A state in words has what is said and nothing else")
    func summaries() {
        var agent = AgentState(activity: .notReady)
        #expect(agent.summary == "notReady")
        agent.pending = .ready
        agent.reasonClass = .meal
        agent.reason = "lunch\u{1B}[2J"
        agent.overlays = [.muted, .monitored]
        #expect(agent.summary == "notReady then ready for meal (lunch?[2J) monitored muted")
        #expect(AgentState.loggedOff.summary == "loggedOff")
    }

    @Test("Events that are no records have a line and an object of their own")
    func events() throws {
        let gap = FloorBusEvent.gap(
            from: Revision(epoch: 1, counter: 5),
            to: Revision(epoch: 1, counter: 9),
            count: nil
        )
        #expect(try gap.json() == #"{"count":0,"from":"1.5","to":"1.9","type":"gap"}"#)
        #expect(gap.text == "-- gap: an unknown number of events from 1.5 to 1.9 are lost")
        #expect(
            try FloorBusEvent.linkDown(.offline).json()
                == #"{"sentence":"not connected to a hub","status":"offline","type":"linkDown"}"#
        )
        #expect(FloorBusEvent.linkDown(.offline).text.contains("not connected"))
        #expect(FloorBusEvent.snapshotEnd(keys: 3).text == "-- that is everything now: 3 keys")
        #expect(
            try FloorBusEvent.snapshotEnd(keys: .max).json()
                == #"{"keys":18446744073709551615,"type":"snapshotEnd"}"#
        )
    }

    @Test("A record's object has every field, its numbers whole")
    func recordObject() throws {
        let state = AgentState(activity: .ready, cause: .agent)
        let bytes = try payload { try state.append(to: &$0) }
        let record = try record(
            "agent/bj/sales/4711/",
            schema: 1,
            payload: bytes,
            flags: .suspect,
            coalesced: 3
        )
        #expect(
            try record.json()
                == #"{"agent":{"call":"none","call_ref":"","cause":"agent","#
                + #""device_in_service":true,"extension":"","overlays":[],"reason":"","#
                + #""reason_class":"none","reason_code":0,"seat":"","session":"loggedOn","#
                + #""star":0,"state":"ready"},"coalesced":3,"freshness":"suspect","#
                + #""hub_time_us":1772355600250000,"key":"agent/bj/sales/4711/","kind":"agent","#
                + #""operation":"put","payload_base64":"AgEDAAAAAQAAAAAAAAAAAA==","#
                + #""previous_revision":"1.41","#
                + #""producer":"00000000000000000000000000000000","replayed":false,"#
                + #""revision":"1.42","revision_raw":1099511627818,"schema":1,"snapshot":false,"#
                + #""source_time_us":9223372036854775807,"type":"record","will":false}"#
        )
        #expect(
            FloorBusEvent.record(record).text
                == "2026-03-01T09:00:00.250Z agent/bj/sales/4711/ ready [suspect] [+3 older]"
        )
        #expect(FloorBusEvent.removed(record).text.contains("4711/ removed"))
    }

    @Test("A payload that cannot be read says why, and the line stays one")
    func unreadable() throws {
        let short = try record("agent/bj/sales/4711/", schema: 1, payload: [1, 2, 3])
        let fields = try object(short.json())
        #expect((fields["error"] as? String)?.contains("3 bytes") == true)
        #expect(fields["agent"] == nil && fields["payload_base64"] as? String == "AQID")
        #expect(short.summary.contains("3 bytes"))
    }

    @Test("Whatever a text holds, a line is one line and an object one object")
    func hardLines() throws {
        for text in hardTexts {
            let custom = try record("custom/bj/x/y/", payload: Array(text.utf8))
            let back = try object(FloorBusEvent.record(custom).json())["text"] as? String
            #expect(back.map { Array($0.utf8) } == Array(text.utf8))
            let line = FloorBusEvent.record(custom).text
            #expect(!line.contains { $0.isNewline }, "\(line.debugDescription)")
            #expect(!line.unicodeScalars.contains { $0.properties.generalCategory == .control })
        }
        let invalid = try record("custom/bj/x/y/", payload: [0x61, 0xFF, 0x0A])
        #expect(try object(invalid.json())["text"] == nil)
        #expect(invalid.summary == "3 bytes")
        #expect(PlainText.printable("a\u{2028}b\u{85}c") == "a?b?c")
    }

    @Test("A queue and a team in words; figures with their units")
    func figures() {
        var level = QueueLevel(waiting: 3)
        level.figures = [Figure("asa\n", 4200, .milliseconds)]
        #expect(
            level.summary
                == "waiting 3, offered 0, answered 0, abandoned 0, timed out 0, asa? 4200 ms"
        )
        let team = TeamFigures([Figure("a", .min, .count), Figure("b", 2, .permille)])
        #expect(team.summary == "a -9223372036854775808 count, b 2 permille")
    }

    @Test("A flag's words are there for those who have them")
    func flags() throws {
        let key = try FloorKey("flag/bj/sales/\(FloorID(high: 1, low: 2).text)/")
        var flag = HelpFlag(.knowledge)
        flag.category = "refund"
        flag.owner = "sun\u{7}"
        flag.escalation = 2
        flag.stamps.raised = 1_772_355_600_000_000
        #expect(flag.summary == "raised knowledge about refund by sun? escalated 2")
        #expect(try object(FlagText(key, flag).json())["words"] == nil)
        #expect(try object(FlagText(key, flag).json()).count == 27)
        #expect(FlagText(key, flag).sheet.contains("raised     2026-03-01T09:00:00.000Z"))
        flag.words.agent = "ana"
        flag.words.note = "two\nlines"
        let words = try object(FlagText(key, flag).json())["words"] as? [String: Any]
        #expect(words?.count == 15 && words?["note"] as? String == "two\nlines")
        #expect(FlagText(key, flag).sheet.contains("question   two?lines"))
    }

    @Test("A note is one object and a few words")
    func notes() throws {
        let key = try FloorKey("note/bj/sales/\(FloorID(high: 1, low: 2).text)/")
        var note = FloorNote(.announcement, text: "new\ntariff")
        note.roles = [.agent, .supporter]
        note.value = .min
        #expect(note.summary == "active announcement: new?tariff")
        let fields = try object(NoteText(key, note).json())
        #expect(fields.count == 22 && fields["roles"] as? [String] == ["agent", "supporter"])
        #expect(fields["value"] as? Int == .min && fields["text"] as? String == "new\ntariff")
        #expect(try JSONText.line(["b": 1, "a": 2]) == #"{"a":2,"b":1}"#)
    }
}
