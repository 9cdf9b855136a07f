import FloorBus
import FloorBusTestKit
import FloorClientLoop
import Foundation
import Testing

extension RealSockets {
    /// Clients with an outbox file: what it survives, and what it refuses.
    @Suite("Outbox files")
    struct OutboxFiles {
        private let nobody = "ipc:///nonexistent/floorbus/nobody"

        private func failure(_ path: String, as principal: String = "ana") -> FloorBusError? {
            do {
                _ = try Floor.client(nobody, principal) { $0.outboxPath = path }
                return nil
            } catch {
                return error as? FloorBusError
            }
        }

        @Test("A client that dies unheard is continued: at once, with every event once")
        func continued() async throws {
            try await Floor.withDirectory { directory in
                let hub = try Floor.hub()
                defer { hub.stop() }
                let path = directory + "/outbox"
                let reader = try Floor.client(hub.endpoints[0], "reader")
                let subscription = try reader.subscribe(to: KeyFilter("event/"))
                _ = try await subscription.snapshot()
                let key = try Floor.event()
                let first = try Floor.client(hub.endpoints[0]) { $0.outboxPath = path }
                try await first.publish(.happening(1), to: key)
                for number in UInt32(2)...50 { try first.post(.happening(number), to: key) }
                first.abandon()
                let second = try Floor.client(hub.endpoints[0]) { $0.outboxPath = path }
                #expect(second.producer == first.producer)
                for number in UInt32(51)...60 { try second.post(.happening(number), to: key) }
                #expect(await second.close())
                let seen = try await subscription.events { $0.brings(60) }
                #expect(seen.records.map(\.number) == (1...60).map { $0 })
                // The old session was taken over, not waited for.
                #expect(hub.statistics.rejected == 0)
                await reader.close()
            }
        }

        @Test("One client at a time: the second is told so, and the next one finds it free")
        func inUse() async throws {
            try await Floor.withDirectory { directory in
                let path = directory + "/outbox"
                let first = try Floor.client(nobody) { $0.outboxPath = path }
                let second = try #require(failure(path))
                #expect(second.status == .exists)
                #expect(
                    second.sentence == "the outbox file \(path) is in use by another client; give "
                        + "each client a file of its own"
                )
                try first.post(.happening(1), to: Floor.event())
                #expect(await first.close(flush: .zero) == false)
                let third = try Floor.client(nobody) { $0.outboxPath = path }
                #expect(third.statistics.recovered == 1)
                #expect(third.unacknowledged == 1)
                await third.close(flush: .zero)
                let names = try FileManager.default.contentsOfDirectory(atPath: directory)
                #expect(names == ["outbox"])
            }
        }

        @Test("Another's file, a strange file and a damaged one are refused and left as they are")
        func refused() async throws {
            try await Floor.withDirectory { directory in
                let path = directory + "/outbox"
                let client = try Floor.client(nobody) { $0.outboxPath = path }
                for _ in 0..<3 { try client.post(.happening(1), to: Floor.event()) }
                await client.close(flush: .zero)
                let good = try Data(contentsOf: URL(fileURLWithPath: path))
                let other = try #require(failure(path, as: "bob"))
                #expect(other.status == .denied)
                #expect(
                    other.sentence == "the outbox file \(path) belongs to the principal 'ana'; "
                        + "connect as that, or name another file"
                )
                func refusal(_ change: (inout Data) -> Void) throws -> String? {
                    var bytes = good
                    change(&bytes)
                    try bytes.write(to: URL(fileURLWithPath: path))
                    let sentence = failure(path)?.sentence
                    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == bytes)
                    return sentence
                }
                #expect(try refusal { $0 = Data("{}".utf8) }?.contains("is not an outbox") == true)
                #expect(try refusal { $0[8] = 9 }?.contains("is of version 9") == true)
                #expect(try refusal { $0[40] ^= 1 }?.contains("at its beginning") == true)
                #expect(try refusal { $0[200] ^= 1 }?.contains("is damaged at byte") == true)
                #expect(try refusal { $0.append(Data(count: 17 << 20)) } != nil)
                #expect(failure(directory + "/none/outbox")?.status == .storage)
                #expect(failure(directory)?.sentence.contains("not an ordinary file") == true)
            }
        }

        @Test("A torn end is cut off, and the client goes on behind it")
        func torn() async throws {
            try await Floor.withDirectory { directory in
                let path = directory + "/outbox"
                let client = try Floor.client(nobody) { $0.outboxPath = path }
                for _ in 0..<3 { try client.post(.happening(1), to: Floor.event()) }
                await client.close(flush: .zero)
                let place = URL(fileURLWithPath: path)
                let bytes = try Data(contentsOf: place)
                try bytes.dropLast(5).write(to: place)
                let next = try Floor.client(nobody) { $0.outboxPath = path }
                #expect(next.statistics.recovered == 2)
                try next.post(.happening(2), to: Floor.event())
                await next.close(flush: .zero)
                #expect(try Data(contentsOf: place).count == bytes.count)
            }
        }

        /// Whether this user may mount a small file system.
        private static let mayMount = getuid() == 0 && run("/bin/mount", ["--version"])

        private static func run(_ program: String, _ arguments: [String]) -> Bool {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: program)
            process.arguments = arguments
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            guard (try? process.run()) != nil else { return false }
            process.waitUntilExit()
            return process.terminationStatus == 0
        }

        @Test("A full disk refuses with storage; what was taken arrives", .enabled(if: mayMount))
        func diskFull() async throws {
            try await Floor.withDirectory { directory in
                let small = ["-t", "tmpfs", "-o", "size=64k", "floorbus-test", directory]
                // Containers may forbid it even to root.
                guard Self.run("/bin/mount", small) else { return }
                defer { _ = Self.run("/bin/umount", ["-l", directory]) }
                let path = directory + "/outbox"
                let client = try Floor.client(nobody) { $0.outboxPath = path }
                let key = try Floor.event()
                var taken: UInt32 = 0
                #expect(throws: FloorBusError(.storage)) {
                    while taken < 1000 {
                        try client.post(.happening(taken), to: key)
                        taken += 1
                    }
                }
                #expect(taken > 100 && taken < 1000)
                #expect(client.unacknowledged == Int(taken))
                await client.close(flush: .zero)

                let hub = try Floor.hub()
                defer { hub.stop() }
                let reader = try Floor.client(hub.endpoints[0], "reader")
                let subscription = try reader.subscribe(to: KeyFilter("event/"))
                _ = try await subscription.snapshot()
                let next = try Floor.client(hub.endpoints[0]) { $0.outboxPath = path }
                #expect(next.statistics.recovered == UInt64(taken))
                #expect(await next.flush())
                let last = taken - 1
                let seen = try await subscription.events { $0.brings(last) }
                #expect(seen.records.map(\.number) == (0...last).map { $0 })
                await next.close()
                await reader.close()
            }
        }
    }
}
