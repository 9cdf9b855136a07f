import FloorEvents
import FloorHub
import FloorPosix
import FloorWire
import FloorZeroMQ

/// One turn after another: receive → step → perform, until nothing is left to do.
///
/// Everything here runs with the server's lock held.
struct HubLoop: ~Copyable {
    var hub: Hub
    let sockets: HubSockets
    /// The links of this process, whose senders may run the core.
    let direct: DirectTransport
    /// By the upper half of a `LinkID`.
    private let transports: [any FrameTransport]
    private let journal: any EventJournal
    private var effects = HubEffects()
    /// What performing gave back; stepped before the next turn ends.
    private var feedback: [HubInput] = []
    /// What the core and the journal want an operator to know; taken by the server's thread.
    private var notices: [HubNotice] = []
    /// Links whose pipe was full in this round: nothing may overtake what came back.
    private var blocked: [LinkID] = []
    /// Links whose peer is gone; what it said before, a goodbye perhaps, is still to be read.
    private var gone: [LinkID] = []

    /// Most messages received before readers are served.
    private static let messagesPerTurn = 512

    /// The place of the links of this process in the list of transports, and the next one.
    static let directPlace = 0

    init(
        hub: consuming Hub,
        journal: any EventJournal,
        sockets: HubSockets,
        direct: DirectTransport
    ) {
        self.hub = hub
        self.journal = journal
        self.sockets = sockets
        self.direct = direct
        transports = [direct] + sockets.routers.map { $0 as any FrameTransport }
        precondition(transports.count < UInt32.bitWidth, "HubLoop: a bit for each transport")
    }

    /// What is to be polled, but for the inbox.
    var descriptors: [Int32] {
        var result: [Int32] = []
        for transport in transports { result += transport.descriptors }
        if let tap = sockets.tap { result.append(tap.descriptor) }
        return result
    }

    /// What to poll for news of connections, apart from the rest.
    var newsDescriptors: [Int32] { sockets.watches.compactMap { $0.descriptor } }

    /// Connections may have come or gone.
    func noteNews() {
        for watch in sockets.watches { watch.noteNews() }
    }

    /// Closes connections that are too many or say nothing; returns when it has to be done again.
    private mutating func tendConnections(at now: Int64) -> Int64 {
        var due = Int64.max
        for watch in sockets.watches {
            if watch.deadline <= now { notices += watch.tend(at: now) { hub.hasSession($0) } }
            due = min(due, watch.deadline)
        }
        return due
    }

    /// Steps the core with one input; its effects are performed by the next `turn`.
    mutating func step(_ input: HubInput) { hub.step(input, at: Self.now(), into: &effects) }

    /// Does all there is to do now; returns how long to wait, in milliseconds.
    mutating func turn() throws(HubServerError) -> Int64 {
        let now = Self.now()
        let tendingDue = tendConnections(at: now.boot)
        let leaving = gone
        gone.removeAll(keepingCapacity: true)
        let count = try receive(at: now)
        // A send fails as soon as the peer has closed, while its last words lie unread (R22).
        if count < Self.messagesPerTurn {
            for link in leaving { hub.step(.linkGone(link), at: now, into: &effects) }
        } else {
            gone = leaving
        }
        if let tap = sockets.tap {
            for barrier in try tap.drain(atMost: Self.messagesPerTurn) {
                hub.step(barrier, at: now, into: &effects)
            }
        }
        hub.step(.turnEnd, at: now, into: &effects)
        perform()
        // What the journal and the pipes answered belongs to this turn: a commit that is
        // already known must not wait for the next message.
        while takeFeedback() {
            hub.step(.turnEnd, at: Self.now(), into: &effects)
            perform()
        }
        sleepsUntil = .min
        if hasMoreWork || count >= Self.messagesPerTurn || !gone.isEmpty { return 0 }
        if try isReadable() { return 0 }
        sleepsUntil = min(hub.nextDeadline, tendingDue)
        return max(0, min((sleepsUntil - Self.now().boot) / 1000 + 1, 1000))
    }

    private var hasMoreWork = false
    /// The deadline that the core's thread knows of; in the past while it is awake.
    private var sleepsUntil: Int64 = .min

    /// How a message fared that its sender wanted to be served.
    enum Borrowed {
        /// Not at all: it is for the core's thread.
        case declined
        case served
        /// It is served, and there is more for the core's thread to do.
        case coreNeeded
    }

    /// Serves one message of a link in this process, on its sender's thread, if that is little
    /// work; what is more than that is left to the core's thread.
    mutating func borrow(for message: Span<UInt8>, from link: DirectLink) -> Borrowed {
        let id = direct.id(link)
        guard direct.isKnown(link), hub.isBrief(message, from: id) else { return .declined }
        let now = Self.now()
        for transport in transports { transport.forgetSends() }
        sockets.tap?.forgetSends()
        hub.serveBriefly(message, from: id, at: now, into: &effects)
        perform()
        while takeFeedback(asksJournal: !hub.isDurable) {
            hub.step(.borrowedTurnEnd, at: Self.now(), into: &effects)
            perform()
        }
        if hasMoreWork || !gone.isEmpty || !notices.isEmpty || hub.nextDeadline < sleepsUntil {
            return .coreNeeded
        }
        // A failing socket shows itself to the core's thread too.
        return (try? isReadableAfterSends()) == false ? .served : .coreNeeded
    }

    private func isReadable() throws(HubServerError) -> Bool {
        for transport in transports where try transport.isReadable() { return true }
        return try sockets.tap?.isReadable() ?? false
    }

    private func isReadableAfterSends() throws(HubServerError) -> Bool {
        for transport in transports where try transport.isReadableAfterSends() { return true }
        return try sockets.tap?.isReadableAfterSends() ?? false
    }

    private mutating func receive(at now: FloorTime) throws(HubServerError) -> Int {
        var count = 0
        var place = 0
        // A bit for each that may have something: an empty one is not asked again in this turn.
        var waiting: UInt32 = 1 << UInt32(transports.count) - 1
        while count < Self.messagesPerTurn, waiting != 0 {
            // A lane that fills up refuses: what it has is committed first.
            if hub.isTurnFull { return Self.messagesPerTurn }
            // By turns, so that none waits for another to fall silent.
            let bit: UInt32 = 1 << UInt32(place)
            if waiting & bit != 0 {
                let isMessage = try transports[place].receiveOne {
                    hub.receive($1, from: $0, at: now, into: &effects)
                } malformed: {
                    hub.step(.malformed($0), at: now, into: &effects)
                } identity: {
                    hub.step(.linkIdentity($0, $1), at: now, into: &effects)
                }
                if isMessage { count += 1 } else { waiting &= ~bit }
            }
            place = place + 1 < transports.count ? place + 1 : 0
        }
        return count
    }

    // MARK: performing

    private mutating func perform() {
        blocked.removeAll(keepingCapacity: true)
        // Out of self while they are performed; back afterwards, so that the storage stays.
        var work = HubEffects()
        swap(&work, &effects)
        perform(work.list, work.bytes.span)
        if !work.notices.isEmpty { notices += work.notices }
        hasMoreWork = work.hasMoreWork
        work.removeAll()
        swap(&work, &effects)
    }

    private mutating func perform(_ list: [HubEffect], _ bytes: Span<UInt8>) {
        for effect in list {
            switch effect {
            case .deliver(let link, let range):
                deliver(link, bytes.extracting(range))
            case .control(let link, let range):
                control(link, bytes.extracting(range))
            case .tap(let key, let record):
                sockets.tap?.publish(key: bytes.extracting(key), record: bytes.extracting(record))
            case .append(let range):
                journal.append(bytes.extracting(range))
            case .saveValue(let range):
                journal.saveValue(bytes.extracting(range))
            case .saveProducer(let range):
                journal.saveProducer(bytes.extracting(range))
            case .saveHistory(let range):
                journal.saveHistory(bytes.extracting(range))
            case .saveKept(let range):
                journal.saveKept(bytes.extracting(range))
            case .forgetKept(let range):
                journal.forgetKept(bytes.extracting(range))
            case .commit(let batch):
                journal.commit(batch: batch)
            case .readEvents(let request):
                journal.read(request)
            case .cancelRead(let token):
                journal.cancelRead(token: token)
            }
        }
    }

    /// What an operator should know since the last call.
    mutating func takeNotices() -> [HubNotice] {
        guard !notices.isEmpty else { return [] }
        defer { notices.removeAll() }
        return notices
    }

    /// Gives up sockets and journal; nothing is performed any more.
    ///
    /// - Returns: what the journal said at last.
    mutating func close() -> [HubNotice] {
        sockets.close()
        journal.close()
        for case .notice(let notice) in journal.takeOutcomes() { notices.append(notice) }
        return takeNotices()
    }

    private mutating func send(_ bytes: Span<UInt8>, to link: LinkID) -> SendOutcome {
        let place = LinkNumbers.place(link)
        return place < transports.count ? transports[place].send(bytes, to: link) : .unreachable
    }

    private mutating func deliver(_ link: LinkID, _ bytes: Span<UInt8>) {
        if !blocked.contains(link) {
            switch send(bytes, to: link) {
            case .sent: return
            case .wouldBlock: blocked.append(link)
            case .unreachable, .failed: return noteGone(link)
            }
        }
        var copy: [UInt8] = []
        copy.append(span: bytes)
        feedback.append(.deliverBlocked(link, copy))
    }

    private mutating func noteGone(_ link: LinkID) {
        if !gone.contains(link) { gone.append(link) }
    }

    private mutating func control(_ link: LinkID, _ bytes: Span<UInt8>) {
        guard !blocked.contains(link) else { return feedback.append(.controlBlocked(link)) }
        switch send(bytes, to: link) {
        case .sent: return
        case .wouldBlock:
            blocked.append(link)
            feedback.append(.controlBlocked(link))
        case .unreachable, .failed: noteGone(link)
        }
    }

    /// Steps the core with what came back; false when there was nothing.
    private mutating func takeFeedback(asksJournal: Bool = true) -> Bool {
        for outcome in asksJournal ? journal.takeOutcomes() : [] {
            switch outcome {
            case .committed(let batch): feedback.append(.committed(batch: batch))
            case .failed(let batch): feedback.append(.commitFailed(batch: batch))
            case .storing(let isStoring): feedback.append(.storing(isStoring))
            case .page(let page): feedback.append(.journalPage(page))
            case .retentionFailed: feedback.append(.retentionFailed)
            case .notice(let notice): notices.append(notice)
            }
        }
        guard !feedback.isEmpty else { return false }
        let now = Self.now()
        for input in feedback { hub.step(input, at: now, into: &effects) }
        feedback.removeAll(keepingCapacity: true)
        return true
    }

    static func now() -> FloorTime {
        FloorTime(boot: Int64(Clocks.bootMicroseconds()), wall: Clocks.wallMicroseconds())
    }
}
