import FloorBus
import FloorBusTestKit
import FloorHub
import FloorHubServer
import Synchronization
import Testing

extension RealSockets {
    /// Waits that end before their time: refused sessions, cancelled tasks, journals that cannot
    /// store.
    @Suite struct WaitTests {
        private static func hub(of names: String...) throws -> EmbeddedHub {
            let roster = try Roster(
                people: names.map {
                    RosterPerson($0, roles: .agent, site: "bj", team: "sales")
                },
                teams: [RosterTeam(site: "bj", team: "sales")]
            )
            return try Floor.hub { $0.roster = roster }
        }

        /// The error of a wait, which must end although nobody answers.
        private func error(
            _ body: @escaping @Sendable () async throws -> Void
        ) async throws -> FloorBusError {
            try await within(.seconds(20)) {
                await #expect(throws: FloorBusError.self) { try await body() }
            } ?? FloorBusError(.ok)
        }

        @Test("Somebody who is not in the roster is told so by every wait, at once")
        func refused() async throws {
            let hub = try Self.hub(of: "ana")
            defer { hub.stop() }
            for client in [try Floor.client(hub.endpoints[0], "eve"), try hub.connect(as: "eve")] {
                // The first one waits when the refusal comes, the others come after it.
                for _ in 1...2 {
                    let error = try await error {
                        try await client.publish(.ready, to: try Floor.agent("eve"))
                    }
                    #expect(error.status == .denied)
                    #expect(error.sentence.contains("agent/bj/sales/eve/"))
                    #expect(error.sentence.hasSuffix("'eve' is not in the hub's roster"))
                    #expect(error.result == nil)
                }
                let question = try await error {
                    _ = try await client.get(try KeyFilter("agent/"), timeout: .seconds(3600))
                }
                #expect(question.status == .denied)
                #expect(
                    question.sentence
                        == "the hub refuses the session: 'eve' is not in the hub's roster"
                )
                let help = HelpRequest(.knowledge, category: "refund")
                let flag = try await error {
                    _ = try await client.raiseFlag(help, site: "bj", team: "sales")
                }
                #expect(flag.status == .denied)
                let isFlushed = try await within(.seconds(20)) {
                    await client.flush(timeout: .seconds(3600))
                }
                #expect(!isFlushed)
                #expect(client.unacknowledged == 3)
                await client.close()
            }
        }

        @Test("Whoever loses their place in the roster while they wait is told so")
        func removed() async throws {
            let disk = Disk()
            let teams = [RosterTeam(site: "bj", team: "sales")]
            var configuration = HubConfiguration()
            configuration.roster = try Roster(
                people: [RosterPerson("sys", roles: .system, site: "bj", team: "sales")],
                teams: teams
            )
            let hub = try EmbeddedHub(configuration, journal: { _ in disk.open() })
            defer { hub.stop() }
            let client = try hub.connect(as: "sys")
            disk.fill(true)
            let publishing = Task { try await client.publish(.happening(1), to: try Floor.event()) }
            // Whoever flushes before there is anything has nothing to wait for.
            #expect(await holds { client.unacknowledged == 1 })
            let flushing = Task { await client.flush(timeout: .seconds(3600)) }
            #expect(await holds { client.delay != nil })
            hub.setRoster(try Roster(people: [], teams: teams))
            let error = try await error { _ = try await publishing.value }
            #expect(error.status == .denied)
            #expect(error.sentence.contains("the hub refuses the session: "))
            #expect(try await within(.seconds(20)) { await flushing.value } == false)
            await client.close(flush: .zero)
        }

        @Test("A cancelled task waits no longer; what it has published is sent all the same")
        func cancelled() async throws {
            let hub = try Floor.hub()
            defer { hub.stop() }
            let proxy = try TCPProxy(to: hub.endpoints[0])
            defer { proxy.stop() }
            proxy.refuse(true)
            let client = try Floor.client(proxy.endpoint)
            let publishing = Task { try await client.publish(.happening(1), to: try Floor.event()) }
            #expect(await holds { client.unacknowledged == 1 })
            let asking = Task { try await client.get(try KeyFilter("+/"), timeout: .seconds(3600)) }
            let flushing = Task { await client.flush(timeout: .seconds(3600)) }
            publishing.cancel()
            asking.cancel()
            flushing.cancel()
            for error in [
                try await error { _ = try await publishing.value },
                try await error { _ = try await asking.value },
            ] {
                #expect(error.status == .closed)
                #expect(error.sentence.contains("the task was cancelled"))
            }
            #expect(try await within(.seconds(20)) { await flushing.value } == false)
            // Mostly cancelled before it begins to wait.
            let late = Task { try await client.publish(.happening(2), to: try Floor.event()) }
            late.cancel()
            #expect(try await error { _ = try await late.value }.status == .closed)
            proxy.refuse(false)
            #expect(await client.flush(timeout: .seconds(20)))
            #expect(hub.statistics.recordsIn == 2)
            await client.close()
        }

        @Test("A journal that cannot store is told while it lasts, and when it works again")
        func storage() async throws {
            let disk = Disk()
            let hub = try EmbeddedHub(HubConfiguration(), journal: { _ in disk.open() })
            defer { hub.stop() }
            let client = try hub.connect(as: "ana")
            let stream: AsyncStream<ClientNotice> = client.notices
            var notices = stream.makeAsyncIterator()
            disk.fill(true)
            let publishing = Task { try await client.publish(.happening(1), to: try Floor.event()) }
            guard case .delayed(let reason)? = await notices.next() else {
                Issue.record("nothing was said")
                return
            }
            #expect(reason.status == .storage)
            #expect(reason.sentence == "the hub's journal cannot store")
            #expect(client.delay == reason)
            // Who listens later is told as well; states go on.
            var late = client.notices.makeAsyncIterator()
            #expect(await late.next() == .delayed(reason))
            try await client.publish(.ready, to: try Floor.agent())
            disk.fill(false)
            #expect(try await publishing.value.status == .ok)
            #expect(await notices.next() == .resumed)
            #expect(client.delay == nil)

            disk.fill(true)
            let last = Task { try await client.publish(.happening(2), to: try Floor.event()) }
            #expect(await notices.next() == .delayed(reason))
            await client.close(flush: .zero)
            let error = try await error { _ = try await last.value }
            #expect(error.status == .storage)
            #expect(
                error.sentence
                    == "could not publish to event/bj/sales/x/: the hub's journal cannot store"
            )
            #expect(await notices.next() == nil)
            var none = client.notices.makeAsyncIterator()
            #expect(await none.next() == nil)
        }

        @Test("What keeps a hub or a client from starting has its status")
        func statuses() async throws {
            let first = try Floor.hub()
            defer { first.stop() }
            func status(_ body: () throws -> Void) -> FloorStatus? {
                #expect(throws: FloorBusError.self) { try body() }?.status
            }
            #expect(status { _ = try Floor.hub { $0.listen = first.endpoints } } == .exists)
            #expect(status { _ = try Floor.hub { $0.listen = ["tcp://0.0.0.0:0"] } } == .invalid)
            #expect(status { _ = try Floor.hub { $0.dataDirectory = "/dev/null/x" } } == .storage)
            #expect(status { _ = try Floor.client("udp://127.0.0.1:1") } == .invalid)
            #expect(
                status { _ = try first.connect(as: String(repeating: "x", count: 65)) } == .tooBig
            )
        }

        @Test("An endpoint that cannot even be tried is told as that")
        func endpoint() async throws {
            let client = try Floor.client("tcp://127.0.0.1")
            #expect(await holds { client.linkFailure != nil })
            #expect(client.linkFailure?.status == .internal)
            #expect(client.linkFailure?.sentence.contains("tcp://127.0.0.1") == true)
            let question = try await error {
                _ = try await client.get(try KeyFilter("+/"), timeout: .milliseconds(50))
            }
            #expect(question.sentence.contains("tcp://127.0.0.1"))
            await client.close()
        }
    }
}

/// A disk that can be full: a journal in memory that fails every commit while it is.
private final class Disk: Sendable {
    private let isFull = Mutex(false)

    func fill(_ isFull: Bool) { self.isFull.withLock { $0 = isFull } }

    var refuses: Bool { isFull.withLock { $0 } }

    func open() -> OpenJournal {
        OpenJournal(
            DiskJournal(self),
            lineage: FloorID(high: 7, low: 8),
            epoch: 1,
            contents: nil
        )
    }
}

private final class DiskJournal: EventJournal {
    private let disk: Disk
    private let memory = MemoryJournal(epoch: 1)
    private var pending: [[UInt8]] = []
    private var failed: [JournalOutcome] = []

    init(_ disk: Disk) { self.disk = disk }

    func append(_ records: Span<UInt8>) { pending.append((0..<records.count).map { records[$0] }) }
    func saveValue(_ record: Span<UInt8>) {}
    func saveProducer(_ producer: Span<UInt8>) {}
    func saveHistory(_ records: Span<UInt8>) {}
    func saveKept(_ record: Span<UInt8>) {}
    func forgetKept(_ key: Span<UInt8>) {}
    func commit(batch: UInt64) {
        defer { pending = [] }
        guard !disk.refuses else { return failed.append(.failed(batch: batch)) }
        for records in pending { memory.append(records.span) }
        memory.commit(batch: batch)
    }
    func takeOutcomes() -> [JournalOutcome] {
        defer { failed = [] }
        return memory.takeOutcomes() + failed
    }
    func read(_ request: ReadRequest) { memory.read(request) }
    func cancelRead(token: UInt64) { memory.cancelRead(token: token) }
    func close() {}
}
