import FloorEvents
import FloorHub
import Foundation
import Testing

/// The seeds to play: one by `FLOORBUS_SEED`, many by `FLOORBUS_LONG=1`.
enum Seeds {
    private static let environment = ProcessInfo.processInfo.environment

    /// The chosen seeds; so many when nothing is said.
    static func chosen(_ few: UInt64) -> [UInt64] {
        if let text = environment["FLOORBUS_SEED"], let seed = UInt64(text) { return [seed] }
        return Array(1...(environment["FLOORBUS_LONG"] == "1" ? 20_000 : few))
    }
}

/// Seeded simulations of a whole floor; a failure names its seed.
///
/// `FLOORBUS_LONG=1` runs thousands of seeds, `FLOORBUS_SEED=n` one.
@Suite(.timeLimit(.minutes(60)))
struct SimulationTests {
    private func play(_ luck: World.Luck, steps: Int = 600) throws {
        for seed in Seeds.chosen(120) {
            let world = try World(seed: seed, luck: luck)
            try world.run(steps: steps)
            let faults = world.check()
            #expect(faults.isEmpty, "seed \(seed): \(faults.prefix(5).joined(separator: "; "))")
            if !faults.isEmpty { return }
        }
    }

    @Test("Without bad luck every client ends with the hub's values and every event")
    func calm() throws {
        try play(
            World.Luck(
                cuts: false,
                crashes: false,
                failingDisk: false,
                freezes: false,
                wallSteps: false,
                fullPipes: false
            )
        )
    }

    @Test("Cut links, frozen clients and full pipes lose nothing")
    func cuts() throws {
        try play(World.Luck(crashes: false, failingDisk: false))
    }

    @Test("A disk that fails now and then loses no accepted event")
    func failingDisk() throws {
        try play(World.Luck(crashes: false))
    }

    @Test("A hub that dies and comes back with its journal loses no accepted event")
    func crashes() throws {
        try play(World.Luck())
    }

    @Test("R21: a client that exists twice disturbs no other, and none of its events is lost")
    func clones() throws {
        try play(World.Luck(clones: true))
    }

    @Test("A hub that dies with its memory says so by gaps, and states come back")
    func crashesWithoutDisk() throws {
        try play(World.Luck(keepsDisk: false))
    }

    @Test("Clients that are killed and come back with their outboxes lose and repeat nothing")
    func kills() throws {
        try play(World.Luck(crashes: false, kills: true))
    }

    @Test("Killed clients and a hub that dies with its journal kept lose nothing")
    func killsAndCrashes() throws {
        try play(World.Luck(kills: true))
    }

    @Test("The same seed plays the same floor")
    func deterministic() throws {
        var heads: [String] = []
        for _ in 0..<2 {
            let world = try World(seed: 42, luck: World.Luck())
            try world.run(steps: 800)
            heads.append("\(world.hub.heads) \(world.now.boot) \(world.clients.map(\.events))")
        }
        #expect(heads[0] == heads[1])
    }
}
