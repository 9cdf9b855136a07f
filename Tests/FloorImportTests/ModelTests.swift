import FloorImport
import Foundation
import Testing

/// Whatever befalls a log, the end is what is true: `FLOORBUS_LONG=1` plays 10,000 of them.
@Suite("A damaged log of a model floor", .timeLimit(.minutes(30)))
struct ModelTests {
    private static let seeds: UInt64 =
        ProcessInfo.processInfo.environment["FLOORBUS_LONG"] == "1" ? 10_000 : 300

    private func finished(_ seed: UInt64, percent: Int) throws -> (ModelFloor, Played, Int) {
        let steps = 60 + Int(seed % 7) * 60
        var model = ModelFloor(seed: seed, steps: steps)
        let body = model.lines
        var mutator = LogMutator(seed: seed &* 31 &+ 7)
        let damaged = mutator.damage(body, percent: percent)
        model.finish()
        let tail = model.lines[body.count...].map(\.text)
        return (model, try play(damaged + tail, .asteriskQueueLog), mutator.damaged)
    }

    @Test("Without damage nothing is odd and every counter is the model's")
    func undamaged() throws {
        for seed in 0..<50 as Range<UInt64> {
            let (model, played, _) = try finished(seed, percent: 0)
            let end = FloorEnd(played)
            let odd = played.report.oddities.filter { $0.key != "number-missing" }
            #expect(odd == [:], "seed \(seed)")
            for queue in ModelFloor.queues {
                #expect(end.queues[queue]?.offered == model.offered[queue], "seed \(seed)")
                #expect(end.queues[queue]?.answered == model.answered[queue], "seed \(seed)")
            }
            if end.busy != [] || end.waiting != 0 { Issue.record("seed \(seed)") }
        }
    }

    @Test(
        "With lost, doubled, cut, swapped lines and other identifiers the end state is the model's"
    )
    func damaged() throws {
        for seed in 0..<Self.seeds {
            let (model, played, damaged) = try finished(seed, percent: 1 + Int(seed % 20))
            let end = FloorEnd(played)
            var wrong: [String] = []
            for (index, agent) in ModelFloor.agents.enumerated() {
                let right: AgentStep.State =
                    index < ModelFloor.agents.count / 2 ? .loggedOff : .paused(reason: "end")
                if end.agents[agent] != right {
                    wrong.append("\(agent) is \(String(describing: end.agents[agent]))")
                }
            }
            for queue in ModelFloor.queues {
                let level = try #require(end.queues[queue])
                if level.waiting != 0 { wrong.append("\(level.waiting) wait in \(queue)") }
                let offered = abs(level.offered - model.offered[queue, default: 0])
                let answered = abs(level.answered - model.answered[queue, default: 0])
                if offered > damaged || answered > damaged {
                    wrong.append("\(queue): \(offered) and \(answered) off, \(damaged) damaged")
                }
            }
            if played.report.open != OpenCalls() { wrong.append("open at the end") }
            #expect(wrong == [], "seed \(seed)")
            if wrong != [] { break }
        }
    }
}
