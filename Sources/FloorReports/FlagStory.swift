public import FloorEvents
import FloorWire

/// What a supporter did with a flag.
enum SupporterAct: Sendable, Hashable {
    /// They took it, so long after it was raised or last reopened.
    case claimed(after: Int64)
    /// They began to help, so long after they took it.
    case engaged(after: Int64)
    /// The hub took it from them: they were not heard from, or never came.
    case lost
    /// They gave it back.
    case released
    case rejected
    /// They answered, so long after they took it.
    case answered(FlagOutcome, after: Int64)
    /// Their answer to an incident reached this flag's asker too.
    case spread
    /// The asker said that their answer was none.
    case reopened
}

/// A flag's life, told by its records under `private/` in the order of their revisions.
struct FlagStory: Sendable {
    let site: String
    let team: String
    let category: String
    let agent: String
    let raised: Int64
    /// When each stage was first reached.
    private(set) var seen: Int64?
    private(set) var claimed: Int64?
    private(set) var engaged: Int64?
    private(set) var answered: Int64?
    private(set) var flag: HelpFlag
    private(set) var escalations: Int64 = 0
    private(set) var wasMerged = false
    /// What supporters did, in order.
    private(set) var acts: [(by: String, act: SupporterAct)] = []
    /// Whom the last rating and the last verdict are about.
    private(set) var ratedOwner = ""
    private(set) var judgedOwner = ""
    /// While the agent waited for an answer, and while somebody was helping.
    private var asking: [Stretch] = []
    private var helping: [Stretch] = []
    private var askingSince: Int64?
    private var helpingSince: Int64?
    private var lastOwner = ""

    /// The story that a flag's first record begins.
    init(site: String, _ flag: HelpFlag) {
        self.site = site
        self.flag = flag
        team = flag.team
        category = flag.category
        agent = flag.words.agent
        raised = flag.stamps.raised
        askingSince = raised
    }

    /// Whether its category's standard answer was enough: the flag was taken back before anybody
    /// had claimed it, or it had joined others.
    var wasPrevented: Bool {
        flag.status == .cancelled && flag.cause == .person && flag.words.hadStandardAnswer
            && claimed == nil && !wasMerged
    }

    /// Goes on with a record.
    mutating func take(_ operation: RecordOperation, _ next: HelpFlag, at time: Int64) {
        let before = flag
        flag = next
        if !next.owner.isEmpty { lastOwner = next.owner }
        noteStages(next.stamps)
        noteAct(operation, before, next)
        switch operation {
        case .escalate: escalations += 1
        case .merge: wasMerged = wasMerged || next.status == .merged
        case .rate: ratedOwner = lastOwner
        case .verdict: judgedOwner = lastOwner
        default: break
        }
        noteStretches(next, at: time)
    }

    private mutating func noteStages(_ stamps: FlagStamps) {
        if seen == nil, stamps.seen > 0 { seen = stamps.seen }
        if claimed == nil, stamps.claimed > 0 { claimed = stamps.claimed }
        if engaged == nil, stamps.engaged > 0 { engaged = stamps.engaged }
        if answered == nil, stamps.answered > 0 { answered = stamps.answered }
    }

    private mutating func noteAct(
        _ operation: RecordOperation,
        _ before: HelpFlag,
        _ next: HelpFlag
    ) {
        let stamps = next.stamps
        switch operation {
        case .claim:
            let waited = stamps.claimed.clampedDifference(max(stamps.raised, stamps.reopened))
            acts.append((next.owner, .claimed(after: waited)))
        case .engage where before.status != .engaged:
            let took = stamps.engaged.clampedDifference(stamps.claimed)
            acts.append((next.owner, .engaged(after: took)))
        case .leaseLost: acts.append((before.owner, .lost))
        case .release where next.cause == .neverEngaged: acts.append((before.owner, .lost))
        case .release where next.cause == .person: acts.append((before.owner, .released))
        case .reject: acts.append((before.owner, .rejected))
        case .answer where next.cause == .incident: acts.append((next.owner, .spread))
        case .answer:
            let took = stamps.answered.clampedDifference(stamps.claimed)
            acts.append((next.owner, .answered(next.outcome, after: took)))
        case .reopen: acts.append((before.owner, .reopened))
        default: break
        }
    }

    private mutating func noteStretches(_ next: HelpFlag, at time: Int64) {
        let isOver = next.isEnded || next.status == .answered
        let moment = isOver ? max(next.stamps.answered, next.stamps.ended) : time
        if let since = helpingSince, next.status != .engaged {
            helping.append(Stretch(since, moment))
            helpingSince = nil
        }
        if helpingSince == nil, next.status == .engaged { helpingSince = next.stamps.engaged }
        if let since = askingSince, isOver {
            asking.append(Stretch(since, moment))
            askingSince = nil
        }
        if askingSince == nil, !isOver { askingSince = next.stamps.reopened }
    }

    /// While the agent waited for an answer; what still goes on is cut off at the end.
    func asking(until end: Int64) -> [Stretch] { Self.closed(asking, askingSince, end) }

    /// While somebody was helping; what still goes on is cut off at the end.
    func helping(until end: Int64) -> [Stretch] { Self.closed(helping, helpingSince, end) }

    private static func closed(_ list: [Stretch], _ since: Int64?, _ end: Int64) -> [Stretch] {
        list + (since.map { [Stretch($0, max($0, end))] } ?? [])
    }
}

/// The flags raised in a stretch of time, with everything that is known to have become of them.
///
///     var stories = FlagStories(period)
///     try journal.records(.events, [.private], from: period.from) { stories.take($0) }
public struct FlagStories: Sendable {
    private(set) var period: ReportPeriod
    /// The flags' keys, in the order they were raised, and each one's story.
    private(set) var keys: [FloorKey] = []
    private var stories: [FlagStory] = []
    /// Places of keys, by their bytes.
    private var index = ByteIndex()
    /// Places of those that count.
    private var order: [Int] = []
    /// Records of flags that could not be read.
    public private(set) var unreadable = 0

    /// No flags yet.
    public init(_ period: ReportPeriod) { self.period = period }

    /// The flags in the order they were raised.
    var all: [FlagStory] { order.map { stories[$0] } }

    /// How many flags were raised.
    public var count: Int { order.count }

    /// Takes one record under `private/`; the order of revisions is the caller's.
    ///
    /// - Parameters:
    ///   - key: the record's key.
    ///   - operation: what was done; nil for one this version does not know.
    ///   - flag: how the flag stood then.
    ///   - time: when the hub applied it, microseconds since 1970.
    public mutating func take(
        _ key: FloorKey,
        _ operation: RecordOperation?,
        _ flag: HelpFlag,
        at time: Int64
    ) {
        take(key.bytes.span, operation, flag, at: time)
    }

    /// The same with the bytes of a well-formed key.
    mutating func take(
        _ key: Span<UInt8>,
        _ operation: RecordOperation?,
        _ flag: HelpFlag,
        at time: Int64
    ) {
        let hash = ByteIndex.hash(key)
        let known = index.find(hash) {
            keys[$0].bytes.count == key.count && keys[$0].bytes.holds(key, at: 0)
        }
        guard let place = known ?? newPlace(of: key, hash, flag) else { return }
        stories[place].take(operation ?? .put, flag, at: time)
    }

    private mutating func newPlace(
        of bytes: Span<UInt8>,
        _ hash: UInt32,
        _ flag: HelpFlag
    ) -> Int? {
        guard period.includes(flag.stamps.raised),
            let key = try? FloorKey(bytes: bytes.copy(0..<bytes.count)), key.kind == .private,
            FloorID(key.entity) != nil
        else { return nil }
        let site = key.segments[1]
        guard period.includes(site: site, team: flag.team) else { return nil }
        index.insert(hash, stories.count)
        order.append(stories.count)
        keys.append(key)
        stories.append(FlagStory(site: site, flag))
        return stories.count - 1
    }

    /// Those of them that were raised in a part of the stretch.
    public func raised(in part: ReportPeriod) -> FlagStories {
        var some = self
        some.period = part
        some.order = order.filter { part.includes(stories[$0].raised) }
        return some
    }

    /// Counts a record whose payload is not readable.
    mutating func noteUnreadable() { unreadable += 1 }
}
