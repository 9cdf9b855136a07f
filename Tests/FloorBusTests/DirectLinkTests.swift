import FloorBusTestKit
import FloorClient
import FloorClientLoop
import FloorEvents
import FloorHub
import FloorHubServer
import FloorPosix
import FloorWire
import FloorZeroMQ
import Testing

extension RealSockets {
    /// The link between a hub and a client of its process, message by message.
    @Suite struct DirectLinkTests {
        private static func server() throws -> HubServer {
            var configuration = HubConfiguration()
            configuration.drainMilliseconds = 20
            return try HubServer(configuration)
        }

        private static func frame(
            _ type: FrameType,
            session: UInt32 = 0,
            _ body: (inout [UInt8]) -> Void
        ) -> [UInt8] {
            var bytes: [UInt8] = []
            let start = FrameWriter.begin(FrameHeader(type, session: session), in: &bytes)
            body(&bytes)
            FrameWriter.end(start, in: &bytes)
            return bytes
        }

        private static var hello: [UInt8] {
            frame(.hello) {
                let id = FloorID(high: 1, low: 1)
                Hello(producer: id, principal: "ana", application: "test").append(to: &$0)
            }
        }

        @Test("What waits before the hub starts is served in order; the queue has an end")
        func boundedInbox() async throws {
            let server = try Self.server()
            let wake = try WakeDescriptor()
            let link = try #require(server.openLink(waking: wake))
            #expect(link.isQuiet)
            let nonsense: [UInt8] = [1, 2, 3]
            for _ in 0..<DirectLink.maximumMessages {
                guard case .sent = server.send(nonsense.span, from: link) else {
                    Issue.record("refused before it was full")
                    return
                }
            }
            guard case .wouldBlock = server.send(nonsense.span, from: link) else {
                Issue.record("more than \(DirectLink.maximumMessages) were taken")
                return
            }
            #expect(server.statistics.malformed == 0)
            try server.start()
            #expect(await holds { server.statistics.malformed == 1000 })
            #expect(await holds { link.isQuiet })
            // There is room again, and another link never felt anything of it.
            let other = try #require(server.openLink(waking: wake))
            #expect(other.number != link.number)
            for link in [link, other] {
                guard case .sent = server.send(nonsense.span, from: link) else {
                    Issue.record("an emptied queue refuses")
                    return
                }
            }
            #expect(await holds { server.statistics.malformed == 1002 })
            server.stop()
            #expect(link.isOver)
            guard case .unreachable = server.send(nonsense.span, from: other) else {
                Issue.record("a stopped hub takes messages")
                return
            }
            #expect(server.openLink(waking: wake) == nil)
        }

        @Test("Who never takes their answers is fenced when their queue is full, as on a full pipe")
        func fullMailbox() async throws {
            let server = try Self.server()
            try server.start()
            defer { server.stop() }
            let wake = try WakeDescriptor()
            let link = try #require(server.openLink(waking: wake))
            _ = server.send(Self.hello.span, from: link)
            #expect(await holds { server.statistics.sessions == 1 })
            #expect(await holds { link.isReadable })
            var message: [UInt8] = []
            #expect(link.receive(into: &message))
            let session = try FrameHeader(message.span).session
            let ping = Self.frame(.ping, session: session) { Ping(clientTime: 1).append(to: &$0) }
            for _ in 0..<(DirectLink.maximumMessages + 10) {
                _ = server.send(ping.span, from: link)
            }
            #expect(await holds { server.statistics.sessions == 0 })
            #expect(server.statistics.fenced > 0)
            #expect(wake.drain(), "one signal for all")
            var count = 0
            while link.receive(into: &message) { count += 1 }
            // The last few were answered, without a session, while room was made.
            #expect(count >= DirectLink.maximumMessages)
            #expect(count < DirectLink.maximumMessages + 11)
            server.closeLink(link)
        }

        @Test("Nobody is woken who attends; who leaves finds everything and is woken again")
        func waking() throws {
            let wake = try WakeDescriptor()
            let link = DirectLink(number: 1, waking: wake)
            var message: [UInt8] = []
            link.attend()
            _ = link.deliver([1].span)
            #expect(!wake.drain())
            link.leave()
            #expect(link.receive(into: &message) && message == [1])
            #expect(!link.receive(into: &message))
            _ = link.deliver([2].span)
            _ = link.deliver([3].span)
            #expect(wake.drain())
            #expect(link.receive(into: &message) && message == [2])
            _ = link.deliver([4].span)
            #expect(!wake.drain(), "it has not found the queue empty yet")
            #expect(link.receive(into: &message) && message == [3])
            #expect(link.receive(into: &message) && message == [4])
            #expect(!link.receive(into: &message))
            _ = link.deliver([5].span)
            #expect(wake.drain())
        }

        @Test("Messages keep their order and bytes while the queue turns over")
        func order() throws {
            let link = DirectLink(number: 1, waking: try WakeDescriptor())
            var message: [UInt8] = []
            var next: UInt32 = 0
            var last: UInt32 = 0
            for round in 0..<5000 {
                for _ in 0..<(round % 3) where last - next < 900 {
                    var bytes: [UInt8] = []
                    bytes.append(number: last)
                    bytes += [UInt8](repeating: 7, count: Int(last % 50))
                    guard case .behind = link.queue(bytes.span) else {
                        #expect(link.isQuiet == false)
                        last += 1
                        continue
                    }
                    last += 1
                }
                guard round % 5 > 0 || last - next > 800 else { continue }
                if case .message = link.take(into: &message) {
                    #expect(message.span.u32(0) == next)
                    #expect(message.count == 4 + Int(next % 50))
                    next += 1
                }
            }
            while case .message = link.take(into: &message) {
                #expect(message.span.u32(0) == next)
                next += 1
            }
            #expect(next == last)
            guard case .first = link.queueEnd(), case .end = link.take(into: &message) else {
                Issue.record("the end of a link comes behind its messages")
                return
            }
            guard case .unreachable = link.deliver([1].span) else {
                Issue.record("a closed link takes messages")
                return
            }
        }

        @Test("A stopped hub and its clients leave each other, whoever goes first")
        func nothingIsLeft() throws {
            weak var left: HubServer?
            weak var leftLoop: ClientLoop?
            for stopsFirst in [true, false] {
                do {
                    let server = try Self.server()
                    try server.start()
                    let loop = try ClientLoop.make(
                        hub: server,
                        options: ClientOptions(principal: "ana", application: "test")
                    ) { _ in }
                    try loop.start()
                    let deadline = Clocks.monotonicNanoseconds() + 10_000_000_000
                    #expect(loop.wait(untilMonotonicNanoseconds: deadline) { $0.isLinked })
                    if stopsFirst { server.stop() }
                    loop.close()
                    server.stop()
                    left = server
                    leftLoop = loop
                }
                #expect(left == nil)
                #expect(leftLoop == nil)
            }
        }
    }
}
