import FloorBusTestKit
import FloorClient
import FloorEvents
import FloorWire

/// What a client knows of a key.
struct SeenValue {
    let revision: Revision
    let payload: [UInt8]
    let freshness: Freshness

    init(_ revision: Revision, _ payload: [UInt8], _ freshness: Freshness) {
        self.revision = revision
        self.payload = payload
        self.freshness = freshness
    }
}

/// One client of the simulated floor: a ClientCore, its link, and what its application has seen.
final class SimulatedClient {
    let name: String
    /// Whether another client has, or has had, the same producer id (R21).
    let isCloned: Bool
    let filters: [KeyFilter]
    let principal: String
    /// What it knows of help flags, on floors that have them.
    private(set) var desk: FlagDesk?
    var deeds: [FlagDeed] = []
    var deedOfTicket: [Ticket: Int] = [:]
    var core: ClientCore
    var effects = ClientEffects()
    private(set) var mailbox: MailboxID
    private(set) var results: MailboxID
    private let options: ClientOptions
    private let randomWord: @Sendable () -> UInt64
    /// Where the outbox is kept over the process's end, if the world kills processes.
    let store: MemoryOutboxStore?
    var attempt: UInt64 = 0
    var link: UInt64?
    /// The attempt has been asked for but is not there yet.
    var isConnecting = false
    var isFrozen = false
    var faults: [String] = []

    /// What the application shows: key → revision and payload.
    private(set) var view: [[UInt8]: SeenValue] = [:]
    private var lastRevision: [[UInt8]: Revision] = [:]
    private var lineage: FloorID?
    private(set) var events: [Revision] = []
    private(set) var gaps: [(from: Revision, to: Revision)] = []
    /// Events after this revision must arrive or be in a gap; nil until the first snapshot end.
    private(set) var eventsDueAfter: Revision?
    private(set) var snapshots = 0
    private var answered: Set<Ticket> = []
    var asked: Set<Ticket> = []
    /// The last own value per key, as published, and whether it has a lease.
    var ownValues: [FloorKey: (payload: [UInt8], isLeased: Bool)] = [:]
    /// The key its will is about; nil = it has none.
    let willKey: FloorKey?
    private(set) var acceptedEvents: Set<[UInt8]> = []
    private var eventOfTicket: [Ticket: [UInt8]] = [:]
    /// Every event that `publish` took.
    private(set) var takenEvents: [[UInt8]] = []

    /// `identity`: the principal and producer id it shares with another; nil = its own.
    init(
        name: String,
        identity: (principal: String, producer: FloorID, incarnation: UInt64)? = nil,
        filters: [KeyFilter],
        store: MemoryOutboxStore? = nil,
        hasWill: Bool = false,
        random: inout SeededRandom
    ) throws {
        self.store = store
        self.name = name
        self.filters = filters
        isCloned = identity != nil
        var options = ClientOptions(
            principal: identity?.principal ?? name,
            application: "simulation"
        )
        options.creditBytes =
            random.oneIn(2) ? Limits.creditMinimumBytes : Limits.creditDefaultBytes
        options.outboxOperations = 256
        willKey =
            hasWill ? try FloorKey(.agent, site: "bj", unit: "sales", entity: "\(name)-0") : nil
        if let willKey { try options.setWill(.loggedOff, for: willKey) }
        self.options = options
        principal = options.principal
        let words = SeededRandom(seed: random.next())
        let box = RandomBox(words)
        randomWord = { box.next() }
        core = try ClientCore(
            options,
            producer: identity?.producer ?? FloorID(high: random.next(), low: random.next() | 1),
            incarnation: identity?.incarnation ?? 1,
            randomWord: randomWord
        )
        mailbox = try core.openMailbox()
        results = try core.openMailbox()
        for filter in filters { _ = try core.subscribe(filter, mailbox: mailbox) }
        if let store {
            try core.keepOutbox(in: store, store.open(for: name, producer: core.producer))
        }
    }

    /// The process is killed; the next one has its outbox and remembers nothing else.
    func restart(_ store: MemoryOutboxStore, at now: FloorTime) throws {
        let contents = try store.open(for: name, producer: core.producer)
        core = try ClientCore(
            options,
            producer: contents.producer,
            incarnation: contents.incarnation(at: now.wall),
            randomWord: randomWord
        )
        effects.removeAll()
        link = nil
        isConnecting = false
        forgetLineage()
        view.removeAll()
        lineage = nil
        asked.removeAll()
        answered.removeAll()
        eventOfTicket.removeAll()
        deedOfTicket.removeAll()
        // Its leases may have run out meanwhile.
        ownValues.removeAll()
        mailbox = try core.openMailbox()
        results = try core.openMailbox()
        for filter in filters { _ = try core.subscribe(filter, mailbox: mailbox) }
        try core.keepOutbox(in: store, contents)
        try desk?.open(&core)
        step(.start, at: now)
    }

    /// Puts up a desk that shows help flags.
    func openDesk(_ filters: [KeyFilter]) throws {
        desk = try FlagDesk(name: name, filters: filters, &core)
        try newDesk()
    }

    func step(_ input: ClientInput, at now: FloorTime) { core.step(input, at: now, into: &effects) }

    var nextDeadline: Int64 { core.nextDeadline }
    var isQuiet: Bool { core.isLinked && core.unacknowledged == 0 }
    var unacknowledged: Int { core.unacknowledged }

    func publish(_ key: FloorKey, _ payload: [UInt8], leased: Bool, random: inout SeededRandom) {
        var publication = Publication(key.kind.lane == .state ? .put : .append, schema: 7)
        // What a will may overwrite is leased, as a desktop's state is: others nobody says again.
        let leased = leased || key == willKey
        publication.isLeased = leased
        guard
            let ticket = try? core.publish(
                publication,
                key: key.bytes.span,
                payload: payload.span,
                results: results
            )
        else { return }
        asked.insert(ticket)
        if key.kind.lane == .event {
            takenEvents.append(payload)
            eventOfTicket[ticket] = payload
        } else {
            ownValues[key] = (payload, leased)
        }
    }

    func remove(_ key: FloorKey) {
        guard
            let ticket = try? core.publish(
                Publication(.delete),
                key: key.bytes.span,
                payload: [UInt8]().span,
                results: results
            )
        else { return }
        asked.insert(ticket)
        ownValues[key] = nil
    }

    func close() { core.close() }

    /// The application takes what has arrived, at most so many events.
    func consume(_ most: Int, _ journal: SimulatedJournal) {
        let head = journal.head
        let point = journal.point
        var delivery = Delivery()
        var taken = 0
        while taken < most, let kind = core.next(mailbox, into: &delivery) {
            show(kind, delivery)
            // I5: nothing that could still be lost is ever shown.
            if let last = events.last, last > head {
                faults.append("\(name): I5 broken, event \(text(last)) is not committed")
            }
            // What is committed from here on was subscribed to before.
            if eventsDueAfter == nil, kind == .snapshotEnd { eventsDueAfter = head }
            taken += 1
        }
        while let kind = core.next(results, into: &delivery) {
            guard kind == .result else { continue }
            if !answered.insert(delivery.ticket).inserted {
                faults.append("\(name): operation \(delivery.ticket.rawValue) was answered twice")
            }
            if !asked.contains(delivery.ticket) {
                faults.append("\(name): an answer to an operation never asked")
            }
            noteDeed(delivery, at: point)
            if delivery.status == .ok, let payload = eventOfTicket[delivery.ticket] {
                acceptedEvents.insert(payload)
            }
        }
    }

    var publishedEvents: [[UInt8]] { Array(eventOfTicket.values) }

    var unanswered: Int { asked.subtracting(answered).count }

    private func show(_ kind: DeliveryKind, _ delivery: Delivery) {
        switch kind {
        case .record, .deleted: show(delivery, isDeleted: kind == .deleted)
        case .gap: gaps.append((delivery.gap.from, delivery.gap.to))
        case .snapshotEnd: snapshots += 1
        case .link:
            if case .up(_, let lineage, _) = delivery.link {
                if let old = self.lineage, old != lineage { forgetLineage() }
                self.lineage = lineage
            }
        case .subscriptionFailed: faults.append("\(name): a subscription failed")
        case .result, .replyRecord, .replyEnd: faults.append("\(name): not for this mailbox")
        }
    }

    private func show(_ delivery: Delivery, isDeleted: Bool) {
        let bytes = delivery.bytes.span
        let record = delivery.record
        let key = bytes.copy(record.key)
        let revision = record.revision(bytes)
        guard let kind = KeyRules.kind(of: key.span) else {
            return faults.append("\(name): a key of no kind")
        }
        if !filters.contains(where: { $0.matches(key.span) }) {
            faults.append("\(name): a key that no filter wants")
        }
        if kind.lane == .event {
            // Kept records belong to a snapshot; desks look at them.
            if record.flags(bytes).contains(.snapshot) { return }
            if let last = events.last, revision <= last {
                faults.append("\(name): event \(text(revision)) after \(text(last))")
            }
            return events.append(revision)
        }
        // I2: revision zero is a removal that a snapshot noticed. A value's freshness may change
        // without a revision that its readers learn.
        let freshness = record.flags(bytes).freshness
        if revision != .zero {
            let seen = view[key]
            // It may have changed and changed back; then one value was passed over.
            let hasChanged =
                seen?.freshness != freshness || record.header(bytes).coalesced > 0
            let isRenewed = seen?.revision == revision && hasChanged
            if let last = lastRevision[key], revision <= last, !isRenewed {
                faults.append(
                    "\(name): I2 broken, \(String(decoding: key, as: UTF8.self)) "
                        + "\(text(revision)) after \(text(last))"
                )
            }
            lastRevision[key] = revision
        }
        view[key] =
            isDeleted ? nil : SeenValue(revision, bytes.copy(record.payload), freshness)
    }

    /// Another birth of the data: revisions start anew, and events before it are not owed.
    private func forgetLineage() {
        lastRevision.removeAll()
        events.removeAll()
        gaps.removeAll()
        eventsDueAfter = nil
    }

    private func text(_ revision: Revision) -> String { "\(revision.epoch).\(revision.counter)" }
}

/// A seeded source behind a closure.
// @unchecked Sendable because a simulation runs on one thread.
final class RandomBox: @unchecked Sendable {
    private var random: SeededRandom
    init(_ random: SeededRandom) { self.random = random }
    func next() -> UInt64 { random.next() }
}
