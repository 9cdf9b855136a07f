import FloorBus
import FloorHubServer
import FloorWire
import Foundation
import Testing

@testable import FloorJournal

/// One person out of the journal: name and words go, counts stay.
@Suite(.timeLimit(.minutes(2)))
struct ForgetTests {
    private let name = "annabella"

    private func hub(_ scratch: Scratch) throws -> EmbeddedHub {
        try EmbeddedHub(
            HubConfiguration(),
            journal: SQLiteJournal.opener(directory: scratch.path)
        )
    }

    /// A morning on which the person does everything that leaves a trace.
    private func morning(_ hub: EmbeddedHub) async throws {
        let anna = try hub.connect(as: name)
        let ben = try hub.connect(as: "ben")
        let sun = try hub.connect(as: "sun")
        var state = AgentState(activity: .busy, cause: .agent)
        state.seat = "seat of hers"
        state.reason = "asked by annabella"
        let key = try FloorKey(.agent, site: "bj", unit: "sales", entity: name)
        try await anna.publish(.agent(state), to: key)
        let own = try FloorKey(.event, site: "bj", unit: "calls", entity: "1")
        try await anna.publish(.event(Array("words of hers".utf8), schema: 0), to: own)
        try await ben.publish(.event(Array("ben saw annabella.".utf8), schema: 0), to: own)
        try await ben.publish(.event(Array("annabellas".utf8), schema: 0), to: own)
        try await sun.setDuty(.available)

        // She asks, is helped and rates.
        var help = HelpRequest(.knowledge, category: "refund")
        help.text = "her question"
        help.seat = "seat of hers"
        help.callReference = "call of hers"
        let asked = try await anna.raiseFlag(help, site: "bj", team: "sales").key
        _ = try await sun.changeFlag(asked, .seen)
        _ = try await sun.claimFlag(asked)
        let answer = "dear annabella, no"
        _ = try await sun.answerFlag(asked, claimGeneration: 1, text: answer, knowledge: "KB-1")
        _ = try await anna.rateFlag(asked, stars: 4, comment: "her comment")

        // She helps: rejects one flag, answers another, loses one to somebody else.
        help = HelpRequest(.knowledge, category: "login")
        help.text = "his question"
        let other = try await ben.raiseFlag(help, site: "bj", team: "sales").key
        _ = try await anna.changeFlag(other, .seen)
        _ = try await anna.claimFlag(other)
        _ = try await sun.claimFlag(other)
        var request = FlagRequest()
        request.claimGeneration = 1
        request.text = "her reason"
        _ = try await anna.changeFlag(other, .reject, request)
        _ = try await anna.claimFlag(other)
        let hers = "her answer"
        _ = try await anna.answerFlag(other, claimGeneration: 3, text: hers, knowledge: "her KB")
        _ = try await ben.rateFlag(other, stars: 2, comment: "his comment")

        // What she said last of a flag is in its last record as well.
        help = HelpRequest(.knowledge, category: "pin")
        help.callReference = "call-2"
        let third = try await ben.raiseFlag(help, site: "bj", team: "sales").key
        _ = try await anna.claimFlag(third)
        request.text = "her last word"
        _ = try await anna.changeFlag(third, .reject, request)
        for client in [anna, ben, sun] { await client.close() }
    }

    /// Every flag of the journal as it last stood, by category.
    private func flags(_ file: JournalFile) throws -> [String: HelpFlag] {
        var flags: [String: HelpFlag] = [:]
        try file.records(.events, [.private]) {
            guard $0.schema == PayloadSchema.flag else { return }
            let flag = try HelpFlag(payload: $0.payload.span)
            flags[flag.category] = flag
        }
        return flags
    }

    private func bytes(of scratch: Scratch) throws -> [UInt8] {
        try FileManager.default.contentsOfDirectory(atPath: scratch.path).sorted().flatMap {
            [UInt8](try Data(contentsOf: URL(fileURLWithPath: scratch.path + "/" + $0)))
        }
    }

    private func has(_ text: String, in bytes: [UInt8]) -> Bool {
        Data(bytes).range(of: Data(text.utf8)) != nil
    }

    @Test("Name and words are gone from every byte; others' words, counts and times stay")
    func forgets() async throws {
        let scratch = try Scratch()
        let first = try hub(scratch)
        try await morning(first)
        let file = try JournalFile(directory: scratch.path)
        #expect(throws: HubServerError.self) { try file.forget(name, by: "boss") }
        first.stop()
        let before = try file.check()
        let flagsBefore = try flags(file)
        var there = try bytes(of: scratch)
        let words = [
            "her question", "her comment", "her reason", "her answer", "her KB", "words of hers",
            "seat of hers", "call of hers", "her last word",
        ]
        for text in words + [name] { #expect(has(text, in: there), "\(text)") }

        let done = try #require(try file.forget(name, by: "boss"))
        there = try bytes(of: scratch)
        for text in words { #expect(!has(text, in: there), "\(text)") }
        // A longer word that begins so is another one.
        #expect(there.count > 0 && occurrences(of: name, in: there) == 1)
        for text in ["his question", "his comment", "dear *********, no", "ben saw *********."] {
            #expect(has(text, in: there), "\(text)")
        }

        let after = try file.check()
        #expect(after.faults == [])
        #expect(after.events == before.events + 1 && after.history == before.history)
        // The public halves of two flags have nothing of hers.
        #expect(done.kept == 4, "\(done)")
        #expect(done.events > 10 && done.history > 0 && done.producers > 0, "\(done)")
        #expect(done.doubtful == 0 && done.pseudonym.hasPrefix("gone-"))
        try expectFlags(flagsBefore, try flags(file), done.pseudonym)
        try expectNote(file, done)

        // The next hub starts from it, and nobody sees her as an agent who has fallen silent.
        let second = try hub(scratch)
        let reader = try second.connect(as: "sun")
        #expect(try await reader.get(try KeyFilter("agent/")).isEmpty)
        #expect(try await reader.get(try KeyFilter("flag/bj/sales/")).count == 3)
        #expect(
            try await reader.get(try KeyFilter("private/bj/" + done.pseudonym + "/")).count == 1
        )
        await reader.close()
        second.stop()
        #expect(try file.check().faults == [])
        #expect(try file.forget(name, by: "boss") == nil)
        #expect(try file.check().faults == [])
    }

    private func occurrences(of text: String, in bytes: [UInt8]) -> Int {
        String(decoding: bytes, as: UTF8.self).ranges(of: text).count
    }

    private func expectFlags(
        _ before: [String: HelpFlag],
        _ after: [String: HelpFlag],
        _ pseudonym: String
    ) throws {
        let asked = try #require(after["refund"])
        var expected = try #require(before["refund"])
        expected.words.agent = pseudonym
        expected.words.answer = "dear *********, no"
        for words in [\FlagWords.note, \.seat, \.callReference, \.comment] {
            expected.words[keyPath: words] = ""
        }
        #expect(asked == expected && asked.words.rating == 4 && asked.words.knowledge == "KB-1")
        let other = try #require(after["login"])
        expected = try #require(before["login"])
        expected.owner = pseudonym
        expected.words.viewers = [pseudonym]
        for words in [\FlagWords.answer, \.knowledge, \.reason] {
            expected.words[keyPath: words] = ""
        }
        #expect(other == expected && other.words.comment == "his comment")
    }

    /// The event that says it was done: by whom, in how many rows, and not to whom.
    private func expectNote(_ file: JournalFile, _ done: ForgottenPerson) throws {
        var notes: [JournalRecord] = []
        try file.records(.events, [.event]) { if $0.schema == 1003 { notes.append($0) } }
        let note = try #require(notes.first)
        #expect(notes.count == 1 && note.key.text == "event/-/journal/forget/")
        let json = try JSONSerialization.jsonObject(with: Data(note.payload))
        let object = try #require(json as? [String: Any])
        #expect(object["by"] as? String == "boss")
        #expect(object["events"] as? Int == done.events && object["kept"] as? Int == done.kept)
        #expect(!String(decoding: note.payload, as: UTF8.self).contains(done.pseudonym))
    }

    @Test("A name of digits may be a number: it goes where names stand, and is told elsewhere")
    func digits() async throws {
        let scratch = try Scratch()
        let hub = try hub(scratch)
        let agent = try hub.connect(as: "4711")
        let ben = try hub.connect(as: "ben")
        let key = try FloorKey(.agent, site: "bj", unit: "sales", entity: "4711")
        try await agent.publish(.agent(AgentState(activity: .ready)), to: key)
        let call = try FloorKey(.event, site: "bj", unit: "calls", entity: "4711")
        try await ben.publish(.event(Array("paid 4711".utf8), schema: 0), to: call)
        for client in [agent, ben] { await client.close() }
        hub.stop()
        let file = try JournalFile(directory: scratch.path)
        let done = try #require(try file.forget("4711", by: "4711"))
        #expect(done.doubtful == 1 && done.history > 0 && done.events == 1, "\(done)")
        var texts: [String] = []
        try file.records(.events, [.event]) {
            texts.append($0.key.text + " " + String(decoding: $0.payload, as: UTF8.self))
        }
        #expect(texts.first == "event/bj/calls/\(done.pseudonym)/ paid 4711")
        // Who asked for it is not written down when it is the person themself.
        #expect(texts.last?.contains(#""by":"""#) == true)
        try file.records(.history, [.agent]) { #expect($0.key.entity == done.pseudonym) }
    }

    private func rewritten(
        _ name: String,
        _ key: String,
        _ kind: RecordKind,
        _ schema: UInt16,
        _ payload: [UInt8]
    ) throws -> (key: String, payload: [UInt8])? {
        var person = Forgetting(name: name, pseudonym: "gone-1", producers: [])
        var bytes: [UInt8] = []
        let header = RecordHeader(kind, .append, schema: schema)
        RecordWriter.append(header, key: Array(key.utf8).span, payload: payload.span, to: &bytes)
        guard let record = try person.rewrite(bytes) else { return nil }
        let view = try RecordView(record.span, at: 0)
        #expect(view.header(record.span) == header)
        return (String(decoding: record[view.key], as: UTF8.self), Array(record[view.payload]))
    }

    @Test("Notes, those who ask most and denials: the name goes, also one that is a number")
    func otherRecords() throws {
        let id = "00000000000000000000000000000007"
        var note = FloorNote(.reminder, text: "call 4711 back")
        note.sender = "4711"
        note.person = "ben"
        note.readers = ["ben", "4711"]
        note.subject = "agent/bj/sales/4711/"
        var payload: [UInt8] = []
        try note.append(to: &payload)
        let kind = PayloadSchema.note
        var found = try #require(
            try rewritten("4711", "private/bj/4711/\(id)/", .private, kind, payload)
        )
        #expect(found.key == "private/bj/gone-1/\(id)/")
        let after = try FloorNote(payload: found.payload.span)
        note.text = ""
        note.sender = "gone-1"
        note.readers = ["ben", "gone-1"]
        note.subject = "agent/bj/sales/gone-1/"
        #expect(after == note)
        // A team of that number is no person, and another's note says what it said.
        #expect(try rewritten("4711", "note/bj/4711/\(id)/", .note, kind, found.payload) == nil)

        let top = TopAskers(askers: [("4711", 3), ("ben", 1)], raised: 4, since: 5)
        payload = []
        top.append(to: &payload)
        let list = PayloadSchema.topAskers
        found = try #require(try rewritten("4711", "private/-/4711/a/", .private, list, payload))
        #expect(found.key == "private/-/4711/a/")
        let askers = try TopAskers(payload: found.payload.span).askers
        #expect(askers.map { $0.name } == ["gone-1", "ben"] && askers[0].flags == 3)

        for key in ["agent/bj/sales/4711/", "private/+/4711/"] {
            payload = []
            Denial(.subscribe, principal: "4711", key: key, reason: "no").append(to: &payload)
            let denial = try #require(
                try rewritten("4711", "private/-/hub/audit/", .private, 16, payload)
            )
            let text = key.replacingOccurrences(of: "4711", with: "gone-1")
            let left = try Denial(payload: denial.payload.span)
            #expect(left == Denial(.subscribe, principal: "gone-1", key: text, reason: "no"))
        }
    }

    @Test("A name is blotted out where it is a word, in Chinese wherever it stands")
    func masks() {
        func masked(_ name: String, _ text: String) -> String {
            var bytes = Array(text.utf8)
            _ = Forgetting.mask(name, in: &bytes)
            return String(decoding: bytes, as: UTF8.self)
        }
        #expect(masked("ana", "ana, Ana; banana ana") == "***, Ana; banana ***")
        #expect(masked("张三", "请问张三在吗") == "请问******在吗")
        #expect(masked("", "x") == "x" && masked("long", "x") == "x")
    }
}
