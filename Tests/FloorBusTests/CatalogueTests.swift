import FloorBus
import FloorBusTestKit
import FloorEvents
import FloorRoster
import Testing

extension RealSockets {
    /// The roster's catalogue through the Swift API.
    @Suite struct CatalogueTests {
        private func hub() throws -> EmbeddedHub {
            var configuration = HubConfiguration()
            configuration.listen = ["tcp://127.0.0.1:0"]
            configuration.roster = try Roster(
                people: [
                    RosterPerson("ana", name: "Ana", roles: .agent, site: "bj", team: "sales"),
                    RosterPerson("bo", roles: .agent, site: "bj", team: "sales"),
                    RosterPerson("cy", roles: .agent, site: "bj", team: "sales"),
                    RosterPerson("sun", roles: .supporter, site: "bj"),
                ],
                teams: [RosterTeam(site: "bj", team: "sales")],
                categories: [
                    RosterCategory("refund", label: "Refunds", answer: "Up to 50."),
                    RosterCategory("outage", label: "Service is down"),
                ]
            )
            return try EmbeddedHub(configuration)
        }

        @Test("A desktop needs no file: menus, names, and the answer with the receipt")
        func desktop() async throws {
            let hub = try hub()
            defer { hub.stop() }
            let ana = try FloorBusClient.connect(to: hub.endpoints[0], as: "ana")
            var labels: [String: String] = [:]
            for record in try await ana.get(try KeyFilter("catalogue/")) {
                let entry = try #require(try record.catalogueEntry)
                labels[entry.subject.name + " " + record.key.entity] = entry.label
            }
            #expect(labels["category refund"] == "Refunds" && labels["person ana"] == "Ana")
            #expect(labels.count == 6)
            let receipt = try await ana.raiseFlag(
                HelpRequest(.knowledge, category: "refund"),
                site: "bj",
                team: "sales"
            )
            #expect(receipt.standardAnswer == "Up to 50." && receipt.incident == nil)
            #expect(try await ana.changeFlag(receipt.key, .cancel).isDone)
            await ana.close()
        }

        @Test("A later asker joins the incident, and hears its answer")
        func incident() async throws {
            let hub = try hub()
            defer { hub.stop() }
            let clients = try ["ana", "bo", "cy"].map { try hub.connect(as: $0) }
            let sun = try hub.connect(as: "sun")
            let help = HelpRequest(.systemFault, category: "outage")
            func raise(_ client: FloorBusClient) async throws -> FlagReceipt {
                try await client.raiseFlag(help, site: "bj", team: "sales")
            }
            let first = try await raise(clients[0])
            let second = try await raise(clients[1])
            #expect(second.incident == nil && second.standardAnswer == nil)
            var merge = FlagRequest()
            merge.incident = first.id
            #expect(try await sun.changeFlag(second.key, .merge, merge).isDone)
            let third = try await raise(clients[2])
            #expect(third.incident == first.id && third.isNew)
            guard case .done(let token) = try await sun.claimFlag(first.key) else {
                Issue.record("the incident was not claimed")
                return
            }
            let answer = try await sun.answerFlag(
                first.key,
                claimGeneration: token,
                text: "back at ten",
                outcome: .answered
            )
            #expect(answer.isDone)
            let isHeard = await holds {
                let found = try? await clients[2].flag(third.id)
                return found?.flag.words.answer == "back at ten"
            }
            #expect(isHeard)
            for client in clients + [sun] { await client.close(flush: .zero) }
        }
    }
}
