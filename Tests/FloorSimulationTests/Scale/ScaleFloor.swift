import FloorEvents
import FloorHub
import FloorWire
import Synchronization

/// A pure hub and many clients without sockets, threads or clocks, as lean as can be.
///
/// `HubHarness` checks all that comes down; this one counts. Messages are made with FloorWire's
/// writers in one buffer, and of what comes down only that is read which a client needs to go
/// on: the session's number, credit, results where a scenario asks for them. The hub is used
/// through its public interface alone.
final class ScaleFloor {
    private var hub: Hub
    private var effects = HubEffects()
    private(set) var time: FloorTime
    var clients: [ScaleClient] = []
    var journal = ScaleJournal()
    /// Whether questions to the journal wait for `answerReads`.
    var holdsReads = false
    private var feedback: [HubInput] = []
    private var held: [ReadRequest] = []
    /// Clients that have used up half of their credit.
    private var thirsty: [Int] = []
    /// Answers that go on behind a cursor: client, question, cursor.
    private var unfinished: [(Int, UInt64, UInt64)] = []
    private var message: [UInt8] = []
    /// Who said something when, from `firstSpoken` on.
    private var spoken: [(client: Int, at: Int64)] = []
    private var firstSpoken = 0
    private var totals = ScaleCost()
    private var allowance = UInt64.max
    /// The roster's people and the keys of queues; empty on a floor without.
    var plan = ScalePlan()

    static let lineage = FloorID(high: 0x5CA1E, low: 1)
    /// The heartbeat that clients ask for, in milliseconds: the longest, so that few messages say
    /// nothing else.
    static let heartbeat = Limits.heartbeatMaximumMilliseconds
    /// Turns without an input after which the hub is taken to ask for turns without end.
    private static let mostTurns = 1_000_000

    /// A hub with nobody; with contents, the next life of a durable one.
    init(
        restoring contents: HubContents? = nil,
        epoch: UInt32 = 1,
        _ change: (inout HubOptions) -> Void = { _ in }
    ) {
        let words = ScaleWords()
        var options = HubOptions(lineage: Self.lineage, epoch: epoch) { words.next() }
        options.isDurable = true
        options.keepsHistory = true
        change(&options)
        time = FloorTime(boot: 1_000_000, wall: 1_800_000_000_000_000)
        if let contents {
            hub = Hub(options, restoring: contents, at: time)
        } else {
            hub = Hub(options)
        }
    }

    // MARK: counts

    /// What everything so far has cost.
    var cost: ScaleCost {
        let counted = hub.statistics
        var cost = totals
        cost.work = counted.work
        cost.recordsIn = counted.recordsIn
        cost.recordsOut = counted.recordsOut
        return cost
    }

    var statistics: HubStatistics { hub.statistics }
    var heads: (state: Revision, event: Revision) { hub.heads }

    /// What is done in `body` costs.
    func measure(_ body: () throws -> Void) rethrows -> ScaleCost {
        let before = cost
        try body()
        return cost - before
    }

    /// From now on the hub may do so much work; `isSpent` tells when it is more.
    ///
    /// A scenario ends early then: what it has to say is said, and the rest would take minutes.
    func allow(_ units: UInt64) { allowance = hub.statistics.work + units }
    var isSpent: Bool { hub.statistics.work > allowance }

    // MARK: time and turns

    /// Ends a turn as the server does: performs, and hears what came of it.
    @discardableResult
    func turn() -> Bool {
        step(.turnEnd)
        perform()
        while !feedback.isEmpty {
            let inputs = feedback
            feedback.removeAll(keepingCapacity: true)
            for input in inputs { step(input) }
            step(.turnEnd)
            perform()
        }
        return hasMore
    }

    private var hasMore = false

    /// Turns until nothing is left to do; clients grant credit and ask on meanwhile.
    func settle() {
        var turns = 0
        var isBusy = turn()
        while isBusy || !thirsty.isEmpty || !unfinished.isEmpty {
            turns += 1
            precondition(turns < Self.mostTurns, "ScaleFloor: the hub asks for turns without end")
            goOn()
            isBusy = turn()
        }
    }

    /// What clients do by themselves: grant credit, ask for the rest of an answer.
    func goOn() {
        let drinkers = thirsty
        thirsty.removeAll(keepingCapacity: true)
        for index in drinkers { grant(index) }
        let questions = unfinished
        unfinished.removeAll(keepingCapacity: true)
        for (index, number, cursor) in questions {
            guard let question = clients[index].questions.removeValue(forKey: number) else {
                continue
            }
            ask(index, question.type, question.filter, cursor: cursor)
        }
    }

    /// Lets time pass at once.
    func advance(microseconds: Int64) {
        time.boot += microseconds
        time.wall += microseconds
    }

    /// Lets time pass as a server does, which sleeps until the hub's next deadline.
    ///
    /// Whoever has not said anything for a heartbeat says PING, when the hub wakes up anyway.
    func pass(milliseconds: Int64, pings: Bool = true) {
        let end = time.boot + milliseconds * 1000
        while time.boot < end, !isSpent {
            let due = max(hub.nextDeadline, time.boot + 1000)
            advance(microseconds: min(due, end) - time.boot)
            if pings { pingSilent() }
            settle()
        }
    }

    private func pingSilent() {
        let latest = time.boot - Int64(Self.heartbeat) * 1000
        while firstSpoken < spoken.count, spoken[firstSpoken].at <= latest {
            let (index, at) = spoken[firstSpoken]
            firstSpoken += 1
            if clients[index].session != 0, clients[index].spokeAt == at { ping(index) }
        }
        // Half of them are behind: the rest moves to the front, a constant cost each.
        guard firstSpoken > 4096, firstSpoken * 2 > spoken.count else { return }
        spoken.removeFirst(firstSpoken)
        firstSpoken = 0
    }

    /// One input that is no message.
    func step(_ input: HubInput) {
        switch input {
        case .turnEnd: break
        default: totals.inputs += 1
        }
        hub.step(input, at: time, into: &effects)
    }

    // MARK: messages

    /// Sends one message of a client.
    func send(_ index: Int, _ header: FrameHeader, _ body: (inout [UInt8]) -> Void) {
        var bytes: [UInt8] = []
        swap(&bytes, &message)
        bytes.removeAll(keepingCapacity: true)
        let start = FrameWriter.begin(header, in: &bytes)
        body(&bytes)
        FrameWriter.end(start, in: &bytes)
        totals.inputs += 1
        noteSpoke(index)
        hub.receive(bytes.span, from: link(of: index), at: time, into: &effects)
        swap(&bytes, &message)
    }

    /// Once for each moment, in the order of time: nobody looks through everybody for the silent.
    private func noteSpoke(_ index: Int) {
        guard clients[index].spokeAt != time.boot else { return }
        clients[index].spokeAt = time.boot
        spoken.append((index, time.boot))
    }

    /// A link's number says whose it is and which of theirs.
    func link(of index: Int) -> LinkID { LinkID(clients[index].link << 32 | UInt64(index)) }

    private func client(of link: LinkID) -> Int? {
        let index = Int(link.rawValue & 0xFFFF_FFFF)
        return link.rawValue >> 32 == clients[index].link ? index : nil
    }

    private func grant(_ index: Int) {
        let client = clients[index]
        guard client.session != 0 else { return }
        clients[index].credit.granted = client.credit.used + UInt64(Limits.creditDefaultBytes)
        let header = FrameHeader(
            .credit,
            session: client.session,
            argument: clients[index].credit.granted
        )
        send(index, header) { _ in }
    }

    // MARK: performing

    private func perform() {
        // Out of self while they are performed; back afterwards, so that the storage stays.
        var work = HubEffects()
        swap(&work, &effects)
        perform(work.list, work.bytes.span)
        hasMore = work.hasMoreWork
        work.removeAll()
        swap(&work, &effects)
    }

    private func perform(_ list: [HubEffect], _ bytes: Span<UInt8>) {
        totals.effects += UInt64(list.count)
        for effect in list {
            switch effect {
            case .deliver(let link, let range): charge(link, range.count)
            case .control(let link, let range): take(link, bytes.extracting(range))
            case .append(let range): journal.append(bytes.extracting(range))
            case .commit(let batch): feedback.append(.committed(batch: batch))
            case .readEvents(let request):
                if holdsReads { held.append(request) } else { feedback.append(page(request)) }
            case .cancelRead(let token): held.removeAll { $0.token == token }
            case .tap, .saveValue, .saveProducer, .saveHistory, .saveKept, .forgetKept: break
            }
        }
    }

    private func page(_ request: ReadRequest) -> HubInput { .journalPage(journal.read(request)) }

    /// Questions to the journal that wait for their answer.
    var heldReads: Int { held.count }

    /// Answers the oldest of the questions that wait, as a thread beside the core's would.
    func answerReads(_ count: Int = .max) {
        for request in held.prefix(count) { step(page(request)) }
        held.removeFirst(min(count, held.count))
    }

    private func count(_ link: LinkID, _ bytes: Int) -> Int? {
        totals.bytes += UInt64(bytes)
        guard let index = client(of: link) else { return nil }
        clients[index].messages += 1
        clients[index].bytes += UInt64(bytes)
        return index
    }

    /// A DELIVER: only its size matters.
    private func charge(_ link: LinkID, _ size: Int) {
        guard let index = count(link, size) else { return }
        clients[index].credit.used += UInt64(max(size, Limits.deliverMinimumCharge))
        let credit = clients[index].credit
        let isLow = credit.granted < credit.used + UInt64(Limits.creditDefaultBytes / 2)
        if isLow, thirsty.last != index { thirsty.append(index) }
    }

    /// Any other message.
    private func take(_ link: LinkID, _ bytes: Span<UInt8>) {
        guard let index = count(link, bytes.count) else { return }
        let body = bytes.extracting(FrameHeader.size..<bytes.count)
        switch FrameType(rawValue: bytes.u8(5)) {
        case .welcome?:
            clients[index].session = bytes.u32(8)
            clients[index].credit = (UInt64(Limits.creditDefaultBytes), 0)
        case .acknowledge?, .refuse?:
            clients[index].cumulative = max(clients[index].cumulative, bytes.u64(24))
            guard let results = try? Results(body) else { break }
            for run in results.runs where run.status != .ok { note(index, run.status) }
        case .subscribed?:
            guard let answer = try? Subscribed(body), answer.status != .ok else { break }
            note(index, answer.status)
        case .reject?: note(index, (try? Refusal(body))?.status ?? .internal)
        case .goAway?:
            clients[index].goneAways += 1
            clients[index].session = 0
        case .replyEnd?:
            guard let end = try? ReplyEnd(body) else { break }
            if end.status != .ok { note(index, end.status) }
            if end.more {
                unfinished.append((index, end.request, end.cursor))
            } else {
                clients[index].questions[end.request] = nil
                clients[index].answers += 1
            }
        default: break
        }
    }

    private func note(_ index: Int, _ status: FloorStatus) {
        clients[index].refusal = clients[index].refusal ?? status
    }
}

/// A fixed sequence in place of chance.
private final class ScaleWords: Sendable {
    private let state = Atomic<UInt64>(0x9E37_79B9)

    func next() -> UInt64 {
        let old = state.load(ordering: .relaxed)
        let new = old &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        state.store(new, ordering: .relaxed)
        return new >> 7 | 1
    }
}
