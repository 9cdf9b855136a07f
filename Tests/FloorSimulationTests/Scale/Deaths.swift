import FloorEvents
import FloorHub
import FloorWire

/// 4: a switch fails: the bridge says every state again, and every desktop dies.
struct SwitchFailure: CustomStringConvertible {
    var agents = 0
    var states = 0
    /// PUBs of the bridge while all is well, and while all desktops' wills wait for their grace.
    var calm = ScaleCost()
    var dying = ScaleCost()
    /// The end of the grace, with the wills of keys that nobody has spoken for since.
    var wills = ScaleCost()
    var willsRun: UInt64 = 0

    var growthPerPublish: Double {
        growth(from: calm.work(per: states), to: dying.work(per: states))
    }

    var description: String {
        "switch failure, \(agents) agents, \(states) states in each part: calm \(calm); "
            + "dying \(dying); then \(willsRun) wills: \(wills)"
    }

    static func run(agents: Int) throws -> SwitchFailure {
        let floor = try ScaleFloor.make(agents: agents, [.viewers, .boards])
        for index in floor.plan.agents { floor.clients[index].willGrace = 10_000 }
        try floor.openAll()
        floor.pass(milliseconds: 1000)
        let half = agents / 2
        var counts = SwitchFailure(agents: agents, states: half)
        counts.calm = floor.measure { floor.bridgeSays(0..<half, state: 2) }
        floor.forEach(floor.plan.agents) { floor.loseLink($0) }
        counts.dying = floor.measure { floor.bridgeSays(0..<half, state: 3) }
        let before = floor.statistics.wills
        // Wills whose keys the bridge has taken over say nothing; the others do, all at once.
        floor.pass(milliseconds: 7300)
        counts.wills = floor.measure { floor.pass(milliseconds: 300) }
        counts.willsRun = floor.statistics.wills - before
        return counts
    }
}

extension ScaleFloor {
    /// The bridge says the states of some agents, one in a PUB and a turn, in 2.5 seconds.
    fileprivate func bridgeSays(_ agents: Range<Int>, state: Int) {
        let pause = 2_500_000 / Int64(max(1, agents.count))
        forEach(agents, inTurnsOf: 1, every: pause) { index in
            let states = ScalePayloads.shared.states
            publish(plan.bridge, .put(.agent, clients[index].key, states[state]))
        }
        // The others must not be taken for silent while only the bridge speaks.
        forEach(clients.indices) { if clients[$0].session != 0 { ping($0) } }
    }
}

/// 8: everybody's will is due, at once or one after the other.
struct WillsDue: CustomStringConvertible {
    var planned = 0
    var run: UInt64 = 0
    var cost = ScaleCost()

    var workPerWill: Double { cost.work(per: planned) }

    var description: String { "\(run) of \(planned) wills, \(workPerWill) work each: \(cost)" }

    /// Units of work a will may take before the scenario ends early.
    private static let allowance: UInt64 = 2000

    /// Wills that fall due over so many milliseconds, or with 0 at once.
    static func run(agents: Int, spread: Int) throws -> WillsDue {
        let floor = try ScaleFloor.make(agents: agents, .viewers)
        for index in floor.plan.agents {
            // The grace begins with the end of the session: all of them end at one time.
            let part = spread == 0 ? 0 : index * spread / agents
            floor.clients[index].willGrace = UInt32(5000 + part)
        }
        try floor.open(floor.clients.indices)
        floor.publishStates(floor.plan.agents)
        floor.forEach(floor.plan.agents) { floor.loseLink($0) }
        floor.pass(milliseconds: 4990)
        let before = floor.statistics.wills
        var counts = WillsDue(planned: agents)
        floor.allow(allowance * UInt64(agents))
        counts.cost = floor.measure {
            floor.pass(milliseconds: Int64(spread) + 50)
        }
        counts.run = floor.statistics.wills - before
        return counts
    }
}

/// 9: a bridge that owns every agent's key is silent until its values are stale, and speaks again.
struct SilentBridge: CustomStringConvertible {
    static let viewers = 20
    var keys = 0
    /// Silent: suspect after 4.5 seconds, stale after 25.
    var silence = ScaleCost()
    /// It connects again.
    var voice = ScaleCost()
    var freshnessTold: UInt64 = 0

    var description: String {
        "silent bridge with \(keys) keys, \(Self.viewers) viewers: silence \(silence); "
            + "voice \(voice)"
    }

    static func run(agents: Int) throws -> SilentBridge {
        let floor = ScaleFloor()
        for number in 0...viewers {
            floor.clients.append(ScaleClient(number == 0 ? "bridge" : "v\(number)", number))
            if number > 0 { floor.clients[number].filters = [Array("agent/".utf8)] }
        }
        try floor.open(0..<(viewers + 1))
        let state = ScalePayloads.shared.states[0]
        floor.forEach(0..<agents) { number in
            let key = Array("agent/s/t/a\(number)/".utf8)
            floor.publish(0, .put(.agent, key, state))
        }
        floor.loseLink(0)
        var counts = SilentBridge(keys: agents)
        counts.silence = floor.measure { floor.pass(milliseconds: 26_000) }
        counts.freshnessTold = floor.statistics.suspects + floor.statistics.stales
        counts.voice = floor.measure {
            floor.hello(0)
            floor.pass(milliseconds: 1000)
        }
        try floor.expectOpen(0..<(viewers + 1))
        return counts
    }
}
