import FloorBus
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
                #expect(result.revision.epoch == hub.epoch)
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
