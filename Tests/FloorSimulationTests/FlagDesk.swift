import FloorClient
import FloorEvents
import FloorWire

/// What one client's application knows of help flags, from a mailbox of its own.
///
/// It does what a station does: kept records and events by the revision of their key, and after
/// a gap everything anew.
final class FlagDesk {
    struct Sight {
        var revision: Revision
        var payload: [UInt8]
        var isOpen: Bool
    }

    let name: String
    let filters: [KeyFilter]
    /// The last record of each key, ended flags included.
    private(set) var view: [[UInt8]: Sight] = [:]
    /// Whether it was told that something did not come, or wants to see everything again.
    var wantsNewStart = false
    private(set) var starts = 0
    private(set) var faults: [String] = []
    private var mailbox: MailboxID
    private var subscriptions: [SubscriptionID] = []
    /// By subscription: the last event, and the last revision of each key.
    private var lastEvent: [SubscriptionID: Revision] = [:]
    private var lastOfKey: [SubscriptionID: [[UInt8]: Revision]] = [:]

    init(name: String, filters: [KeyFilter], _ core: inout ClientCore) throws {
        self.name = name
        self.filters = filters
        mailbox = try core.openMailbox()
    }

    /// Another process of the same station begins.
    func open(_ core: inout ClientCore) throws {
        mailbox = try core.openMailbox()
        subscriptions.removeAll()
        try start(&core)
    }

    /// Subscribes to everything anew.
    func start(_ core: inout ClientCore) throws {
        for subscription in subscriptions { core.unsubscribe(subscription) }
        subscriptions.removeAll()
        view.removeAll()
        lastEvent.removeAll()
        lastOfKey.removeAll()
        wantsNewStart = false
        starts += 1
        for filter in filters {
            subscriptions.append(try core.subscribe(filter, mailbox: mailbox))
        }
    }

    /// The flag of an id as this desk sees it, from whichever record is newer.
    func flag(_ id: FloorID) -> HelpFlag? {
        let found = view.filter { $0.value.isOpen && Self.id($0.key) == id }
        let newest = found.values.max { $0.revision < $1.revision }
        return newest.flatMap { try? HelpFlag(payload: $0.payload.span) }
    }

    /// Takes what has come, at most so many; everything shown is in the journal already.
    func consume(_ most: Int, _ core: inout ClientCore, _ journal: SimulatedJournal) {
        var delivery = Delivery()
        var taken = 0
        while taken < most, let kind = core.next(mailbox, into: &delivery) {
            taken += 1
            switch kind {
            case .record: show(delivery, journal)
            case .gap: wantsNewStart = true
            case .deleted, .link, .snapshotEnd: break
            case .result, .replyRecord, .replyEnd, .subscriptionFailed:
                faults.append("\(name): not for a desk")
            }
        }
    }

    private func show(_ delivery: Delivery, _ journal: SimulatedJournal) {
        let bytes = delivery.bytes.span
        let header = delivery.header
        let key = bytes.copy(delivery.record.key)
        guard header.operation?.isOfFlagsLife == true else { return }
        let payload = bytes.copy(delivery.record.payload)
        let revision = header.revision
        let what = "\(name): \(String(decoding: key, as: UTF8.self)) \(revision.words)"
        // I5: what the journal could still lose is shown to nobody.
        if journal.record(revision).map({ $0.key == key && $0.payload == payload }) != true {
            faults.append("I5 broken, \(what) is not what was committed")
        }
        let subscription = delivery.subscription
        let isKept = header.flags.contains(.snapshot)
        if !isKept {
            if let last = lastEvent[subscription], revision <= last {
                faults.append("\(what) after \(last.words)")
            }
            lastEvent[subscription] = revision
        }
        let last = lastOfKey[subscription]?[key] ?? .zero
        // A snapshot that was cut begins again.
        if isKept ? revision < last : revision <= last {
            faults.append("I2 broken, \(what) after \(last.words)")
        }
        lastOfKey[subscription, default: [:]][key] = revision
        // Notes and the lists of who asked most travel there too.
        guard header.schema == PayloadSchema.flag else { return }
        guard let flag = try? HelpFlag(payload: payload.span) else {
            return faults.append("\(what) is no flag")
        }
        if let known = view[key], known.revision > revision { return }
        view[key] = Sight(revision: revision, payload: payload, isOpen: !flag.isEnded)
    }

    static func id(_ key: [UInt8]) -> FloorID? {
        (try? FloorKey(bytes: key)).flatMap { FloorID($0.entity) }
    }
}

extension RecordOperation {
    /// Whether its record is a flag's; notes and figures travel under `private/` too.
    var isOfFlagsLife: Bool { Self.raise.rawValue...Self.verdict.rawValue ~= rawValue }
}

extension Revision {
    /// Epoch and counter, for a person.
    var words: String { "\(epoch).\(counter)" }
}
