import FloorBus
import Testing

@testable import FloorCLI

/// The simulated floor alone: no clock, no bus.
@Suite("A simulated floor keeps its own books")
struct DemoModelTests {
    private static func floor(seed: UInt64, agents: Int = 60, queues: Int = 5) -> FloorModel {
        var configuration = FloorModel.Configuration(agents: agents, queues: queues, seed: seed)
        configuration.desktopDeathEvery = 120_000
        configuration.firstDesktopDeath = FloorModel.opening + 60_000
        return FloorModel(configuration)
    }

    @Test("At every moment calls and agents fit together", arguments: [1, 2, 3, 77])
    func booksBalance(seed: UInt64) {
        var floor = Self.floor(seed: seed)
        for _ in 0..<3000 {
            _ = floor.step(to: floor.now + 3000)
            for (index, queue) in floor.queues.enumerated() {
                let counters = queue.counters
                let accounted = Int(counters.answered + counters.abandoned) + queue.waiting.count
                #expect(Int(counters.offered) == accounted, "seed \(seed)")
                #expect(counters.abandonedShort <= counters.abandoned)
                #expect(Set(queue.waiting).count == queue.waiting.count)
                for id in queue.waiting {
                    #expect(floor.calls[id]?.queue == index)
                    #expect(floor.calls[id]?.answeredAt == 0)
                }
            }
            for (index, agent) in floor.agents.enumerated() {
                let call = agent.call.flatMap { floor.calls[$0] }
                switch agent.phase {
                case .reserved: #expect(call?.ringingAt == index, "seed \(seed)")
                case .busy, .held, .afterCall: #expect((call?.answeredAt ?? 0) > 0)
                case .loggedOff, .ready, .notReady: #expect(agent.call == nil)
                }
            }
            let held = floor.agents.compactMap(\.call)
            #expect(Set(held).count == held.count, "no call is at two agents")
        }
        #expect(floor.lastCall > 500)
    }

    @Test("The figures sum: each agent is in one place, each outcome in the service level's n")
    func figuresSum() throws {
        var floor = Self.floor(seed: 5)
        let clock = FloorClock(floorOrigin: floor.now, origin: 1_000_000_000, speed: 60)
        for _ in 0..<200 {
            _ = floor.step(to: floor.now + 30_000)
            for index in floor.queues.indices {
                let level = floor.queueLevel(index, clock)
                let agents = level.agents
                let sum =
                    agents.ready + agents.reserved + agents.busyInbound + agents.busyOther
                    + agents.afterCall + agents.notReady
                #expect(sum == agents.loggedOn)
                #expect((level.waiting == 0) == (level.oldestEnqueuedAt == 0))
                for figure in level.figures {
                    #expect(figure.n > 0)
                    #expect(figure.formula != .unknown)
                    #expect(figure.window == .rolling15Minutes)
                }
            }
            for index in floor.teams.indices {
                let members = floor.agents.count { $0.team == index }
                let ready = try #require(floor.teamFigures(index).figures.first)
                #expect(ready.name == "ready" && Int(ready.n) == members)
            }
        }
    }

    @Test("What was told last of an agent is what the agent does, unless the desktop is dead")
    func changesAreComplete() {
        var floor = Self.floor(seed: 9)
        var told = floor.agents.indices.map { floor.agentState($0) }
        var time = floor.now
        var steps: Set<String> = []
        var deaths = 0
        for _ in 0..<2000 {
            for change in floor.step(to: floor.now + 2000) {
                switch change {
                case .agent(let index, let state): told[index] = state
                case .call(let note):
                    #expect(note.time >= time, "steps of calls come in time order")
                    time = note.time
                    steps.insert(note.step.rawValue)
                case .desktopDied: deaths += 1
                case .desktopReturned: break
                }
            }
            for index in floor.agents.indices where !floor.agents[index].isDesktopDead {
                #expect(told[index] == floor.agentState(index))
            }
        }
        #expect(deaths > 3)
        #expect(steps.isSuperset(of: ["enqueued", "offered", "answered", "abandoned", "held"]))
        #expect(steps.isSuperset(of: ["talk-ended", "wrapped-up", "ring-no-answer"]))
    }

    @Test("The same seed gives the same day, another seed another one")
    func seeded() {
        func day(_ seed: UInt64) -> [FloorChange] {
            var floor = Self.floor(seed: seed, agents: 12, queues: 2)
            return (0..<120).flatMap { _ in floor.step(to: floor.now + 30_000) }
        }
        let day4 = day(4)
        #expect(day4.count > 200)
        #expect(day4 == day(4))
        #expect(day4 != day(5))
    }

    @Test("It does not matter in how many steps the time passes")
    func stepsDoNotMatter() {
        var one = Self.floor(seed: 8)
        var many = Self.floor(seed: 8)
        let all = one.step(to: one.now + 600_000)
        let parts = (0..<600).flatMap { _ in many.step(to: many.now + 1000) }
        #expect(all == parts)
    }

    @Test("The floor's generator is SplitMix64: the reference's first numbers for seed 1234567")
    func generator() {
        var random = SplitMix64(seed: 1_234_567)
        #expect(random.next() == 6_457_827_717_110_365_317)
        #expect(random.next() == 3_203_168_211_198_807_973)
        var sum = 0.0
        for _ in 0..<20_000 { sum += random.exponential(mean: 3) }
        #expect(abs(sum / 20_000 - 3) < 0.1)
    }

    @Test("A timed queue gives the earliest first, and the first added at equal times")
    func timedQueue() {
        var queue = TimedQueue<Int>()
        for (number, time) in [5, 1, 3, 1, 9, 3].enumerated() {
            queue.add(number, at: Int64(time))
        }
        var order: [Int] = []
        while let next = queue.popFirst() { order.append(next.element) }
        #expect(order == [1, 3, 2, 5, 0, 4])
    }
}
