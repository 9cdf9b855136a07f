import FloorBusTestKit
import FloorEvents
import FloorRoster
import FloorWire
import Foundation
import Testing

@testable import FloorHub

/// Who asks is nobody's business but those who help: not the manager's, not the wall's.
@Suite struct PrivacyTests {
    /// What somebody saw of a floor's day.
    private struct Sight: Equatable {
        var lead: [ReceivedRecord] = []
        var wall: [ReceivedRecord] = []
        var tap: [ReceivedRecord] = []
    }

    private static let isLong = ProcessInfo.processInfo.environment["FLOORBUS_LONG"] != nil

    /// One step of the two askers' day; who of the two does it is said by its number.
    private struct Step {
        let asker: Int
        let flag: UInt64
        let operation: RecordOperation
        let isSupporters: Bool
        let number: UInt8
    }

    private static func steps(_ random: inout SeededRandom) -> [Step] {
        let owns: [RecordOperation] = [
            .raise, .raise, .raise, .cancel, .close, .reopen, .rate, .escalate,
        ]
        let helps: [RecordOperation] = [
            .seen, .claim, .claim, .engage, .answer, .answer, .release, .reject, .verdict,
        ]
        return (0..<Int.random(in: 6...24, using: &random)).map { _ in
            let flag = UInt64.random(in: 1...4, using: &random)
            let isSupporters = Bool.random(using: &random)
            let operations = isSupporters ? helps : owns
            return Step(
                asker: Int(flag) % 2,
                flag: flag,
                operation: operations[Int.random(in: 0..<operations.count, using: &random)],
                isSupporters: isSupporters,
                number: UInt8.random(in: 1...5, using: &random)
            )
        }
    }

    /// Plays a day in which the first asker is one of two people and the second the other.
    private func play(_ steps: [Step], askers: [String]) throws -> Sight {
        let hub = try SmallFloor.hub()
        // The same people come in the same order, whoever asks: only the asking changes places.
        let people = ["ana", "bo", "sun", "deputy", "lead", "wall"].map { hub.join($0) }
        func named(_ name: String) -> HarnessClient {
            people.first { $0.name == name } ?? people[0]
        }
        let (sun, lead, wall) = (named("sun"), named("lead"), named("wall"))
        // One of those on duty manages ana, so that fewer may help her.
        sun.goOnDuty(hub)
        named("deputy").goOnDuty(hub)
        for (number, filter) in [
            "flag/bj/sales/", "agent/bj/sales/", "team/bj/sales/", "presence/", "note/",
            "private/bj/lead/", "personal/bj/lead/",
        ].enumerated() { lead.subscribe(UInt32(number + 1), filter) }
        for (number, filter) in ["queue/", "team/", "agent/", "presence/"].enumerated() {
            wall.subscribe(UInt32(number + 1), filter)
        }
        named("ana").publish([.put("agent/bj/sales/ana/", "ready")])
        named("bo").publish([.put("agent/bj/sales/bo/", "ready")])
        hub.turn()
        var sight = Sight()
        for step in steps {
            let who = step.isSupporters ? sun : named(askers[step.asker])
            var request = FlagRequest()
            request.claimGeneration =
                hub.hub.flagState(flagID(step.flag))?.claimGeneration ?? 0
            request.text = step.operation == .claim ? "" : "words \(step.number)"
            request.rating = step.number
            request.outcome = .answered
            request.verdict = .correct
            request.kind = step.number > 3 ? .authority : .knowledge
            request.channel = .desk
            var payload: [UInt8] = []
            try request.append(to: &payload)
            var header = RecordHeader(
                .flag,
                step.operation,
                schema: PayloadSchema.flagRequest
            )
            // Each machine's clock is off by something of its own.
            header.sourceTime = hub.time.wall + (who.name == "bo" ? 12_345 : 777)
            who.publish([HarnessOperation(header, flagKey(step.flag), payload)])
            hub.advance(milliseconds: 700)
            for client in people { client.ping() }
            sight.lead += lead.takeRecords()
            sight.wall += wall.takeRecords()
        }
        for filter in ["flag/", "agent/", "team/", "note/", "private/", "personal/", "presence/"] {
            lead.ask(.get, filter, asMayBeRead: true)
            wall.ask(.get, filter, asMayBeRead: true)
            hub.turn()
            sight.lead += lead.takeRecords()
            sight.wall += wall.takeRecords()
        }
        lead.ask(.replay, "flag/bj/sales/", to: .max)
        hub.turn()
        sight.lead += lead.takeRecords()
        sight.tap = hub.tapped
        #expect(hub.violations == [])
        return sight
    }

    @Test("What a manager, the wall or the tap sees is the same when two askers change places")
    func exchange() throws {
        var flags: UInt64 = 0
        let days: UInt64 = Self.isLong ? 5_000 : 300
        for seed in 0..<days {
            var random = SeededRandom(seed: seed)
            let steps = Self.steps(&random)
            let one = try play(steps, askers: ["ana", "bo"])
            let other = try play(steps, askers: ["bo", "ana"])
            guard one == other else {
                Issue.record("seed \(seed): who asks can be told")
                let pairs = zip(one.lead + one.wall + one.tap, other.lead + other.wall + other.tap)
                if let (left, right) = pairs.first(where: { $0 != $1 }) {
                    Issue.record("\(left) and \(right)")
                }
                return
            }
            flags += UInt64(one.tap.count { $0.key.hasPrefix("flag/") })
            let said = one.tap + one.lead
            #expect(!said.contains { $0.key.hasPrefix("flag/") && $0.header.producer != .zero })
        }
        #expect(flags > days * 2, "the days were busy")
    }

    @Test("Words are kept from whoever is above the asker, whatever other roles they hold")
    func chain() throws {
        let hub = try SmallFloor.hub()
        let (head, sun) = (hub.join("head"), hub.join("sun"))
        for client in [head, sun] { client.subscribe(1, "private/bj/") }
        head.subscribe(2, "private/bj/ana/")
        hub.turn()
        let answers = head.take().compactMap { message -> FloorStatus? in
            if case .subscribed(let answer) = message.content { answer.status } else { nil }
        }
        #expect(answers == [.ok, .denied])
        _ = sun.take()
        let ana = hub.join("ana")
        #expect(ana.flag(.raise, 1, hub) { $0.text = "may I?" }.status == .ok)
        let words = "private/bj/ana/\(flagID(1).text)/"
        #expect(sun.takeRecords().map(\.key) == [words], "live")
        #expect(head.takeRecords().isEmpty, "live")
        let late = hub.join("late", principal: "head")
        late.subscribe(1, "private/bj/")
        hub.turn()
        #expect(late.takeRecords().isEmpty, "snapshot")
        let all = head.readable("private/bj/", hub)
        #expect(all.status == .ok && all.keys == [] && all.isPartial, "GET")
        for filter in ["private/bj/ana/", words] {
            #expect(head.readable(filter, hub).status == .denied, "GET \(filter)")
        }
        #expect(sun.readable("private/bj/", hub).keys == [words])
        for client in [head, sun] { client.ask(.replay, "private/bj/", to: .max) }
        hub.turn()
        #expect(head.takeRecords().isEmpty, "REPLAY")
        #expect(sun.takeRecords().map(\.key) == [words])
        #expect(hub.violations == [])
    }

    @Test("Notes to persons and receipts are theirs: no grant for words of flags reaches them")
    func classes() throws {
        let hub = try SmallFloor.hub()
        let (lead, ana, sun) = (hub.join("lead"), hub.join("ana"), hub.join("sun"))
        let pbx = hub.join("pbx")
        for client in [lead, ana, sun] {
            client.subscribe(1, "personal/+/\(client.name)/")
        }
        sun.subscribe(2, "private/bj/")
        hub.turn()
        for client in [lead, ana, sun] { _ = client.take() }
        var reminder = FloorNote(.reminder, text: "ask for the number first")
        reminder.person = "ana"
        #expect(try lead.send(reminder, 1, at: "bj/-", hub).status == .ok)
        #expect(ana.takeRecords().map(\.key) == ["personal/bj/ana/\(flagID(1).text)/"])
        #expect(ana.operate(.seen, "note/-/-/\(flagID(1).text)/", hub).status == .ok)
        #expect(lead.takeRecords().map(\.key) == ["personal/bj/lead/\(flagID(1).text)/"])
        #expect(sun.takeRecords().isEmpty)
        #expect(sun.readable("private/", hub).keys == [])
        #expect(sun.readable("personal/", hub).keys == [], "their own are none")
        for client in [sun, pbx] {
            for filter in ["personal/bj/ana/", "personal/bj/lead/"] {
                #expect(client.readable(filter, hub).status == .denied, "\(client.name) \(filter)")
            }
        }
        #expect(!hub.tapped.contains { $0.key.hasPrefix("personal/") })
        #expect(ana.readable("personal/", hub).keys.count == 1)
        hub.restart()
        ana.reconnect()
        ana.hello()
        #expect(ana.readable("personal/", hub).keys.count == 1, "after a restart")
    }

    @Test("A note reaches whom it is for, live, later and by question, and nobody else")
    func audience() throws {
        let hub = try SmallFloor.hub()
        let names = ["ana", "cy", "sun", "lead", "head", "region", "pbx"]
        let people = names.map { hub.join($0) }
        for client in people { client.subscribe(1, "note/") }
        hub.turn()
        let lead = people[3]
        let notes: [(place: String, roles: Roles, for: [String])] = [
            ("bj/sales", [], ["ana", "sun", "lead", "head", "region", "pbx"]),
            ("bj/sales", .agent, ["ana", "lead", "pbx"]),
            ("bj/care", .agent, ["cy", "lead", "pbx"]),
            ("bj/-", .supervisor, ["lead", "head", "region", "pbx"]),
            ("bj/-", .supporter, ["sun", "lead", "head", "pbx"]),
        ]
        for (number, note) in notes.enumerated() {
            for client in people { _ = client.take() }
            var sent = FloorNote(.announcement, text: "to some")
            sent.roles = note.roles
            let number = UInt64(number + 1)
            #expect(try lead.send(sent, number, at: note.place, hub).status == .ok)
            let key = "note/\(note.place)/\(flagID(number).text)/"
            for client in people {
                let isFor = note.for.contains(client.name)
                // The sender's copy came with the result.
                if client.name != "lead" {
                    let live = client.takeRecords().map(\.key)
                    #expect(live == (isFor ? [key] : []), "live, \(client.name) \(key)")
                }
                #expect(client.readable(key, hub).keys == (isFor ? [key] : []), "\(client.name)")
                let late = hub.join("late", principal: client.name)
                late.subscribe(1, key)
                hub.turn()
                let snapshot = late.takeRecords().map(\.key)
                #expect(snapshot == (isFor ? [key] : []), "snapshot, \(client.name) \(key)")
                late.ask(.replay, key, to: .max)
                hub.turn()
                let past = late.takeRecords().map(\.key)
                #expect(past == (isFor ? [key] : []), "replay, \(client.name) \(key)")
                late.bye()
                let mayRead = client.operate(.seen, key, hub).status == .ok
                let isReader = isFor && !["lead", "pbx"].contains(client.name)
                if isReader || !isFor { #expect(mayRead == isFor, "\(client.name) \(key)") }
            }
        }
        #expect(hub.tapped.allSatisfy { !$0.key.hasPrefix("note/") })
        #expect(hub.violations == [])
    }

    @Test("Whoever an alert is for takes care of it, by its id, with or without a site")
    func alerts() throws {
        for name in ["lead", "head", "region"] {
            let hub = try SmallFloor.hub()
            let pbx = hub.join("pbx")
            var alert = FloorNote(.alert, text: "long wait")
            alert.roles = .supervisor
            #expect(try pbx.send(alert, 1, at: "bj/-", hub).status == .ok)
            let key = "note/-/-/\(flagID(1).text)/"
            #expect(hub.join("ana").operate(.seen, key, hub).status == .denied)
            #expect(hub.join("sun").operate(.seen, key, hub).status == .denied)
            #expect(hub.join(name).operate(.seen, key, hub).status == .ok, "\(name)")
        }
    }

    @Test("Only notes to everybody are on the tap, once a roster says who else there is")
    func tap() throws {
        let hub = try SmallFloor.hub()
        let pbx = hub.join("pbx")
        let places: [(String, Roles)] = [("-/-", []), ("-/-", .agent), ("bj/-", [])]
        for (number, (place, roles)) in places.enumerated() {
            var note = FloorNote(.announcement, text: "hello")
            note.roles = roles
            #expect(try pbx.send(note, UInt64(number + 1), at: place, hub).status == .ok)
        }
        let seen = hub.tapped.map(\.key).filter { $0.hasPrefix("note/") }
        #expect(seen == ["note/-/-/\(flagID(1).text)/"])
        let open = HubHarness { $0.hasTap = true }
        let lead = open.join("lead")
        let note = FloorNote(.announcement, text: "hello")
        #expect(try lead.send(note, 1, at: "bj/-", open).status == .ok)
        #expect(open.tapped.contains { $0.key.hasPrefix("note/bj/") })
    }
}

extension Hub {
    /// A flag as it stands; for tests.
    fileprivate func flagState(_ id: FloorID) -> HelpFlag? {
        flags.slot(id).map { flags[$0].flag }
    }
}
