/// A random source whose numbers come back with its seed (SplitMix64).
struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }
}

/// A model of app_queue that writes the lines Asterisk would, and knows what is true.
struct ModelFloor {
    struct Line: Equatable {
        var seconds: Int64
        var text: String
    }

    private struct Call {
        var id: String
        var queue: String
        var joined: Int64
        var place: Int
    }

    private struct Talk {
        var call: Call
        var began: Int64
    }

    static let queues = ["sales", "care", "night"]
    static let agents = (1...6).map { "PJSIP/\($0)" }

    private(set) var lines: [Line] = []
    private(set) var offered: [String: Int] = [:]
    private(set) var answered: [String: Int] = [:]
    private var random: Seeded
    private var now: Int64 = 1_700_000_000
    private var calls = 0
    private var waiting: [Call] = []
    private var talks: [String: Talk] = [:]
    private var members: [String: Set<String>] = [:]
    private var paused: Set<String> = []

    init(seed: UInt64, steps: Int) {
        random = Seeded(state: seed)
        for _ in 0..<steps { step() }
        while let call = waiting.first { leave(call) }
        for agent in talks.keys.sorted() { end(agent) }
    }

    private mutating func write(_ call: String, _ queue: String, _ agent: String, _ words: String) {
        lines.append(Line(seconds: now, text: "\(now)|\(call)|\(queue)|\(agent)|\(words)"))
    }

    private mutating func pick<Element>(_ all: [Element]) -> Element? {
        all.randomElement(using: &random)
    }

    private func isFree(_ agent: String, for queue: String) -> Bool {
        talks[agent] == nil && !paused.contains(agent) && members[agent]?.contains(queue) == true
    }

    private mutating func step() {
        now += Int64.random(in: 0...9, using: &random)
        let agent = pick(Self.agents) ?? ""
        let queue = pick(Self.queues) ?? ""
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<30: join(queue)
        case 30..<55: if isFree(agent, for: queue) { answer(agent, queue) }
        case 55..<75: if talks[agent] != nil { end(agent) }
        case 75..<80: if let call = pick(waiting) { leave(call) }
        case 80..<84:
            if isFree(agent, for: queue), let call = waiting.first(where: { $0.queue == queue }) {
                write(call.id, queue, agent, "RINGNOANSWER|\(pick([0, 1000, 5000]) ?? 0)")
            }
        case 84..<88: pause(agent)
        case 88..<94: add(agent, queue)
        case 94..<99: if talks[agent] == nil { remove(agent, queue) }
        default: restart()
        }
    }

    mutating func join(_ queue: String) {
        calls += 1
        let place = waiting.count { $0.queue == queue } + 1
        let call = Call(id: "\(now).\(calls)", queue: queue, joined: now, place: place)
        waiting.append(call)
        offered[queue, default: 0] += 1
        write(call.id, queue, "NONE", "ENTERQUEUE||5550\(calls)|\(place)")
    }

    private mutating func answer(_ agent: String, _ queue: String) {
        guard let index = waiting.firstIndex(where: { $0.queue == queue }) else { return }
        let call = waiting.remove(at: index)
        talks[agent] = Talk(call: call, began: now)
        answered[queue, default: 0] += 1
        write(call.id, queue, agent, "CONNECT|\(now - call.joined)|\(call.id)x|0")
    }

    private mutating func end(_ agent: String) {
        guard let talk = talks.removeValue(forKey: agent) else { return }
        let times = "\(talk.began - talk.call.joined)|\(now - talk.began)"
        let place = "|\(talk.call.place)"
        let words =
            pick([
                "COMPLETEAGENT|" + times + place, "COMPLETECALLER|" + times + place,
                "BLINDTRANSFER|200|internal|" + times + place, "TRANSFER|200|internal|" + times,
                "ATTENDEDTRANSFER|BRIDGE|b1|" + times + place,
                "ATTENDEDTRANSFER|LINK|b1|b2|" + times + place,
            ]) ?? ""
        write(talk.call.id, talk.call.queue, agent, words)
    }

    private mutating func leave(_ call: Call) {
        waiting.removeAll { $0.id == call.id }
        let wait = now - call.joined
        let words =
            pick([
                "ABANDON|1|\(call.place)|\(wait)", "EXITWITHTIMEOUT|1|\(call.place)|\(wait)",
                "EXITWITHKEY|1|1|\(call.place)|\(wait)", "EXITWITHTIMEOUT|1",
            ]) ?? ""
        write(call.id, call.queue, "NONE", words)
    }

    private mutating func pause(_ agent: String) {
        let isPaused = paused.contains(agent)
        if isPaused { paused.remove(agent) } else { paused.insert(agent) }
        let words = isPaused ? "UNPAUSE" : "PAUSE"
        write("NONE", "NONE", agent, words + "ALL|lunch")
        for queue in (members[agent] ?? []).sorted() {
            write("NONE", queue, agent, words + "|lunch")
        }
    }

    private mutating func add(_ agent: String, _ queue: String) {
        guard members[agent, default: []].insert(queue).inserted else { return }
        write("MANAGER", queue, agent, "ADDMEMBER|" + (paused.contains(agent) ? "PAUSED" : ""))
    }

    private mutating func remove(_ agent: String, _ queue: String) {
        guard members[agent]?.remove(queue) != nil else { return }
        write("MANAGER", queue, agent, "REMOVEMEMBER|")
    }

    private mutating func restart() {
        write("NONE", "NONE", "NONE", "QUEUESTART|")
        waiting = []
        talks = [:]
    }

    /// Words about everybody and every queue that no damage touches: who was there goes and comes
    /// back, everybody takes a call, and at the end the first half is away and the others paused.
    mutating func finish() {
        now += 60
        for agent in Self.agents {
            for queue in Self.queues { write("MANAGER", queue, agent, "REMOVEMEMBER|") }
        }
        now += 60
        for agent in Self.agents {
            members[agent] = ["sales"]
            write("MANAGER", "sales", agent, "ADDMEMBER|")
        }
        paused = []
        for agent in Self.agents {
            for queue in Self.queues {
                now += 60
                members[agent]?.insert(queue)
                join(queue)
                now += 5
                answer(agent, queue)
                now += 20
                end(agent)
            }
        }
        now += 60
        for (index, agent) in Self.agents.enumerated() {
            for queue in Self.queues {
                if index < Self.agents.count / 2 {
                    write("MANAGER", queue, agent, "REMOVEMEMBER|")
                } else {
                    write("NONE", queue, agent, "PAUSE|end")
                }
            }
        }
    }
}

/// What befalls a log.
struct LogMutator {
    private var random: Seeded
    /// Lines touched.
    private(set) var damaged = 0

    init(seed: UInt64) { random = Seeded(state: seed) }

    /// The lines with so many of a hundred lost, doubled, cut, out of order or of another call.
    mutating func damage(_ lines: [ModelFloor.Line], percent: Int) -> [String] {
        var result: [ModelFloor.Line] = []
        for line in lines {
            guard random.chance(percent) else {
                result.append(line)
                continue
            }
            damaged += 1
            switch Int.random(in: 0..<5, using: &random) {
            case 0: break
            case 1: result += [line, line]
            case 2:
                var cut = line
                cut.text = String(
                    line.text.prefix(Int.random(in: 0...line.text.count, using: &random))
                )
                result.append(cut)
            case 3:
                // It happened up to two seconds before the line in front of which it belongs.
                if let last = result.last, line.seconds - last.seconds <= 2 {
                    result.insert(line, at: result.count - 1)
                } else {
                    result.append(line)
                }
            default:
                var other = line
                let words = line.text.split(separator: "|", omittingEmptySubsequences: false)
                if !line.text.contains("NONE|NONE"), words[1].contains(".") {
                    other.text = line.text.replacing("|\(words[1])|", with: "|\(words[1])9|")
                }
                result.append(other)
            }
        }
        return result.map(\.text)
    }
}
