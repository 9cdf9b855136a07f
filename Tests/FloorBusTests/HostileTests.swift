import CZeroMQ
import FloorBus
import FloorBusTestKit
import FloorWire
import Testing

@testable import FloorZeroMQ

extension RealSockets {
    /// Peers that speak nonsense over raw ZeroMQ sockets.
    @Suite struct HostileTests {
        /// One who sends what it likes.
        private final class Stranger {
            private let socket: ZeroMQSocket

            init(_ endpoint: String, routingID: [UInt8] = []) throws {
                let own =
                    routingID.isEmpty
                    ? [] : [SocketOption(number: ZMQ_ROUTING_ID, value: .bytes(routingID))]
                socket = try ZeroMQSocket(
                    type: ZMQ_DEALER,
                    options: OptionSheet.clientDealer + own
                )
                try socket.connect(endpoint)
            }

            /// Sends one message as soon as the link takes it.
            func send(_ frames: [UInt8]...) async throws {
                let handle = try #require(socket.openHandle)
                for (index, frame) in frames.enumerated() {
                    let flags = index == frames.count - 1 ? 0 : ZMQ_SNDMORE
                    try #require(await holds { handle.send(frame.span, flags: flags) >= 0 })
                }
            }

            /// Messages that have come.
            func received() -> [FrameType] {
                var types: [FrameType] = []
                var bytes: [UInt8] = []
                while case .received = socket.receive(into: &bytes) {
                    if let header = try? FrameHeader(bytes.span) { types.append(header.type) }
                }
                return types
            }

            func close() { socket.close() }
        }

        private func frame(_ type: FrameType, session: UInt32, body: [UInt8] = []) -> [UInt8] {
            var bytes: [UInt8] = []
            let start = FrameWriter.begin(FrameHeader(type, session: session), in: &bytes)
            bytes += body
            FrameWriter.end(start, in: &bytes)
            return bytes
        }

        /// Runs an attack while a desk and a wallboard do their work, undisturbed.
        private func besieged(
            _ attack: (EmbeddedHub) async throws -> Void
        ) async throws -> HubStatistics {
            let hub = try Floor.hub()
            defer { hub.stop() }
            let desk = try Floor.client(hub.endpoints[0])
            let wall = try Floor.client(hub.endpoints[0], "wall")
            let events = try wall.subscribe(to: try KeyFilter("event/"))
            try await events.events(until: \.isSnapshotEnd)
            let reading = Task { try await events.events { $0.brings(200) } }
            for number in 1...100 {
                try await desk.publish(.happening(UInt32(number)), to: try Floor.event())
            }
            try await attack(hub)
            for number in 101...200 {
                try await desk.publish(.happening(UInt32(number)), to: try Floor.event())
            }
            let seen = try await reading.value
            #expect(seen.compactMap(\.record?.number) == (1...200).map { UInt32($0) })
            #expect(!seen.hasLinkDown)
            #expect(desk.statistics.welcomed == 1)
            #expect(hub.failure == nil)
            let statistics = hub.statistics
            await desk.close()
            await wall.close()
            return statistics
        }

        @Test("Messages of other shapes are counted and answered with a goodbye")
        func shapes() async throws {
            let noise = [UInt8](repeating: 0xA5, count: 64 * 1024)
            let statistics = try await besieged { hub in
                let stranger = try Stranger(hub.endpoints[0])
                try await stranger.send([1, 2, 3])
                try await stranger.send([1], [2], [3])
                try await stranger.send([])
                try await stranger.send([], [])
                try await stranger.send(noise)
                try await stranger.send(frame(.welcome, session: 0))
                #expect(await holds { hub.statistics.malformed == 6 })
                var answers: [FrameType] = []
                #expect(
                    await holds {
                        answers += stranger.received()
                        return answers.count == 6
                    }
                )
                #expect(answers.allSatisfy { $0 == .goAway })
                stranger.close()
            }
            #expect(statistics.malformed == 6)
            #expect(statistics.fenced == 0, "no session has ended")
        }

        @Test("A thousand messages of noise, well-formed headers among them, harm nobody")
        func noise() async throws {
            var random = SeededRandom(seed: 7)
            _ = try await besieged { hub in
                let stranger = try Stranger(hub.endpoints[0])
                let before = hub.statistics
                for number in 0..<1000 {
                    let count = Int.random(in: 0...200, using: &random)
                    let body = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
                    let type = FrameType.allCases.randomElement(using: &random) ?? .hello
                    try await stranger.send(
                        number % 2 == 0 ? body : frame(type, session: 0, body: body)
                    )
                }
                let isCounted = await holds {
                    let now = hub.statistics
                    let refused = now.malformed + now.rejected - before.malformed
                    return refused == 1000
                }
                #expect(isCounted, "\(hub.statistics)")
                #expect(hub.statistics.sessions == 2)
                stranger.close()
            }
        }

        @Test("A message larger than the limit costs its sender the connection, nobody else")
        func tooLarge() async throws {
            _ = try await besieged { hub in
                let stranger = try Stranger(hub.endpoints[0])
                try await stranger.send([UInt8](repeating: 1, count: 64 * 1024 + 1))
                let second = try Stranger(hub.endpoints[0])
                try await second.send([1])
                #expect(await holds { hub.statistics.malformed == 1 })
                stranger.close()
                second.close()
            }
        }

        @Test("A peer with a routing id of its own is counted and not served")
        func ownRoutingID() async throws {
            let statistics = try await besieged { hub in
                let stranger = try Stranger(hub.endpoints[0], routingID: [1, 2, 3])
                let hello = Hello(
                    producer: FloorID(high: 1, low: 1),
                    principal: "x",
                    application: ""
                )
                var body: [UInt8] = []
                hello.append(to: &body)
                try await stranger.send(frame(.hello, session: 0, body: body))
                #expect(await holds { hub.statistics.malformed == 1 })
                #expect(hub.statistics.sessions == 2)
                stranger.close()
            }
            #expect(statistics.malformed == 1)
        }

        @Test("Who uses another's session number is sent away, and the other one goes on")
        func wrongSession() async throws {
            let statistics = try await besieged { hub in
                let stranger = try Stranger(hub.endpoints[0])
                for session in [UInt32(0), 1, 77, .max] {
                    try await stranger.send(frame(.ping, session: session, body: [0]))
                    try await stranger.send(frame(.bye, session: session))
                }
                #expect(await holds { hub.statistics.rejected == 8 })
                #expect(hub.statistics.sessions == 2)
                stranger.close()
            }
            #expect(statistics.sessions == 2)
        }

        @Test("Half a ZeroMQ handshake and plain text at the port disturb nobody")
        func plainText() async throws {
            _ = try await besieged { hub in
                let proxy = try TCPProxy(to: hub.endpoints[0])
                proxy.set(.stalled)
                let client = try Floor.client(proxy.endpoint, "mute")
                #expect(await holds { proxy.connections > 0 })
                await client.close()
                proxy.stop()
            }
        }
    }
}
