import FloorEvents
import FloorWire

/// Who numbers operations, and who they belong to.
///
/// Invariant: a principal is known exactly while a producer of it is remembered; an idle producer
/// has an entry in the heap of those to be forgotten. Nothing here looks at all of them.
struct Producers: ~Copyable {
    private let inPlace = InPlace()
    private let maximum: Int
    private let isDurable: Bool
    private let clock: HubClock
    private let ledger: HubLedger
    private var byID: [FloorID: Producer] = [:]
    private var principals: [FloorKey: Principal] = [:]
    /// Those that ended a session, by when they may be forgotten.
    private var idle = DueHeap<Producer>()
    /// Presences of an earlier life whose principals nobody remembers, by when they are forgotten.
    private var orphans = DueHeap<FloorKey>()
    /// Those whose row in the journal is older than they are.
    private var unsaved: [Producer] = []
    /// Those of the batches that the journal has in hand.
    private var inHand: [(batch: UInt64, producers: [Producer])] = []

    /// Producers looked at when room is made for a new one.
    private static let lookedAt = 64

    init(_ options: HubOptions, _ clock: HubClock, _ ledger: HubLedger) {
        maximum = options.maximumProducers
        isDurable = options.isDurable
        self.clock = clock
        self.ledger = ledger
    }

    var count: Int { byID.count }
    /// Whether nobody is known; for tests.
    var isEmpty: Bool { byID.isEmpty && principals.isEmpty }
    /// When the next one may be forgotten.
    var deadline: Int64 { min(idle.earliest, orphans.earliest) }

    subscript(id: FloorID) -> Producer? { byID[id] }

    func principal(_ key: FloorKey) -> Principal? { principals[key] }

    /// The principal of this name, if it is known.
    func principal(named name: String) -> Principal? {
        guard let key = try? FloorKey(.presence, site: "-", unit: "-", entity: name) else {
            return nil
        }
        return principals[key]
    }

    /// Whether somebody of this name has a session.
    func isPresent(_ name: String) -> Bool { (principal(named: name)?.sessions ?? 0) > 0 }

    // MARK: coming and going

    /// Whether one more would find a place; room is made among those that are long idle.
    mutating func makeRoom(_ forgotten: (Principal) -> Void) -> Bool {
        var looked = 0
        while byID.count >= maximum, looked < Self.lookedAt,
            let (producer, due) = idle.take(until: .max)
        {
            looked += 1
            ledger.counts.work += 1
            producer.isListedIdle = false
            guard byID[producer.id] === producer, producer.session == nil else { continue }
            guard producer.isForgettable, due >= Self.due(producer) else {
                noteIdle(producer)
                continue
            }
            if let principal = forget(producer) { forgotten(principal) }
        }
        return byID.count < maximum
    }

    /// Makes room in a principal's share by forgetting its own longest idle producer.
    mutating func makeRoom(in principal: Principal) {
        guard !principal.account.has(roomFor: 1, .producers) else { return }
        let idle = principal.producers.prefix(Self.lookedAt).first { $0.isForgettable }
        if let idle, principal.producers.count > 1 { _ = forget(idle) }
    }

    /// A producer that is new, and its principal if that is.
    mutating func add(_ id: FloorID, _ key: FloorKey, last: UInt64) -> Producer {
        let principal = principals[key] ?? Principal(presenceKey: key, now: clock.boot)
        principals[key] = principal
        let producer = Producer(id: id, principal: principal, last: last, now: clock.boot)
        byID[id] = producer
        principal.producers.append(producer)
        principal.account.take(1, .producers)
        return producer
    }

    /// A producer has no session any more.
    mutating func noteIdle(_ producer: Producer) {
        guard !producer.isListedIdle else { return }
        producer.isListedIdle = true
        idle.add(producer, due: Self.due(producer))
    }

    private static func due(_ producer: Producer) -> Int64 {
        producer.lastUsed + Limits.producerMemoryMicroseconds
    }

    /// A presence of an earlier life is nobody's, since so many microseconds.
    mutating func noteOrphan(_ key: FloorKey, goneFor time: Int64) {
        orphans.add(key, due: clock.boot + Limits.producerMemoryMicroseconds - time)
    }

    /// Forgets those whose time is over, some of them; the principals that went with them.
    mutating func forgetIdle() -> [Principal] {
        var gone: [Principal] = []
        while gone.count < Self.lookedAt, let (key, _) = orphans.take(until: clock.boot) {
            ledger.counts.work += 1
            guard principals[key] == nil else { continue }
            gone.append(Principal(presenceKey: key, now: clock.boot))
        }
        var looked = 0
        while looked < Self.lookedAt, let (producer, _) = idle.take(until: clock.boot) {
            looked += 1
            ledger.counts.work += 1
            producer.isListedIdle = false
            guard byID[producer.id] === producer, producer.session == nil else { continue }
            // It was used since, or its values are alive or its will waits: later, then.
            guard Self.due(producer) <= clock.boot, producer.isForgettable else {
                let later = clock.boot + Limits.producerRetryMicroseconds
                producer.isListedIdle = true
                idle.add(producer, due: max(Self.due(producer), later))
                continue
            }
            if let principal = forget(producer) { gone.append(principal) }
        }
        return gone
    }

    /// The principal when this was its last one.
    private mutating func forget(_ producer: Producer) -> Principal? {
        byID[producer.id] = nil
        let principal = producer.principal
        principal.producers.removeAll { $0 === producer }
        principal.account.giveBack(1, .producers)
        guard principal.producers.isEmpty else { return nil }
        principals[principal.presenceKey] = nil
        return principal
    }

    // MARK: storing

    /// Whether a row is to be stored that no batch has.
    var hasUnsaved: Bool { !unsaved.isEmpty }

    /// Remembers that a producer's row is to be stored.
    mutating func noteUnsaved(_ producer: Producer) {
        guard isDurable, !producer.isUnsaved else { return }
        producer.isUnsaved = true
        unsaved.append(producer)
    }

    /// Hands rows to the journal: producers as they will be once everything handed over is stored;
    /// pending events are in this batch or an earlier one, so they are stored as done.
    mutating func save(
        _ batch: UInt64,
        _ lane: borrowing EventLane,
        _ effects: inout HubEffects
    ) {
        for producer in unsaved { producer.beginSaving() }
        lane.addResults { $0.addSaving($1) }
        for producer in unsaved {
            let idle = producer.session == nil ? clock.boot - producer.lastUsed : 0
            let start = effects.bytes.count
            producer.stored(usedAt: clock.now.wall - idle).append(to: &effects.bytes)
            effects.list.append(.saveProducer(start..<effects.bytes.count))
        }
        for producer in unsaved { producer.endSaving() }
        lane.addResults { producer, _ in producer.endSaving() }
        inHand.append((batch, unsaved))
        unsaved.removeAll()
    }

    /// The journal holds a batch and all before it.
    mutating func confirm(_ batch: UInt64) {
        let count = inHand.firstIndex { $0.batch > batch } ?? inHand.count
        inHand.removeFirst(count)
    }

    /// The journal lost a batch and all behind it.
    mutating func takeBack(_ batch: UInt64) {
        let place = inHand.firstIndex { $0.batch >= batch } ?? inHand.count
        for lost in inHand[place...] {
            for producer in lost.producers { noteUnsaved(producer) }
        }
        inHand.removeLast(inHand.count - place)
    }

    /// Takes back a producer of an earlier life; nil when there is no place for it.
    mutating func restore(_ stored: StoredProducer) -> Producer? {
        guard byID.count < maximum else { return nil }
        // As HELLO is held to: counting on from what a damaged journal holds must not overflow.
        let last = min(stored.last, UInt64(Int64.max))
        let producer = add(stored.id, stored.principal, last: last)
        let idle = max(0, clock.now.wall.clampedDifference(stored.usedAt))
        // Longer ago makes no difference: it is forgotten then.
        let counted = min(idle, Limits.producerMemoryMicroseconds)
        producer.restore(stored, lastUsed: clock.boot - counted)
        noteIdle(producer)
        return producer
    }

    /// What was restored came from the journal.
    mutating func endRestoring() {
        for producer in unsaved { producer.isUnsaved = false }
        unsaved.removeAll()
    }
}
