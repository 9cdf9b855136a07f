import FloorPosix
import Testing

@testable import FloorZeroMQ

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Routing ids that a ROUTER gives out: nobody may know the next one.
@Suite("Routing ids cannot be guessed", .serialized)
struct RoutingIDTests {
    private func firstPeer() throws -> UInt32 {
        let (_, _, peer, _) = try connectedPair(.inproc)
        return peer.number
    }

    @Test("Each ROUTER begins elsewhere, whatever the host has seeded")
    func elsewhere() throws {
        var seen: Set<UInt32> = []
        for _ in 0..<8 {
            srand(1)
            seen.insert(try firstPeer())
        }
        // The first id of every hub, before: rand() as nobody seeds it.
        #expect(!seen.contains(0x6b8b_4567))
        #expect(seen.count >= 7)
        let sorted = seen.sorted()
        let nearest = zip(sorted, sorted.dropFirst()).map { $1 - $0 }.min() ?? 0
        #expect(nearest > 1000, "\(sorted)")
    }

    @Test("The host's rand() goes on where it was")
    func undisturbed() throws {
        srand(7)
        let expected = (0..<6).map { _ in rand() }
        // Other tests' sockets take a number now and then, never every time.
        let isUndisturbed = try (0..<20).contains { _ in
            srand(7)
            var got = (0..<3).map { _ in rand() }
            _ = try ZeroMQSocket(.hubRouter)
            got += (0..<3).map { _ in rand() }
            return got == expected
        }
        #expect(isUndisturbed)
    }
}
