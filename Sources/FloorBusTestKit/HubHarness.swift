public import FloorEvents
public import FloorHub

/// A hub driven by hand: a clock that stands still, a journal and pipes that a test can stop.
///
///     let hub = HubHarness()
///     let ana = hub.client("ana")
///     ana.hello()
///     ana.publish("custom/bj/sales/1/", "hello")
///     hub.turn()
///     print(hub.transcript.text)
///
/// Inputs are stepped as they come; effects are performed by `turn`, which ends when nothing is
/// left to do without time passing. What breaks the protocol on the way down (a hole in the
/// numbers, credit exceeded, bytes that do not decode) is collected in `violations`.
///
/// - Thread: one.
public final class HubHarness {
    /// The hub under test; replaced by `restart`.
    public private(set) var hub: Hub
    /// The two clocks; `advance` moves both.
    public var time = FloorTime(boot: 1_000_000, wall: 1_700_000_000_000_000)
    /// What happened, line by line.
    public var transcript = Transcript()
    /// The journal.
    public var journal: JournalDouble
    /// What the hub did that the protocol forbids; empty at the end of every good test.
    public internal(set) var violations: [String] = []
    /// Records published on the tap.
    public private(set) var tapped: [ReceivedRecord] = []
    /// Changes the options of the hub, also of those after `restart`.
    private let change: (inout HubOptions) -> Void
    private let words: SeededWords
    private var effects = HubEffects()
    private var feedback: [HubInput] = []
    private var heldReads: [HubInput] = []
    private var clients: [LinkID: HarnessClient] = [:]
    private var lastLink: UInt64 = 0
    private var epoch: UInt32 = 1
    /// Rounds of one `turn` after which the hub is taken to ask for turns without end.
    private static let maximumRounds = 100_000

    /// A fresh hub of epoch 1.
    public init(seed: UInt64 = 1, _ change: @escaping (inout HubOptions) -> Void = { _ in }) {
        words = SeededWords(seed: seed)
        self.change = change
        journal = JournalDouble(epoch: 1)
        hub = Self.makeHub(1, words, change)
    }

    private static func makeHub(
        _ epoch: UInt32,
        _ words: SeededWords,
        _ change: (inout HubOptions) -> Void,
        restoring contents: HubContents? = nil,
        at time: FloorTime = FloorTime(boot: 0, wall: 0)
    ) -> Hub {
        let lineage = FloorID(high: 0xF100, low: 1)
        var options = HubOptions(lineage: lineage, epoch: epoch) { words.next() }
        change(&options)
        guard options.isDurable, let contents else { return Hub(options) }
        return Hub(options, restoring: contents, at: time)
    }

    /// Another client; it has no session before it says HELLO.
    ///
    /// `principal` is the name itself when nothing else is said; two clients may share one.
    public func client(
        _ name: String,
        principal: String? = nil,
        producer: UInt64? = nil
    ) -> HarnessClient {
        let number = producer ?? UInt64(clients.count + 1)
        let client = HarnessClient(
            self,
            name: name,
            principal: principal ?? name,
            producer: FloorID(high: 0xA, low: number)
        )
        register(client)
        return client
    }

    /// Gives a client a link that the hub has never heard of.
    func register(_ client: HarnessClient) {
        lastLink += 1
        client.link = LinkID(lastLink)
        clients[client.link] = client
    }

    // MARK: time and turns

    /// One input, at the present time.
    public func step(_ input: HubInput) { hub.step(input, at: time, into: &effects) }

    /// Ends the turn, performs what is to be done, and goes on until nothing is left.
    public func turn() {
        step(.turnEnd)
        var rounds = 0
        while perform() {
            rounds += 1
            guard rounds < Self.maximumRounds else {
                return violations.append("the hub asks for turns without end")
            }
            for input in feedback { step(input) }
            feedback.removeAll()
            step(.turnEnd)
        }
    }

    /// Lets time pass on both clocks, and then turns.
    public func advance(milliseconds: Int64) {
        transcript.add("clock +\(milliseconds) ms")
        time.boot += milliseconds * 1000
        time.wall += milliseconds * 1000
        turn()
    }

    /// A reader of the tap subscribes to a join barrier.
    public func sync(_ nonce: String) {
        transcript.add("tap reader → ~sync/\(nonce)/")
        step(.tapBarrier(Array("~sync/\(nonce)/".utf8)))
    }

    /// The reader gives up.
    public func abandonSync(_ nonce: String) {
        transcript.add("tap reader → ends ~sync/\(nonce)/")
        step(.tapBarrierGone(Array("~sync/\(nonce)/".utf8)))
    }

    /// Lets time pass as a server does, which sleeps until `nextDeadline`; returns its wakes.
    @discardableResult
    public func idle(milliseconds: Int64) -> Int {
        let end = time.boot + milliseconds * 1000
        var wakes = 0
        while hub.nextDeadline <= end, wakes < Self.maximumRounds {
            let pause = max(0, hub.nextDeadline - time.boot)
            time.boot += pause
            time.wall += pause
            turn()
            wakes += 1
        }
        time.wall += end - time.boot
        time.boot = end
        return wakes
    }

    /// The process dies and a new one starts with the journal that is left: a new epoch.
    ///
    /// Every client has lost its link; the state lane is empty, unless the hub is durable.
    public func restart() {
        transcript.add("hub starts again")
        epoch += 1
        journal.loseOpen()
        hub = Self.makeHub(epoch, words, change, restoring: journal.contents, at: time)
        effects.removeAll()
        feedback.removeAll()
        heldReads.removeAll()
        for client in clients.values { client.forgetSession() }
        clients.removeAll()
    }

    // MARK: the journal

    /// Stores every batch that is held, and turns.
    public func commitHeld() { settle(journal.commitHeld()) }

    /// Loses every batch that is held, and turns.
    public func failHeld() { settle(journal.failHeld()) }

    private func settle(_ outcomes: [HubInput]) {
        for input in outcomes {
            note(input)
            step(input)
        }
        turn()
    }

    /// Answers the reads that are held, and turns.
    public func releaseReads() {
        let pages = heldReads
        heldReads = []
        for page in pages { step(page) }
        turn()
    }

    private func note(_ outcome: HubInput) {
        switch outcome {
        case .committed(let batch): transcript.add("journal: committed batch \(batch)")
        case .commitFailed(let batch): transcript.add("journal: lost batch \(batch)")
        default: break
        }
    }

    // MARK: performing

    /// Performs what was asked; true when another turn must end.
    private func perform() -> Bool {
        let list = effects.list
        let bytes = effects.bytes
        let hasMoreWork = effects.hasMoreWork
        effects.removeAll()
        var full: Set<LinkID> = []
        // As in the server, what became of a commit is heard after everything is performed.
        var outcomes: [HubInput] = []
        defer { feedback += outcomes }
        for effect in list {
            switch effect {
            case .deliver(let link, let range):
                if isFull(link, &full) {
                    feedback.append(.deliverBlocked(link, Array(bytes[range])))
                } else {
                    clients[link]?.receive(Array(bytes[range]), on: link)
                }
            case .control(let link, let range):
                if isFull(link, &full) {
                    feedback.append(.controlBlocked(link))
                } else {
                    clients[link]?.receive(Array(bytes[range]), on: link)
                }
            case .tap(let key, let record): take(tapped: bytes[record], key: bytes[key])
            case .append(let range):
                for record in Array(bytes[range]).splitRecords {
                    transcript.add("hub: append " + ReceivedRecord.lines(record))
                }
                journal.append(Array(bytes[range]))
            case .saveValue(let range): journal.saveValue(Array(bytes[range]))
            case .saveProducer(let range): journal.saveProducer(Array(bytes[range]))
            case .saveHistory(let range): journal.saveHistory(Array(bytes[range]))
            case .saveKept(let range): journal.saveKept(Array(bytes[range]))
            case .forgetKept(let range): journal.forgetKept(Array(bytes[range]))
            case .commit(let batch):
                transcript.add("hub: commit batch \(batch)")
                if let outcome = journal.commit(batch) {
                    note(outcome)
                    outcomes.append(outcome)
                }
            case .readEvents(let request):
                transcript.add("hub: read events after \(request.after.short)")
                let page = HubInput.journalPage(journal.read(request))
                if journal.holdsReads { heldReads.append(page) } else { feedback.append(page) }
            case .cancelRead(let token):
                heldReads.removeAll { $0.isPage(token) }
                feedback.removeAll { $0.isPage(token) }
            }
        }
        return hasMoreWork || !feedback.isEmpty || !outcomes.isEmpty
    }

    /// Empties `tapped`.
    public func forgetTapped() { tapped = [] }

    private func take(tapped record: ArraySlice<UInt8>, key: ArraySlice<UInt8>) {
        let records = ReceivedRecord.all(in: Array(record))
        tapped += records
        for record in records { transcript.add("hub: tap " + record.line) }
        if records.count != 1 || !records[0].key.utf8.elementsEqual(key) {
            violations.append("a tap message that is not its key and one record")
        }
    }

    /// A pipe that was full once in a round stays so: nothing may overtake what came back.
    private func isFull(_ link: LinkID, _ full: inout Set<LinkID>) -> Bool {
        guard let client = clients[link] else { return false }
        if client.pipeRoom == 0 || full.contains(link) {
            full.insert(link)
            return true
        }
        if client.pipeRoom < .max { client.pipeRoom -= 1 }
        return false
    }
}

extension ReceivedRecord {
    static func lines(_ bytes: [UInt8]) -> String {
        all(in: bytes).map { $0.line }.joined(separator: " ")
    }
}

extension HubInput {
    fileprivate func isPage(_ token: UInt64) -> Bool {
        guard case .journalPage(let page) = self else { return false }
        return page.token == token
    }
}
