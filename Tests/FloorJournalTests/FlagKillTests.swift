import FloorBus
import FloorBusTestKit
import Foundation
import Testing

@testable import FloorJournal

/// Help flags, real processes and `kill -9`: what was acknowledged is there, once; a token is one
/// owner's; every flag ends.
@Suite(.timeLimit(.minutes(10)), .serialized)
struct FlagKillTests {
    private static let kills = 50
    private static let raisesEach = 15

    @Test("A hub killed fifty times while flags are raised, claimed, answered, rated")
    func hub() async throws {
        let scratch = try Scratch()
        let endpoint = "ipc://" + scratch.path + "/hub"
        let roster = scratch.path + "/roster.yaml"
        try HelpFloor.roster(askers: 32, supporters: 4)
            .write(toFile: roster, atomically: true, encoding: .utf8)
        let start = { try Probe(["hub", scratch.path, endpoint, roster]) }
        var probe = try start()
        probe.read(lines: 1)
        let floor = try HelpFloor(endpoint: endpoint, askers: 32, supporters: 4)
        try await floor.start()
        for _ in 1...Self.kills {
            guard await floor.raises(another: Self.raisesEach) else { break }
            _ = probe.kill()
            probe = try start()
            probe.read(lines: 1)
        }
        #expect(await floor.raises(another: Self.raisesEach), "nobody raises flags any more")
        try await floor.stop()
        probe.stop()
        #expect(floor.gaps == 0)
        #expect(floor.surprises == [])

        let bench = try Bench(scratch)
        defer { bench.journal.close() }
        #expect(bench.epoch == UInt32(Self.kills + 2))
        let history = try FlagHistory(try bench.read(records: 1_000_000, bytes: .max).records)
        history.check()
        check(floor.acknowledged, against: history)
        let last = history.lives.mapValues { $0[$0.count - 1].state.status }
        #expect(last == floor.seen, "the station saw other ends than the journal has")
        for step in floor.acknowledged where step.operation == .close {
            #expect(last[step.flag] == .closed, "\(step.flag) was closed for its asker alone")
        }
        try checkKept(bench, history)
    }

    /// What clients were told is done and what the journal says clients did are the same, one by
    /// one.
    private func check(_ acknowledged: [DoneStep], against history: FlagHistory) {
        // A flag that has closed by itself may be closed again: that is no step of its own.
        let stored = history.asked.filter { $0.operation != .close }.map {
            DoneStep(
                flag: $0.flag,
                operation: $0.operation,
                producer: $0.producer,
                token: $0.operation == .raise ? 0 : $0.state.claimGeneration
            )
        }
        #expect(Set(stored).count == stored.count, "a step is in the journal twice")
        // Who claims what they have already is told so again, without a step; so is who engages.
        let others = acknowledged.filter { $0.operation != .claim && $0.operation != .engage }
        #expect(Set(others).count == others.count, "a step was acknowledged twice")
        let lost = Set(acknowledged.filter { $0.operation != .close }).subtracting(stored)
        #expect(lost.isEmpty, "\(lost.count) acknowledged steps are not in the journal")
        let silent = Set(stored).subtracting(acknowledged)
        #expect(silent.isEmpty, "\(silent.count) steps of the journal were never acknowledged")
        for operation: RecordOperation in [.raise, .claim, .release, .engage, .answer, .rate] {
            #expect(stored.contains { $0.operation == operation }, "\(operation) did not happen")
        }
    }

    /// The next life of the hub starts with every flag as the journal's last record has it.
    private func checkKept(_ bench: Bench, _ history: FlagHistory) throws {
        let kept = try FlagHistory((bench.contents?.kept ?? []).flatMap { $0 }).lives
        #expect(kept.count == history.lives.count)
        for (id, life) in history.lives {
            #expect(kept[id]?.last?.state == life.last?.state, "\(id) is kept otherwise")
        }
    }
}

/// A supporter's machine that hangs, and comes back when somebody else has their flag.
@Suite(.timeLimit(.minutes(1)), .serialized)
struct FrozenOwnerTests {
    private final class Scene {
        let scratch: Scratch
        let hub: Probe
        let ana: FloorBusClient
        let tom: FloorBusClient
        let zoe: Probe
        let key: FloorKey

        /// Ana has raised a flag, and zoe, a process of her own, has claimed it.
        init(lease: String) async throws {
            scratch = try Scratch()
            let roster = scratch.path + "/roster.yaml"
            let text = """
                teams: [{ site: bj, team: sales }]
                times: { lease: \(lease) }
                people:
                  - { id: ana, roles: agent, site: bj, team: sales }
                  - { id: zoe, roles: supporter, site: bj }
                  - { id: tom, roles: supporter, site: bj }

                """
            try text.write(toFile: roster, atomically: true, encoding: .utf8)
            hub = try Probe(["hub", scratch.path, "tcp://127.0.0.1:0", roster])
            let endpoint = try #require(hub.words(line: 1).last)
            zoe = try Probe(["own", endpoint, "zoe"])
            ana = try FloorBusClient.connect(to: endpoint, as: "ana")
            tom = try FloorBusClient.connect(to: endpoint, as: "tom")
            let help = HelpRequest(.authority, category: "refund")
            key = try await ana.raiseFlag(help, site: "bj", team: "sales").key
            try #require(zoe.words(line: 1) == ["claimed", "1"])
        }

        /// The operations of the flag, as the journal has them, and its last state.
        func end() async throws -> (operations: [RecordOperation], last: HelpFlag?) {
            for client in [ana, tom] { await client.close() }
            zoe.stop()
            hub.stop()
            let bench = try Bench(scratch)
            defer { bench.journal.close() }
            let history = try FlagHistory(try bench.read().records)
            history.check(allEnded: false)
            let life = history.lives.values.first ?? []
            return (life.map(\.operation), life.last?.state)
        }
    }

    @Test("Stopped past the lease: the flag goes back, another answers it, the zombie is told so")
    func zombie() async throws {
        let scene = try await Scene(lease: "200ms")
        let (tom, key) = (scene.tom, scene.key)
        let subscription = try tom.subscribe(to: KeyFilter("flag/bj/"))
        scene.zoe.freeze()
        let claim = try await within {
            for try await event in subscription {
                guard case .record(let record) = event, record.operation == .leaseLost else {
                    continue
                }
                return try await tom.claimFlag(key)
            }
            return FlagResult.notFound
        }
        #expect(claim == .done(claimGeneration: 3))
        // Her answer is on its way before she has noticed anything.
        try scene.zoe.tell("answer")
        scene.zoe.thaw()
        #expect(scene.zoe.words(line: 2) == ["lost", "tom"])
        let answer = try await tom.answerFlag(key, claimGeneration: 3, text: "by tom")
        #expect(answer == .done(claimGeneration: 3))
        let (operations, last) = try await scene.end()
        #expect(operations == [.raise, .claim, .leaseLost, .claim, .answer])
        #expect(last?.owner == "tom" && last?.claims == 2)
    }

    @Test("Stopped for less than the lease: gone and back, and the flag is still the owner's")
    func pause() async throws {
        let scene = try await Scene(lease: "60s")
        let tom = scene.tom
        let subscription = try tom.subscribe(to: KeyFilter("presence/-/-/zoe/"))
        scene.zoe.freeze()
        let isGone = try await within {
            for try await event in subscription {
                switch event {
                case .record(let record): if try record.presence?.sessions == 0 { return true }
                case .removed: return true
                default: break
                }
            }
            return false
        }
        #expect(isGone)
        #expect(try await tom.claimFlag(scene.key) == .lost(to: "zoe"))
        try scene.zoe.tell("answer")
        scene.zoe.thaw()
        #expect(scene.zoe.words(line: 2) == ["done", "1"])
        let (operations, last) = try await scene.end()
        #expect(operations == [.raise, .claim, .answer])
        #expect(last?.owner == "zoe")
    }
}
