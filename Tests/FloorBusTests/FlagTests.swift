import FloorBus
import FloorEvents
import FloorRoster
import Testing

extension RealSockets {
    /// Help flags through the Swift API: a hub, an agent, supporters and a station.
    @Suite struct FlagTests {
        private func help() -> HelpRequest {
            var help = HelpRequest(.authority, category: "refund")
            help.kind = .takeover
            help.category = "refund/large"
            help.text = "may I refund 800?"
            help.channel = .desk
            help.customerStar = 5
            help.callReference = "call-7"
            help.seat = "B12"
            help.agent = "ana"
            return help
        }

        private func hub() throws -> EmbeddedHub {
            var configuration = HubConfiguration()
            configuration.listen = ["tcp://127.0.0.1:0"]
            return try EmbeddedHub(configuration)
        }

        @Test("Raised, claimed by one of two, answered, rated; the station sees every step")
        func life() async throws {
            let hub = try hub()
            defer { hub.stop() }
            let ana = try hub.connect(as: "ana")
            let sun = try FloorBusClient.connect(to: hub.endpoints[0], as: "sun")
            let tom = try FloorBusClient.connect(to: hub.endpoints[0], as: "tom")
            #expect(sun.principal == "sun")
            try await sun.setDuty(.available)
            let first: FlagReceipt = try await ana.raiseFlag(help(), site: "bj", team: "sales")
            #expect(first.isNew && first.eligibleSupporters == 1)
            let again = try await ana.raiseFlag(help(), site: "bj", team: "sales")
            #expect(!again.isNew && again.id == first.id && again.key == first.key)

            let subscription = try tom.subscribe(to: try KeyFilter("flag/bj/"))
            #expect(try await sun.claimFlag(first.key) == .done(claimGeneration: 1))
            #expect(try await tom.claimFlag(first.key) == .lost(to: "sun"))
            #expect(try await ana.claimFlag(first.key) == .notEligible("the asker"))
            let state = try await tom.get(try KeyFilter("presence/-/-/sun/")).first?.supporter
            #expect(state?.state == .committed && state?.flags == 1)
            let answer = try await sun.answerFlag(
                first.key,
                claimGeneration: 1,
                text: "up to 500",
                knowledge: "KB-1",
                outcome: .takenOver
            )
            #expect(answer == .done(claimGeneration: 1))
            #expect(try await ana.rateFlag(first.key, stars: 4, comment: "ok").isDone)
            #expect(try await ana.rateFlag(first.key, stars: nil).isDone)
            #expect(try await ana.changeFlag(first.key, .close).isDone)
            var steps: [RecordOperation] = []
            for try await event in subscription {
                guard case .record(let record) = event, let flag = try record.helpFlag else {
                    continue
                }
                steps.append(record.operation)
                if flag.isEnded { break }
            }
            // The subscription began before or after the claim; the end it must see.
            #expect(steps.suffix(2) == [.answer, .close])
            let found = try #require(try await tom.flag(first.id))
            #expect(found.key == first.key && found.hasWords)
            let words = found.flag.words
            #expect(words.answer == "up to 500" && words.agent == "ana" && words.rating == 0)
            for client in [ana, sun, tom] { await client.close() }
        }

        @Test("What cannot be done is a value that says why; what is malformed is an error")
        func refusals() async throws {
            let hub = try hub()
            defer { hub.stop() }
            let sun = try hub.connect(as: "sun")
            let id = try FloorID.fresh()
            let key = try FloorKey(.flag, site: "bj", unit: "sales", entity: id.text)
            #expect(try await sun.claimFlag(key) == .notFound)
            #expect(try await sun.flag(id) == nil)
            let ana = try hub.connect(as: "ana")
            let receipt = try await ana.raiseFlag(help(), site: "bj", team: "sales", id: id)
            #expect(receipt.id == id && receipt.eligibleSupporters == 0)
            #expect(try await sun.changeFlag(key, .rate) == .notEligible("not the asker"))
            #expect(try await ana.changeFlag(key, .cancel).isDone)
            #expect(try await sun.claimFlag(key) == .wrongState("cancelled"))
            await #expect(throws: FloorBusError(.invalid)) { try await ana.setDuty(.engaged) }
            for client in [ana, sun] { await client.close() }
        }

        @Test("What may be read comes, and says whether something was left out")
        func readable() async throws {
            var configuration = HubConfiguration()
            configuration.listen = ["tcp://127.0.0.1:0"]
            configuration.roster = try Roster(
                people: [
                    RosterPerson("ana", roles: .agent, site: "bj", team: "sales"),
                    RosterPerson("sun", roles: .supporter, site: "bj", team: "sales"),
                ],
                teams: [RosterTeam(site: "bj", team: "sales")]
            )
            let hub = try EmbeddedHub(configuration)
            defer { hub.stop() }
            let ana = try hub.connect(as: "ana")
            let sun = try hub.connect(as: "sun")
            var help = HelpRequest(.knowledge, category: "refund")
            help.text = "how?"
            let raised = try await ana.raiseFlag(help, site: "bj", team: "sales")
            let all = try KeyFilter("flag/")
            let seen: ReadableRecords = try await sun.getReadable(all)
            let record = try #require(seen.records.first)
            let found: FoundFlag = try #require(try FoundFlag(record))
            #expect(found.key == raised.key && !found.hasWords && found.flag.words == FlagWords())
            await #expect(throws: FloorBusError.self) { try await ana.getReadable(all) }
            // An asker finds the flag by its id alone.
            #expect(try await ana.flag(raised.id)?.flag.words.note == "how?")
        }

        @Test("Fresh ids grow with time and do not repeat")
        func freshIDs() throws {
            var last = UInt64(0)
            var seen: Set<FloorID> = []
            for _ in 0..<1000 {
                let id = try FloorID.fresh()
                #expect(id.high >> 16 >= last && id.high >> 12 & 15 == 7 && id.low >> 62 == 2)
                last = id.high >> 16
                seen.insert(id)
            }
            #expect(seen.count == 1000)
        }
    }
}

extension FlagResult {
    /// Whether it was done; the other ends are there to be switched over.
    var isDone: Bool {
        switch self {
        case .done: true
        case .lost, .notEligible, .notFound, .wrongState, .expired, .exists: false
        }
    }
}
