import FloorEvents
import FloorHub
import Foundation
import Testing

/// Help flags on the simulated floor: who has what, told to whom, under all bad luck there is.
///
/// `FLOORBUS_LONG=1` runs thousands of seeds, `FLOORBUS_SEED=n` one.
@Suite(.timeLimit(.minutes(60)))
struct FlagSimulationTests {
    private func play(_ luck: World.Luck, steps: Int = 700) throws {
        var luck = luck
        luck.flags = true
        for seed in Seeds.chosen(30) {
            let world = try World(seed: seed, luck: luck)
            try world.run(steps: steps)
            var faults = world.check()
            if faults.isEmpty {
                world.letFlagsEnd()
                faults = world.checkFlagsEnded()
            }
            #expect(faults.isEmpty, "seed \(seed): \(faults.prefix(5).joined(separator: "; "))")
            if !faults.isEmpty { return }
        }
    }

    @Test("Flags: without bad luck every answer is true and every desk sees the open flags")
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

    @Test("Flags: cut links, owners who freeze and come back too late, stepped clocks")
    func cuts() throws {
        try play(World.Luck(crashes: false, failingDisk: false))
    }

    @Test("Flags: what a failing disk loses was never told to anybody")
    func failingDisk() throws {
        try play(World.Luck(crashes: false))
    }

    @Test("Flags: a hub that dies and comes back has every acknowledged operation, once")
    func crashes() throws {
        try play(World.Luck())
    }

    @Test("Flags: a client that exists twice takes no flag from anybody")
    func clones() throws {
        try play(World.Luck(clones: true))
    }

    @Test("Flags: a hub that dies with its memory has none, and desks find that out")
    func crashesWithoutDisk() throws {
        try play(World.Luck(keepsDisk: false))
    }

    @Test("Flags: clients that are killed do nothing twice when their outboxes speak again")
    func kills() throws {
        try play(World.Luck(kills: true))
    }
}
