import FloorEvents
import FloorHubServer
import FloorJournal
import FloorWire

/// A journal of many days for reports: agents who change their states, queues, calls and flags.
///
/// Every number comes from a seed, so that two of the same seed are the same.
struct ReportFloor {
    /// Takes a journal back to version 3, as an older hub left it.
    static let downgrade = """
        DROP INDEX history_by_key; DROP INDEX events_private; DROP INDEX events_private_by_key;
        PRAGMA user_version = 3;
        """

    /// Nothing is too old for a test's journal.
    static var keepsAll: JournalOptions {
        var options = JournalOptions()
        options.retentionDays = 36_500
        return options
    }

    /// The first change, microseconds since 1970.
    static let start: Int64 = 1_700_000_000_000_000

    let agents: Int
    private var seed: UInt64
    private var counter: UInt64 = 0
    private var eventCounter: UInt64 = 0
    private var epoch: UInt32 = 1
    private(set) var time = Self.start
    private var last: [String: Revision] = [:]
    private var flags: [(key: String, flag: HelpFlag)] = []
    private(set) var history: [UInt8] = []
    private(set) var events: [[UInt8]] = []

    init(agents: Int, seed: UInt64) {
        self.agents = agents
        self.seed = seed
    }

    private mutating func random(_ below: Int) -> Int {
        seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(seed >> 33) % below
    }

    private mutating func stamped(
        _ kind: RecordKind,
        _ operation: RecordOperation
    )
        -> RecordHeader
    {
        let isEvent = kind == .event || kind == .private
        if isEvent { eventCounter += 1 } else { counter += 1 }
        time += Int64(1 + random(2_000_000))
        var header = RecordHeader(kind, operation, schema: 1)
        header.revision = Revision(epoch: epoch, counter: isEvent ? eventCounter : counter)
        header.producerSequence = header.revision.rawValue
        header.producer = FloorID(high: 1, low: isEvent ? 1 : 2)
        header.hubTime = time
        return header
    }

    /// Lets so much time go by.
    mutating func wait(_ microseconds: Int64) { time += microseconds }

    /// The hub begins another life.
    mutating func restart() {
        epoch += 1
        counter = 0
        eventCounter = 0
        last = [:]
    }

    /// So many changes of states and levels, one in ten of a queue; some keys are removed.
    mutating func work(changes: Int) throws {
        for _ in 0..<changes {
            let isQueue = random(10) == 0
            let number = random(isQueue ? 3 : agents)
            let key =
                isQueue ? "queue/bj/calls/q\(number)/" : "agent/bj/team\(number % 4)/a\(number)/"
            let isRemoval = random(40) == 0
            var header = stamped(isQueue ? .queue : .agent, isRemoval ? .delete : .put)
            header.previous = last[key] ?? .zero
            last[key] = header.revision
            var payload: [UInt8] = []
            if !isRemoval, isQueue {
                var level = QueueLevel(waiting: UInt32(random(9)))
                level.window = .sinceMidnight
                level.counters.offered = UInt32(random(500))
                try level.append(to: &payload)
            } else if !isRemoval {
                try state().append(to: &payload)
                if random(20) == 0 { header.flags = RecordFlags(.suspect) }
            }
            RecordWriter.append(
                header,
                key: Array(key.utf8).span,
                payload: payload.span,
                to: &history
            )
        }
    }

    private mutating func state() -> AgentState {
        let activities: [AgentActivity] = [.notReady, .ready, .reserved, .busy, .afterCall]
        var state = AgentState(activity: activities[random(5)], cause: .agent)
        if random(12) == 0 { state = .loggedOff }
        if state.activity == .busy {
            state.call = random(4) == 0 ? .held : .connected
            state.callReference = "c\(random(3))"
        }
        return state
    }

    /// So many events: steps of calls, and flags that are raised and go on.
    mutating func happen(events count: Int) throws {
        for _ in 0..<count {
            var record: [UInt8] = []
            if random(3) > 0 {
                let steps = ["enqueued", "answered", "abandoned"]
                let step = random(3)
                let number = step == 0 ? "" : "\(random(60))"
                let agent = step == 1 ? "a1" : ""
                let text = "1700000000\t\(steps[step])\tc\(eventCounter)\tq1\t\(agent)\t\(number)"
                var header = stamped(.event, .append)
                header.schema = 1001
                let key = Array("event/bj/calls/c/".utf8)
                RecordWriter.append(header, key: key.span, payload: text.utf8.span, to: &record)
            } else {
                try flagStep(&record)
            }
            events.append(record)
        }
    }

    private mutating func flagStep(_ record: inout [UInt8]) throws {
        var header = stamped(.private, .raise)
        var place = random(flags.count + 2)
        if place >= flags.count {
            let number = random(agents)
            var flag = HelpFlag(.knowledge)
            flag.team = "team\(number % 4)"
            flag.category = "k\(random(3))"
            flag.words.agent = "a\(number)"
            flag.stamps.raised = time
            let id = FloorID(high: 7, low: UInt64(flags.count + 1)).text
            flags.append(("private/bj/a\(number)/\(id)/", flag))
            place = flags.count - 1
        } else {
            let steps: [(RecordOperation, FlagStatus, WritableKeyPath<FlagStamps, Int64>)] = [
                (.claim, .claimed, \.claimed), (.engage, .engaged, \.engaged),
                (.answer, .answered, \.answered), (.reopen, .pending, \.reopened),
                (.close, .closed, \.ended),
            ]
            let (operation, status, stamp) = steps[random(steps.count)]
            header.operationCode = operation.rawValue
            flags[place].flag.status = status
            flags[place].flag.owner = "s\(random(3))"
            flags[place].flag.stamps[keyPath: stamp] = time
        }
        var payload: [UInt8] = []
        try flags[place].flag.append(withWords: true, to: &payload)
        let key = Array(flags[place].key.utf8)
        RecordWriter.append(header, key: key.span, payload: payload.span, to: &record)
    }

    /// Hands everything to a journal.
    mutating func store(_ bench: Bench) throws -> Bool {
        bench.journal.saveHistory(history.span)
        let isStored = try bench.store(events)
        history = []
        events = []
        return isStored
    }

    /// Three lives of the hub, with a night between them; the same for all tests.
    static func lives(_ bench: Bench, agents: Int = 30, changes: Int = 900) throws -> ReportFloor {
        var floor = ReportFloor(agents: agents, seed: 16)
        for life in 0..<3 {
            if life > 0 { floor.restart() }
            try floor.work(changes: changes)
            let afterWork = floor.time
            try floor.happen(events: changes / 2)
            floor.wait(3600 * 1_000_000 + (floor.time - afterWork))
        }
        _ = try floor.store(bench)
        return floor
    }
}
