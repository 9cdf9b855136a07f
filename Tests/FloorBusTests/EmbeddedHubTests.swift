import FloorBus
import FloorBusTestKit
import Testing

extension RealSockets {
    /// The bus in one process: a hub, a publisher and a subscriber over inproc and over tcp.
    @Suite struct EmbeddedHubTests {
        @Test("A published state reaches a subscriber, and the publisher is told")
        func publishedStateArrives() async throws {
            var configuration = HubConfiguration()
            configuration.listen = ["tcp://127.0.0.1:0"]
            let hub = try EmbeddedHub(configuration)
            defer { hub.stop() }
            for connect in [
                { (name: String) throws -> FloorBusClient in try hub.connect(as: name) },
                { try FloorBusClient.connect(to: hub.endpoints[0], as: $0) },
            ] {
                let desk = try connect("ana")
                let wall = try connect("wall")
                let key = try FloorKey(.agent, site: "bj", unit: "sales", entity: "4711")
                let subscription = try wall.subscribe(to: try KeyFilter("agent/bj/"))
                let result = try await desk.publish(
                    .agent(AgentState(activity: .ready, cause: .agent)),
                    to: key
                )
                #expect(result.revision?.epoch == hub.epoch)
                var seen: FloorRecord?
                for try await event in subscription {
                    // The round before has left its value.
                    if case .record(let record) = event, record.freshness == .live {
                        seen = record
                        break
                    }
                }
                #expect(seen?.key == key)
                #expect(try seen?.agentState?.activity == .ready)
                #expect(seen?.revision == result.revision)
                let values = try await wall.get(try KeyFilter("agent/"))
                #expect(values.count == 1)
                await desk.close()
                await wall.close()
            }
        }

        @Test("A hub with a roster denies with the reason, and another roster holds at once")
        func roster() async throws {
            let key = try FloorKey(.agent, site: "bj", unit: "sales", entity: "ana")
            var person = RosterPerson("ana", roles: .wallboard, site: "bj", team: "sales")
            let teams = [RosterTeam(site: "bj", team: "sales")]
            var configuration = HubConfiguration()
            configuration.roster = try Roster(people: [person], teams: teams)
            let hub = try EmbeddedHub(configuration)
            defer { hub.stop() }
            let ana = try hub.connect(as: "ana")
            let state = FloorContent.agent(AgentState(activity: .ready, cause: .agent))
            do {
                try await ana.publish(state, to: key)
                Issue.record("a wallboard wrote")
            } catch {
                #expect(error.status == .denied)
                #expect(error.sentence.hasSuffix(": no grant to publish agent/bj/sales/ana/"))
                #expect(error.result?.reason == "no grant to publish agent/bj/sales/ana/")
            }
            let flags = try ana.subscribe(to: try KeyFilter("flag/"))
            do {
                for try await _ in flags {}
                Issue.record("a wallboard reads flags")
            } catch {
                #expect(error.sentence.hasSuffix(": no grant to read flag/"))
            }
            person.roles = .agent
            hub.setRoster(try Roster(people: [person], teams: teams))
            #expect(
                await holds { (try? await ana.publish(state, to: key))?.status == .ok }
            )
            #expect(hub.statistics.denied >= 2)
            await ana.close()
        }

        @Test("A port that does not exist is refused, and not taken for another one")
        func badPorts() {
            for endpoint in ["tcp://127.0.0.1:99999", "tcp://127.0.0.1:", "tcp://127.0.0.1:-1"] {
                var configuration = HubConfiguration()
                configuration.listen = [endpoint]
                #expect(throws: FloorBusError.self) { try EmbeddedHub(configuration) }
            }
        }
    }
}
