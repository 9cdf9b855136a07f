import FloorBus
import FloorBusTestKit
import FloorZeroMQ
import Testing

extension RealSockets {
    /// Threads and descriptors, each counted in a process of its own.
    @Suite struct LeakTests {
        @Test("An embedded hub and its clients leave no thread and no descriptor behind")
        func threadsAndDescriptors() async {
            await #expect(processExitsWith: .success) {
                func round() async throws {
                    let hub = try Floor.hub { $0.tap = "tcp://127.0.0.1:0" }
                    for isDirect in [true, false] {
                        let client =
                            try isDirect
                            ? hub.connect(as: "ana") : Floor.client(hub.endpoints[0])
                        let subscription = try client.subscribe(to: try KeyFilter("custom/"))
                        try await client.publish(.value(1), to: try Floor.custom())
                        try await subscription.events { $0.brings(1) }
                        _ = try await client.get(try KeyFilter("custom/"))
                        await client.close()
                    }
                    hub.stop()
                }
                // The first rounds start libzmq's and Swift's own threads, which stay.
                for _ in 0..<3 { try await round() }
                let (threads, descriptors) = (Floor.count("task"), Floor.count("fd"))
                for _ in 0..<20 { try await round() }
                // libzmq closes in the background; Swift may start a thread more for each core.
                #expect(await holds { Floor.count("fd") <= descriptors })
                #expect(await holds { Floor.count("task") <= threads + 2 })
            }
        }

        @Test("Two hundred connects and closes, and drops without close, leave no descriptor")
        func connectAndClose() async {
            await #expect(processExitsWith: .success) {
                let hub = try Floor.hub()
                for number in 0..<210 {
                    if number == 10 { #expect(await holds { hub.statistics.sessions == 0 }) }
                    let client = try Floor.client(hub.endpoints[0])
                    try await client.publish(.value(1), to: try Floor.custom())
                    if number % 2 == 0 { await client.close() }
                }
                #expect(await holds { hub.statistics.sessions == 0 })
                // Standard files, hub, libzmq and Swift itself: far fewer than the rounds.
                #expect(await holds { Floor.count("fd") < 60 })
                #expect(await holds { Floor.count("task") < 20 })
                hub.stop()
            }
        }

        @Test("A client of an embedded hub that is gone does not pile sockets up")
        func connectToNobody() async {
            await #expect(processExitsWith: .success) {
                let first = try ZeroMQSocket(.clientDealer)
                first.close()
                let before = Floor.count("fd")
                for number in 0..<200 {
                    let socket = try ZeroMQSocket(.clientDealer)
                    try? socket.connect("inproc://nobody-\(number)")
                    socket.close()
                }
                #expect(await holds(within: .seconds(5)) { Floor.count("fd") <= before + 2 })
            }
        }

        @Test("Unread state and unread events of a long run do not grow the process")
        func memory() async {
            await #expect(processExitsWith: .success) {
                let hub = try Floor.hub { $0.journalRecords = 1000 }
                let desk = try Floor.client(hub.endpoints[0], heartbeat: 1500)
                let wall = try Floor.client(hub.endpoints[0], "wall", heartbeat: 1500)
                let unread = try wall.subscribe(
                    to: try KeyFilter("custom/"),
                    try KeyFilter("event/")
                )
                try await unread.events(until: \.isSnapshotEnd)
                func run(_ count: UInt32) async throws {
                    for number in 1...count {
                        let key = try Floor.custom("\(number % 100)")
                        while (try? desk.post(.value(number), to: key)) == nil {
                            await desk.flush()
                        }
                        while (try? desk.post(.happening(number), to: try Floor.event())) == nil {
                            await desk.flush()
                        }
                    }
                    try #require(await desk.flush())
                }
                try await run(20_000)
                let before = try Floor.residentKilobytes()
                try await run(60_000)
                let grown = try Floor.residentKilobytes() - before
                #expect(grown < 16 * 1024, "\(grown) KiB more")
                await desk.close()
                await wall.close()
                hub.stop()
            }
        }
    }
}
