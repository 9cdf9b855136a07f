import FloorBusTestKit
import FloorHub
import FloorPosix
import FloorZeroMQ
import Foundation
import Testing

@testable import FloorHubServer

/// The other end of one link.
private protocol Peer {
    func send(_ bytes: [UInt8]) -> SendOutcome
    func receive() -> [UInt8]?
    func close()
}

private struct SocketPeer: Peer {
    let socket: ZeroMQSocket

    func send(_ bytes: [UInt8]) -> SendOutcome { socket.send(bytes.span) }
    func receive() -> [UInt8]? {
        var bytes: [UInt8] = []
        guard case .received = socket.receive(into: &bytes) else { return nil }
        return bytes
    }
    func close() { socket.close() }
}

private struct DirectPeer: Peer {
    let link: DirectLink
    let inbox: Inbox

    private func queued(_ outcome: DirectLink.Queued) -> SendOutcome {
        if case .first = outcome { return inbox.add(link) ? .sent : .unreachable }
        return .sent
    }
    func send(_ bytes: [UInt8]) -> SendOutcome { queued(link.queue(bytes.span)) }
    func receive() -> [UInt8]? {
        var bytes: [UInt8] = []
        return link.receive(into: &bytes) ? bytes : nil
    }
    func close() { _ = queued(link.queueEnd()) }
}

/// A transport under test, what came out of it, and how to reach it.
private final class Table {
    let transport: any FrameTransport
    let place: Int
    let connect: () throws -> any Peer
    private(set) var bound: [(link: LinkID, identity: LinkIdentity)] = []
    private(set) var refused: [LinkID] = []

    init(_ transport: any FrameTransport, place: Int, _ connect: @escaping () throws -> any Peer) {
        self.transport = transport
        self.place = place
        self.connect = connect
    }

    /// The next message; nil when there is none.
    func receive() throws -> (link: LinkID, bytes: [UInt8])? {
        var found: (LinkID, [UInt8])?
        let isMessage = try transport.receiveOne { link, message in
            found = (link, (0..<message.count).map { message[$0] })
        } malformed: {
            refused.append($0)
        } identity: {
            bound.append(($0, $1))
        }
        #expect(isMessage || found == nil)
        return found
    }

    /// The next message, waited for.
    func next() async throws -> (link: LinkID, bytes: [UInt8]) {
        var found: (link: LinkID, bytes: [UInt8])?
        let isThere = try await holds {
            found = try receive()
            return found != nil
        }
        try #require(isThere)
        return try #require(found)
    }
}

extension Peer {
    /// Sends as soon as the link is there.
    func sendWhenLinked(_ bytes: [UInt8]) async throws {
        let isSent = await holds {
            guard case .sent = send(bytes) else { return false }
            return true
        }
        try #require(isSent)
    }
}

extension RealSockets {
    /// What the loop may rely on, whatever carries the frames.
    @Suite struct TransportTests {
        enum Kind: CaseIterable { case direct, tcp, ipc }

        private static func table(_ kind: Kind, place: Int = 5) throws -> Table {
            let wake = try WakeDescriptor()
            switch kind {
            case .direct:
                let inbox = Inbox(try WakeDescriptor())
                return Table(DirectTransport(inbox, place: place), place: place) {
                    let number = try #require(inbox.freshNumber())
                    return DirectPeer(
                        link: DirectLink(number: number, waking: wake),
                        inbox: inbox
                    )
                }
            case .tcp, .ipc:
                let socket = try ZeroMQSocket(.hubRouter, monitored: true)
                let path = FileManager.default.temporaryDirectory
                    .appendingPathComponent("floorbus-" + UUID().uuidString).path
                let endpoint = try socket.bind(
                    kind == .tcp ? "tcp://127.0.0.1:0" : "ipc://" + path
                )
                let watch = ConnectionWatch(
                    socket,
                    "connections",
                    ceiling: .max,
                    expectsHello: true
                )
                return Table(RouterTransport(socket, place: place, watch), place: place) {
                    let socket = try ZeroMQSocket(.clientDealer)
                    try socket.connect(endpoint)
                    return SocketPeer(socket: socket)
                }
            }
        }

        @Test(
            "Messages go both ways, in order, on links that keep their numbers",
            arguments: Kind.allCases
        )
        func bothWays(_ kind: Kind) async throws {
            let table = try Self.table(kind)
            defer { table.transport.close() }
            let (ana, bo) = (try table.connect(), try table.connect())
            defer {
                ana.close()
                bo.close()
            }
            for number in UInt8(1)...20 {
                try await ana.sendWhenLinked([1, number])
                try await bo.sendWhenLinked([2, number])
            }
            var links: [UInt8: Set<LinkID>] = [:]
            var seen: [UInt8: [UInt8]] = [:]
            for _ in 0..<40 {
                let (link, bytes) = try await table.next()
                #expect(LinkNumbers.place(link) == table.place)
                links[bytes[0], default: []].insert(link)
                seen[bytes[0], default: []].append(bytes[1])
            }
            #expect(seen == [1: Array(1...20), 2: Array(1...20)])
            #expect(links[1]?.count == 1 && links[2]?.count == 1 && links[1] != links[2])
            for (who, peer) in [(UInt8(1), ana), (2, bo)] {
                let link = try #require(links[who]?.first)
                let answer: [UInt8] = [who, 99]
                guard case .sent = table.transport.send(answer.span, to: link) else {
                    Issue.record("not sent")
                    return
                }
                var got: [UInt8]?
                #expect(
                    await holds {
                        got = peer.receive() ?? got
                        return got == answer
                    }
                )
            }
        }

        @Test(
            "Who is there is told once, before the first message, where somebody vouches for it",
            arguments: Kind.allCases
        )
        func identity(_ kind: Kind) async throws {
            let table = try Self.table(kind)
            defer { table.transport.close() }
            let peer = try table.connect()
            defer { peer.close() }
            for number in UInt8(1)...3 { try await peer.sendWhenLinked([number]) }
            let (link, _) = try await table.next()
            let bound = table.bound
            for _ in 2...3 { _ = try await table.next() }
            #expect(table.bound.count == bound.count)
            switch kind {
            case .direct:
                #expect(bound.map(\.link) == [link])
                #expect(bound.map(\.identity) == [LinkIdentity(.local)])
            case .tcp, .ipc: #expect(bound.isEmpty)
            }
        }

        @Test(
            "A link that is not there, and one whose peer has gone, are unreachable",
            arguments: Kind.allCases
        )
        func unreachable(_ kind: Kind) async throws {
            let table = try Self.table(kind)
            defer { table.transport.close() }
            let bytes: [UInt8] = [1]
            let none = LinkNumbers(place: table.place).link(4_000_000)
            guard case .unreachable = table.transport.send(bytes.span, to: none) else {
                Issue.record("sent to nobody")
                return
            }
            let peer = try table.connect()
            try await peer.sendWhenLinked(bytes)
            let (link, _) = try await table.next()
            peer.close()
            let isGone = try await holds {
                _ = try table.receive()
                guard case .unreachable = table.transport.send(bytes.span, to: link) else {
                    return false
                }
                return true
            }
            #expect(isGone)
        }

        @Test(
            "After it is closed, a transport has nothing and reaches nobody",
            arguments: Kind.allCases
        )
        func closed(_ kind: Kind) async throws {
            let table = try Self.table(kind)
            let peer = try table.connect()
            defer { peer.close() }
            let bytes: [UInt8] = [1]
            try await peer.sendWhenLinked(bytes)
            let (link, _) = try await table.next()
            table.transport.close()
            if case .sent = table.transport.send(bytes.span, to: link) {
                Issue.record("sent by a closed transport")
            }
            // A socket says that it is closed, the links of this process are just gone.
            do {
                #expect(try table.receive()?.bytes == nil)
            } catch {
                #expect(kind != .direct)
            }
        }
    }
}
