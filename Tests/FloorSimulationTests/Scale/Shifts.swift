import FloorEvents
import FloorHub
import FloorWire

/// 1: everybody connects, subscribes and publishes the first state.
struct ShiftStart: CustomStringConvertible {
    var planned = 0
    /// Sessions opened before the allowance was used up; all of them in the end.
    var opened = 0
    /// The first and the last quarter of the sessions.
    var first = ScaleCost()
    var last = ScaleCost()
    var whole = ScaleCost()
    private var quarter: Int { planned / 4 }

    /// How much more work a session is at the end than at the start.
    var growthPerSession: Double {
        growth(from: first.work(per: quarter), to: last.work(per: quarter))
    }

    var description: String {
        "shift start: \(opened) of \(planned) sessions; \(whole); work a session "
            + "\(first.work(per: quarter)) at first, \(last.work(per: quarter)) at last"
    }

    /// Units of work for each session, reader and record within which the shift must start.
    private static let allowance: UInt64 = 2000

    static func run(agents: Int) throws -> ShiftStart {
        let floor = try ScaleFloor.make(agents: agents, .everything)
        try floor.open(floor.plan.bridge..<floor.clients.count)
        floor.publishQueues(waiting: 3)
        try floor.open(floor.plan.viewers)
        try floor.open(floor.plan.boards)
        try floor.open(floor.plan.stations)
        var counts = ShiftStart(planned: agents)
        floor.allow(allowance * UInt64(agents))
        counts.whole = floor.measure {
            for part in 0..<4 where !floor.isSpent {
                let range = (agents * part / 4)..<(agents * (part + 1) / 4)
                let cost = floor.measure { counts.opened += floor.start(range) }
                if part == 0 { counts.first = cost }
                if part == 3 { counts.last = cost }
            }
        }
        guard counts.opened == agents else { return counts }
        try floor.expectOpen(floor.plan.agents)
        return counts
    }
}

extension ScaleFloor {
    /// Desktops are switched on, 32 in a turn and a turn each 20 ms; returns how many there are.
    fileprivate func start(_ range: Range<Int>) -> Int {
        var opened = 0
        var at = range.lowerBound
        while at < range.upperBound, !isSpent {
            let group = at..<min(at + 32, range.upperBound)
            for index in group { hello(index) }
            settle()
            for index in group {
                subscribe(index)
                publishState(index, 0)
            }
            settle()
            pass(milliseconds: 20)
            opened += group.count
            at = group.upperBound
        }
        return opened
    }
}

/// 2: calls, queue levels and heartbeats, and a second in which nobody says anything.
struct SteadyDay: CustomStringConvertible {
    var agents = 0
    /// Calls of ten states each, and the queues' levels.
    var calls = ScaleCost()
    /// A second without any message, with 50 alert rules.
    var quietSecond = ScaleCost()

    var description: String {
        "steady day, \(agents) agents: calls \(calls); quiet second \(quietSecond)"
    }

    static func run(agents: Int) throws -> SteadyDay {
        let floor = try ScaleFloor.make(agents: agents, [.viewers, .boards, .alerts])
        try floor.openAll()
        floor.pass(milliseconds: 1000)
        var counts = SteadyDay(agents: agents)
        let callers = max(1, agents / 10)
        counts.calls = floor.measure {
            for state in 1...10 {
                floor.forEach(0..<callers) { floor.publishState($0 * 10, state) }
                if state % 5 == 0 { floor.publishQueues(waiting: UInt32(state)) }
                floor.advance(microseconds: 5000)
            }
        }
        // After the figures that the calls have changed, and the rules that look at them, and
        // after everybody's heartbeats, so that nobody is silent for too long.
        floor.pass(milliseconds: 3000)
        floor.forEach(floor.clients.indices) { floor.ping($0) }
        floor.pass(milliseconds: 100, pings: false)
        counts.quietSecond = floor.measure { floor.pass(milliseconds: 1000, pings: false) }
        try floor.expectOpen(floor.clients.indices)
        return counts
    }
}

/// 3: a hub starts with what its journal holds, and everybody is back.
struct HubRestart: CustomStringConvertible {
    var keys = 0
    var planned = 0
    var returned = 0
    /// Agents' desktops coming back; the screens are counted apart.
    var desktops = ScaleCost()
    /// Screens that look at one team each.
    var viewers = ScaleCost()
    var planForViewers = 0

    var workPerSession: Double { desktops.work(per: returned) }
    var workPerViewer: Double { viewers.work(per: planForViewers) }

    var description: String {
        "hub restart with \(keys) keys: \(returned) of \(planned) desktops, \(workPerSession) "
            + "work each: \(desktops); viewers, \(workPerViewer) work each: \(viewers)"
    }

    /// Units of work a session may take before the scenario ends early.
    private static let allowance: UInt64 = 1000

    /// With one key an agent, the state, or with further ones of an application.
    static func run(agents: Int, keysPerAgent: Int) throws -> HubRestart {
        let contents = try contents(agents: agents, keysPerAgent: keysPerAgent)
        var counts = HubRestart(keys: contents.values.count, planned: agents)
        let floor = try ScaleFloor.make(agents: agents, .viewers, restoring: contents)
        counts.planForViewers = floor.plan.viewers.count
        floor.allow(allowance * UInt64(agents))
        counts.viewers = floor.measure { floor.returning(floor.plan.viewers) }
        floor.allow(allowance * UInt64(agents))
        counts.desktops = floor.measure { counts.returned = floor.returning(floor.plan.agents) }
        if !floor.isSpent { try floor.expectOpen(floor.plan.agents) }
        return counts
    }

    private static func contents(agents: Int, keysPerAgent: Int) throws -> HubContents {
        let floor = try ScaleFloor.make(agents: agents, [])
        var contents = HubContents()
        contents.lastStamp = floor.time.wall - 60_000_000
        var revision = Revision(epoch: 1, counter: 0)
        func add(_ record: ScaleRecord, of producer: FloorID) {
            revision = revision.next
            contents.values.append(record.stored(revision, producer, at: contents.lastStamp))
        }
        for index in floor.plan.agents {
            let client = floor.clients[index]
            contents.producers.append(
                StoredProducer(
                    id: client.producer,
                    principal: try FloorKey(
                        .presence,
                        site: "-",
                        unit: "-",
                        entity: client.principal
                    ),
                    last: 0,
                    incarnation: 0,
                    usedAt: contents.lastStamp,
                    results: []
                )
            )
            add(.put(.agent, client.key, ScalePayloads.shared.states[0]), of: client.producer)
            for number in 1..<keysPerAgent {
                let key = Array("custom/x\(number)/u/\(client.principal)/".utf8)
                add(.put(.custom, key, [1]), of: client.producer)
            }
        }
        return contents
    }
}

extension ScaleRecord {
    /// The record as the journal has it.
    func stored(_ revision: Revision, _ producer: FloorID, at time: Int64) -> [UInt8] {
        var header = RecordHeader(kind, operation, schema: schema)
        header.revision = revision
        header.producer = producer
        header.hubTime = time
        header.producerSequence = 0
        var out: [UInt8] = []
        RecordWriter.append(header, key: key.span, payload: payload.span, to: &out)
        return out
    }
}

extension ScaleFloor {
    /// Clients of an earlier life come back and want everything anew; returns how many did.
    @discardableResult
    fileprivate func returning(_ range: Range<Int>) -> Int {
        var returned = 0
        var at = range.lowerBound
        while at < range.upperBound, !isSpent {
            let group = at..<min(at + 16, range.upperBound)
            for index in group { hello(index) }
            settle()
            for index in group {
                subscribe(index)
                if !clients[index].key.isEmpty { publishState(index, 1) }
            }
            settle()
            // Those who are back say PING: at 48,000 agents it takes longer than a hub waits.
            pass(milliseconds: 2)
            returned += group.count
            at = group.upperBound
        }
        return returned
    }
}
