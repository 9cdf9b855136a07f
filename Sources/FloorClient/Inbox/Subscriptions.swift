import FloorEvents
import FloorWire

/// One wish, how far it is on this link, and where it would resume on the next.
struct ClientSubscription {
    let id: UInt32
    let filter: KeyFilter
    let mailbox: Int
    let minimumInterval: UInt32
    /// Whether keys of the event lane can match.
    let wantsEvents: Bool

    // On this link.
    var isSent = false
    var isAcknowledged = false
    var isCaughtUp = false
    /// During a full snapshot: the number of the last record before its begin.
    var sweepsBefore: UInt64?
    /// Whether open flags and unexpired notes are on their way: records up to `lastEvent`, which
    /// come before any other event.
    var awaitsKept = false
    /// The last of them it has had.
    var lastKept = Revision.zero
    /// Where it will resume once it has them all.
    var heldToken = Revision.zero

    // Over all links.
    /// Whether a link broke while they were on their way: some may have ended unseen.
    var lostKept = false
    var stateToken = Revision.zero
    var eventToken = Revision.zero
    /// The last event it has had; earlier ones are duplicates.
    var lastEvent = Revision.zero
    /// Whether events of an earlier lineage may have been missed.
    var lostLineage = false

    init(id: UInt32, filter: KeyFilter, mailbox: Int, minimumInterval: UInt32) {
        self.id = id
        self.filter = filter
        self.mailbox = mailbox
        self.minimumInterval = minimumInterval
        // A leading '+' stands for every class.
        wantsEvents = KeyRules.kind(of: filter.bytes.span).map { $0.lane == .event } ?? true
    }
}

extension ClientSubscription {
    /// Whether an event is new here, and notes that it has been had.
    ///
    /// A kept record is for those alone that await some: for others its revision lies before or
    /// among events that come in their own order.
    mutating func takes(_ revision: Revision, isKept: Bool) -> Bool {
        guard isAcknowledged else { return false }
        if isKept {
            guard awaitsKept, revision > lastKept, revision <= lastEvent else { return false }
            lastKept = revision
        } else {
            guard revision > lastEvent else { return false }
            lastEvent = revision
        }
        return true
    }
}

/// A mailbox that wants a key, through the lowest of its matching subscriptions.
struct Target: Equatable {
    var mailbox: Int
    var subscription: UInt32
}

/// The client's subscriptions, in the order of their numbers.
struct SubscriptionTable {
    private(set) var list: [ClientSubscription] = []
    private var lastID: UInt32 = 0
    /// UNSUBSCRIBEs that the next turn sends.
    var toEnd: [UInt32] = []
    /// Grows with every change of the list; targets of older ones are void.
    private(set) var generation: UInt64 = 1
    /// The distinct sets of targets that keys have; few, however many keys there are.
    private(set) var sets: [[Target]] = []
    /// The one subscription that can match events; nil when there are more or none.
    private(set) var onlyEventReader: Int?

    subscript(index: Int) -> ClientSubscription {
        get { list[index] }
        _modify { yield &list[index] }
    }

    var indices: Range<Int> { list.indices }

    func index(of id: UInt32) -> Int? {
        var low = 0
        var high = list.count
        while low < high {
            let middle = (low + high) / 2
            if list[middle].id < id { low = middle + 1 } else { high = middle }
        }
        return low < list.count && list[low].id == id ? low : nil
    }

    mutating func add(_ filter: KeyFilter, mailbox: Int, minimumInterval: UInt32) -> UInt32 {
        precondition(lastID < .max, "SubscriptionTable: all numbers have been used")
        lastID += 1
        list.append(
            ClientSubscription(
                id: lastID,
                filter: filter,
                mailbox: mailbox,
                minimumInterval: minimumInterval
            )
        )
        changed()
        return lastID
    }

    mutating func remove(at index: Int) {
        list.remove(at: index)
        changed()
    }

    private mutating func changed() {
        generation += 1
        sets.removeAll(keepingCapacity: true)
        let first = list.firstIndex { $0.wantsEvents }
        onlyEventReader = first == list.lastIndex { $0.wantsEvents } ? first : nil
    }

    /// The link is gone: everything has to be said again.
    mutating func linkLost() {
        for index in list.indices {
            list[index].isSent = false
            list[index].isAcknowledged = false
            list[index].isCaughtUp = false
            list[index].sweepsBefore = nil
            if list[index].awaitsKept { list[index].lostKept = true }
            list[index].awaitsKept = false
        }
        toEnd.removeAll(keepingCapacity: true)
    }

    /// Another epoch or lineage: state starts over; events do so with another lineage.
    mutating func worldChanged(lineage: Bool) {
        for index in list.indices {
            list[index].stateToken = .zero
            guard lineage else { continue }
            list[index].lostLineage = list[index].eventToken != .zero
            list[index].eventToken = .zero
            list[index].lastEvent = .zero
        }
    }

    /// The hub has sent everything matching up to these revisions (rule 8, race R9).
    mutating func noteStable(state: Revision?, event: Revision) {
        for index in list.indices where list[index].isAcknowledged {
            if list[index].awaitsKept {
                list[index].heldToken = max(list[index].heldToken, event)
            } else {
                list[index].eventToken = max(list[index].eventToken, event)
            }
            if let state, list[index].isCaughtUp { list[index].stateToken = state }
        }
    }

    /// The place in `sets` of the mailboxes that want a key.
    mutating func targets(of key: Span<UInt8>) -> Int {
        var found: [Target] = []
        for subscription in list where subscription.filter.matches(key) {
            if !found.contains(where: { $0.mailbox == subscription.mailbox }) {
                found.append(Target(mailbox: subscription.mailbox, subscription: subscription.id))
            }
        }
        if let known = sets.firstIndex(of: found) { return known }
        sets.append(found)
        return sets.count - 1
    }
}
