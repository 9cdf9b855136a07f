import FloorBusTestKit
import FloorClient
import FloorEvents
import FloorWire

@testable import FloorHub

/// A whole floor in one thread: many client cores, one hub core, bytes between, and bad luck.
///
/// Everything follows from the seed: which message arrives next, which link is cut, when the hub
/// dies, what a client publishes. `run` plays, then stops the bad luck and lets everything come
/// to rest; `check` tests the invariants of the design's testing document.
final class World {
    struct Luck {
        var cuts = true
        var crashes = true
        var keepsDisk = true
        var failingDisk = true
        var freezes = true
        var wallSteps = true
        var fullPipes = true
        var clones = false
        /// Client processes die and come back with their outboxes; their disks are full at times.
        var kills = false
        /// People raise help flags and help each other.
        var flags = false
    }

    let seed: UInt64
    var random: SeededRandom
    let luck: Luck
    var now = FloorTime(boot: 1_000_000, wall: 1_800_000_000_000_000)
    var hub: Hub
    var effects = HubEffects()
    var journal: SimulatedJournal
    var network = MemoryNetwork()
    var clients: [SimulatedClient] = []
    var owner: [UInt64: Int] = [:]
    var epoch: UInt32 = 1
    let lineage: FloorID
    var serial = 0
    var faults: [String] = []
    private(set) var crashes = 0
    var isCalm = false
    /// Copied clients that were ended before the rest; what they were told stays true.
    var departed: [SimulatedClient] = []

    init(seed: UInt64, luck: Luck) throws {
        self.seed = seed
        self.luck = luck
        random = SeededRandom(seed: seed)
        lineage = FloorID(high: random.next(), low: random.next())
        journal = SimulatedJournal(epoch: 1, retained: random.oneIn(3) ? 5 : 100_000)
        hub = World.hub(
            lineage,
            1,
            random.next(),
            luck.keepsDisk ? HubContents() : nil,
            now
        )
        let filters = ["agent/", "agent/bj/", "+/", "agent/+/sales/", "event/", "event/bj/calls/"]
        for index in 0..<Int.random(in: 2...6, using: &random) {
            var chosen: [KeyFilter] = []
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                guard let text = filters.randomElement(using: &random) else { continue }
                let filter = try KeyFilter(text)
                if !chosen.contains(filter) { chosen.append(filter) }
            }
            let copied = ("copied", FloorID(high: 7, low: 7), UInt64(index) + 1)
            clients.append(
                try SimulatedClient(
                    name: "client-\(index)",
                    identity: luck.clones && index < 2 ? copied : nil,
                    filters: chosen,
                    store: luck.kills ? MemoryOutboxStore() : nil,
                    hasWill: index % 2 == 0,
                    random: &random
                )
            )
            if luck.flags, let client = clients.last, !random.oneIn(6) {
                try client.openDesk(try deskFilters(client.principal))
            }
        }
    }

    /// A life of the hub: with what the disk holds, or in memory.
    private static func hub(
        _ lineage: FloorID,
        _ epoch: UInt32,
        _ seed: UInt64,
        _ contents: HubContents?,
        _ now: FloorTime
    ) -> Hub {
        let box = RandomBox(SeededRandom(seed: seed))
        var options = HubOptions(lineage: lineage, epoch: epoch, randomWord: { box.next() })
        guard let contents else { return Hub(options) }
        options.isDurable = true
        return Hub(options, restoring: contents, at: now)
    }

    // MARK: playing

    /// Plays `steps` random steps, then brings everything to rest.
    func run(steps: Int) throws {
        for client in clients {
            client.step(.start, at: now)
            perform(client)
        }
        for _ in 0..<steps { try playOne() }
        try calmDown()
    }

    private func playOne() throws {
        if luck.flags, random.oneIn(5) { return try actOnFlags() }
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<30: carryUp()
        case 30..<60: carryDown()
        case 60..<72: publishSomething()
        case 72..<84:
            pick {
                $0.consume(Int.random(in: 1...20, using: &self.random), self.journal)
            }
        case 84..<93: advance(Int64.random(in: 0...30_000, using: &random))
        case 93..<95: decideCommit()
        case 95: answerPage()
        case 96:
            if luck.flags, random.oneIn(2) { return passFlagTime() }
            advance(Int64.random(in: 100_000...6_000_000, using: &random))
        default: try misfortune()
        }
    }

    private func pick(_ body: (SimulatedClient) -> Void) {
        guard let client = clients.randomElement(using: &random) else { return }
        body(client)
        if !client.isFrozen {
            client.step(.turnEnd, at: now)
            perform(client)
        }
    }

    private func publishSomething() {
        serial += 1
        let payload = Array("value \(serial)".utf8)
        let leased = !random.oneIn(4)
        let number = Int.random(in: 0..<6, using: &random)
        let kind = Int.random(in: 0..<10, using: &random)
        pick { client in
            // Own keys, a key that all write, and events.
            let entity = kind < 6 ? "\(client.name)-\(number)" : "shared-\(number % 2)"
            let unit = number % 2 == 0 ? "sales" : "help"
            guard let key = try? FloorKey(.agent, site: "bj", unit: unit, entity: entity),
                let event = try? FloorKey(.event, site: "bj", unit: "calls", entity: "\(number)")
            else { return }
            if kind == 9 {
                client.remove(key)
            } else if kind >= 7 {
                client.publish(event, payload, leased: false, random: &self.random)
            } else {
                client.publish(key, payload, leased: leased, random: &self.random)
            }
        }
    }

    private func misfortune() throws {
        guard !isCalm else { return }
        switch Int.random(in: 0..<8, using: &random) {
        case 0, 1, 2:
            guard luck.cuts, let client = clients.randomElement(using: &random),
                let link = client.link
            else { return }
            network.cut(link, losing: !random.oneIn(3))
            // A half-open link is noticed by silence alone.
            if !random.oneIn(3) { loseLink(client) }
        case 3: if luck.crashes, random.oneIn(4) { crash() }
        case 4: if luck.freezes { clients.randomElement(using: &random)?.isFrozen.toggle() }
        case 5:
            guard luck.wallSteps else { return }
            now.wall += Int64.random(in: -3_600_000_000...3_600_000_000, using: &random)
        case 6:
            guard luck.failingDisk else { return }
            if random.oneIn(2) { journal.isFull.toggle() }
            failCommit()
        case 7: if luck.kills { try kill() }
        default: break
        }
    }

    // MARK: the network

    private func carryUp() {
        guard let link = network.linksWithUp.randomElement(using: &random) else { return }
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            guard let message = network.takeUp(link) else { break }
            step(.message(LinkID(link), message))
        }
        if !random.oneIn(4) { endTurn() }
    }

    private func carryDown() {
        guard let link = network.linksWithDown.randomElement(using: &random),
            let index = owner[link], !clients[index].isFrozen
        else { return }
        let client = clients[index]
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            guard client.link == link, let message = network.takeDown(link) else { break }
            client.step(.message(attempt: client.attempt, message), at: now)
            perform(client)
        }
        client.step(.turnEnd, at: now)
        perform(client)
    }

    private func loseLink(_ client: SimulatedClient) {
        guard client.link != nil || client.isConnecting else { return }
        if let link = client.link { network.cut(link) }
        client.link = nil
        client.isConnecting = false
        client.step(.linkDown(attempt: client.attempt, .broken), at: now)
        perform(client)
    }

    func perform(_ client: SimulatedClient) {
        while !client.effects.list.isEmpty {
            let work = client.effects
            client.effects.removeAll()
            for effect in work.list { perform(effect, work.bytes, client) }
        }
    }

    private func perform(_ effect: ClientEffect, _ bytes: [UInt8], _ client: SimulatedClient) {
        switch effect {
        case .openLink(let attempt):
            client.attempt = attempt
            client.isConnecting = true
        case .closeLink:
            // What is on its way may still arrive at the hub: a zombie's last words (R15).
            if let link = client.link { network.cut(link, losing: random.oneIn(2)) }
            client.link = nil
            client.isConnecting = false
        case .send(let range):
            if let link = client.link { network.sendUp(link, Array(bytes[range])) }
        case .mailboxReady, .notice, .closed: break
        }
    }

    // MARK: the hub

    func step(_ input: HubInput) {
        hub.step(input, at: now, into: &effects)
        performHub()
    }

    func endTurn() { step(.turnEnd) }

    private func performHub() {
        var feedback: [HubInput] = []
        var blocked: Set<LinkID> = []
        let work = effects
        effects.removeAll()
        for effect in work.list {
            switch effect {
            case .deliver(let link, let range):
                let bytes = Array(work.bytes[range])
                let outcome =
                    blocked.contains(link) ? .wouldBlock : network.sendDown(link.rawValue, bytes)
                if outcome == .wouldBlock {
                    blocked.insert(link)
                    feedback.append(.deliverBlocked(link, bytes))
                } else if outcome == .unreachable {
                    feedback.append(.linkGone(link))
                }
            case .control(let link, let range):
                let outcome =
                    blocked.contains(link)
                    ? .wouldBlock : network.sendDown(link.rawValue, Array(work.bytes[range]))
                if outcome == .wouldBlock { feedback.append(.controlBlocked(link)) }
                if outcome == .unreachable { feedback.append(.linkGone(link)) }
            case .append(let range): journal.append(Array(work.bytes[range]))
            case .saveValue(let range): journal.saveValue(Array(work.bytes[range]))
            case .saveProducer(let range): journal.saveProducer(Array(work.bytes[range]))
            case .saveKept(let range): journal.saveKept(Array(work.bytes[range]))
            case .forgetKept(let range): journal.forgetKept(Array(work.bytes[range]))
            case .commit(let batch): journal.close(batch)
            case .readEvents(let request):
                // As the page was when it was asked for, or as it is when it comes.
                if random.oneIn(3) {
                    feedback.append(.journalPage(journal.read(request)))
                } else {
                    journal.ask(request)
                }
            case .cancelRead(let token): journal.cancelRead(token)
            case .tap, .saveHistory: break
            }
        }
        if !feedback.isEmpty {
            for input in feedback { hub.step(input, at: now, into: &effects) }
            performHub()
        }
    }

    private func failCommit() {
        guard let batch = journal.failOne() else { return }
        step(.commitFailed(batch: batch))
        endTurn()
    }

    func decideCommit() {
        if journal.isFull { return failCommit() }
        guard let batch = journal.commitOne() else { return }
        step(.committed(batch: batch))
        if !random.oneIn(3) { endTurn() }
    }

    /// One page that was asked for arrives.
    private func answerPage() {
        guard let page = journal.answerOne(&random) else { return }
        step(.journalPage(page))
        if !random.oneIn(3) { endTurn() }
    }

    private func crash() {
        crashes += 1
        journal.crash(newEpoch: epoch + 1, keepsDisk: luck.keepsDisk)
        restartHub()
        if luck.flags, luck.keepsDisk { checkRestored() }
        for client in clients {
            guard let link = client.link else { continue }
            network.cut(link)
            if !random.oneIn(3) { loseLink(client) }
        }
    }

    /// The hub's next life, with what the disk holds.
    func restartHub() {
        epoch += 1
        let contents = luck.keepsDisk ? journal.contents : nil
        hub = World.hub(lineage, epoch, random.next(), contents, now)
        effects.removeAll()
    }

    // MARK: time

    func advance(_ microseconds: Int64) {
        now.boot += microseconds
        now.wall += microseconds
        for (index, client) in clients.enumerated() where !client.isFrozen {
            if client.isConnecting {
                client.isConnecting = false
                let capacity = luck.fullPipes && random.oneIn(4) ? 40 : 1000
                let link = network.open(capacity: capacity)
                owner[link] = index
                client.link = link
                client.step(.linkUp(attempt: client.attempt), at: now)
            }
            // R22: what lies unread is read before silence is judged.
            client.step(.tick, at: now)
            client.step(.turnEnd, at: now)
            perform(client)
        }
        endTurn()
    }

    func fail(_ sentence: String) { faults.append(sentence) }
}
