import FloorBus
import FloorBusTestKit
import Foundation
import Testing

extension RealSockets {
    /// What a hub refuses to start with, and what it says.
    @Suite struct HubStartTests {
        private func refusal(_ change: (inout HubConfiguration) -> Void) -> String {
            do {
                try Floor.hub(change).stop()
                return ""
            } catch {
                return "\(error)"
            }
        }

        @Test("An address in use is refused with its name")
        func addressInUse() throws {
            let hub = try Floor.hub()
            defer { hub.stop() }
            let endpoint = hub.endpoints[0]
            let sentence = refusal { $0.listen = [endpoint] }
            #expect(sentence.contains(endpoint))
            #expect(sentence.contains("use"))
        }

        @Test("A path in use is refused, and its hub goes on")
        func pathInUse() async throws {
            try await Floor.withDirectory { directory in
                let endpoint = "ipc://" + directory + "/hub.ipc"
                let hub = try Floor.hub { $0.listen = [endpoint] }
                #expect(hub.endpoints == [endpoint])
                #expect(refusal { $0.listen = [endpoint] }.contains("another hub"))
                let client = try Floor.client(endpoint)
                try await client.publish(.value(1), to: try Floor.custom())
                await client.close()
                hub.stop()
                let next = try Floor.hub { $0.listen = [endpoint] }
                next.stop()
            }
        }

        @Test("A second hub on one directory is refused until the first one has stopped")
        func directoryInUse() async throws {
            try await Floor.withDirectory { directory in
                let hub = try Floor.hub { $0.dataDirectory = directory }
                let sentence = refusal { $0.dataDirectory = directory }
                #expect(sentence.contains("another hub"))
                #expect(sentence.contains(directory))
                hub.stop()
                let next = try Floor.hub { $0.dataDirectory = directory }
                #expect(next.epoch == hub.epoch + 1)
                #expect(next.lineage == hub.lineage)
                next.stop()
                next.stop()
            }
        }

        @Test(
            "Addresses that strangers reach are refused while there are no keys",
            arguments: [
                "tcp://0.0.0.0:0", "tcp://*:0", "tcp://[::]:0", "tcp://192.0.2.1:0",
                "tcp://127.evil.example:0", "tcp://localhost.evil.example:0",
            ]
        )
        func strangers(_ endpoint: String) throws {
            #expect(refusal { $0.listen = [endpoint] }.contains("--insecure"))
            #expect(refusal { $0.tap = endpoint }.contains("--insecure"))
        }

        @Test("A trusted network may be allowed, and other transports are not known")
        func allowed() throws {
            let hub = try Floor.hub {
                $0.listen = ["tcp://*:0"]
                $0.isInsecureAllowed = true
            }
            hub.stop()
            #expect(refusal { $0.listen = ["udp://127.0.0.1:7410"] }.contains("tcp://"))
            #expect(refusal { $0.listen = ["inproc://x"] }.contains("tcp://"))
        }

        @Test("A damaged identity file is refused, not replaced", arguments: [0, 5, 31, 33, 4000])
        func damagedIdentity(_ size: Int) async throws {
            try await Floor.withDirectory { directory in
                let file = directory + "/identity"
                let damaged = Data(repeating: 7, count: size)
                try damaged.write(to: URL(fileURLWithPath: file))
                #expect(refusal { $0.dataDirectory = directory }.contains(file))
                #expect(try Data(contentsOf: URL(fileURLWithPath: file)) == damaged)
            }
        }

        @Test("A directory that cannot be made is named")
        func noDirectory() {
            let path = "/nonexistent-folder/data"
            #expect(refusal { $0.dataDirectory = path }.contains(path))
        }

        @Test("A hub with few descriptors says how many clients can come")
        func fewDescriptors() async {
            await #expect(processExitsWith: .success) {
                try Limit.descriptors(200)
                let hub = try Floor.hub()
                try #require(hub.notices.count == 1)
                #expect(hub.notices[0].contains("200"))
                #expect(hub.notices[0].contains("ulimit -n"))
                hub.stop()
            }
        }

        @Test("Descriptors for a large floor are enough, but not for more clients asked for")
        func enoughDescriptors() async {
            await #expect(processExitsWith: .success) {
                try Limit.descriptors(12_000)
                let usual = try Floor.hub()
                #expect(usual.notices.isEmpty)
                usual.stop()
                let larger = try Floor.hub { $0.maximumSessions = 15_000 }
                #expect(larger.notices.count == 1)
                larger.stop()
            }
        }
    }
}

/// Limits of this process.
private enum Limit {
    /// The soft limit of open descriptors.
    static func descriptors(_ count: UInt64) throws {
        var limit = rlimit()
        try #require(unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0)
        limit.rlim_cur = rlim_t(count)
        try #require(unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0)
    }
}
