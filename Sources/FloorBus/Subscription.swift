import FloorClient
import FloorClientLoop
public import FloorEvents
import FloorWire

/// A live subscription: an asynchronous sequence of what happens to matching keys.
///
///     let subscription = try client.subscribe(to: KeyFilter("agent/bj/"))
///     for try await event in subscription {
///         switch event {
///         case .record(let record): show(record)
///         case .removed(let record): hide(record.key)
///         case .snapshotEnd: print("complete")
///         case .gap, .linkUp, .linkDown: break
///         }
///     }
///
/// State values conflate: a slow reader gets the newest value of each key, with the number it
/// was not given. Events never conflate: at most the client's credit lies unread, the rest
/// waits at the hub.
///
/// - Thread: read by one task at a time.
/// - Lifetime: ends when the last reference is gone, when the client is closed, or when the
///   reading task is cancelled.
public final class Subscription: AsyncSequence, Sendable {
    /// What it brings.
    public typealias Element = FloorBusEvent
    /// How it can fail: the hub refuses the filter, or the client's thread ended by itself.
    public typealias Failure = FloorBusError

    private let loop: ClientLoop
    private let waiters: Waiters
    private let mailbox: MailboxID
    private let filters: [SubscriptionID: KeyFilter]

    init(
        _ filters: [KeyFilter],
        loop: ClientLoop,
        waiters: Waiters,
        minimumIntervalMilliseconds: UInt32
    ) throws(FloorBusError) {
        self.loop = loop
        self.waiters = waiters
        mailbox = try loop.openMailbox()
        waiters.open(mailbox)
        do {
            let mailbox = mailbox
            self.filters = try loop.withCore { core throws(FloorStatus) in
                var known: [SubscriptionID: KeyFilter] = [:]
                for filter in filters {
                    let id = try core.subscribe(
                        filter,
                        mailbox: mailbox,
                        minimumIntervalMilliseconds: minimumIntervalMilliseconds
                    )
                    known[id] = filter
                }
                return known
            }
        } catch {
            throw FloorBusError(error)
        }
    }

    deinit {
        let mailbox = mailbox
        loop.withCore { $0.closeMailbox(mailbox) }
        waiters.forget(mailbox)
    }

    /// Starts reading; a second iterator goes on where the first one stopped.
    public func makeAsyncIterator() -> Iterator { Iterator(self) }

    /// Reads a subscription.
    public struct Iterator: AsyncIteratorProtocol {
        /// How it can fail: the hub refuses the filter.
        public typealias Failure = FloorBusError
        private let subscription: Subscription
        private var delivery = Delivery()

        init(_ subscription: Subscription) { self.subscription = subscription }

        /// The next event; nil when the client is closed or the task is cancelled.
        public mutating func next() async throws(FloorBusError) -> FloorBusEvent? {
            while true {
                if let event = try takeNow() { return event }
                if Task.isCancelled { return nil }
                if subscription.waiters.isClosed {
                    guard let failure = subscription.loop.failure else { return nil }
                    throw FloorBusError(failure.status, failure.sentence)
                }
                await subscription.waiters.wait(for: subscription.mailbox)
            }
        }

        /// The next event if there is one now; never waits.
        public mutating func takeNow() throws(FloorBusError) -> FloorBusEvent? {
            while let kind = subscription.loop.next(subscription.mailbox, into: &delivery) {
                if kind == .subscriptionFailed,
                    let filter = subscription.filters[delivery.subscription]
                {
                    throw FloorBusError(delivery.status, "the subscription to", filter)
                }
                if let event = try delivery.event(kind) { return event }
            }
            return nil
        }
    }
}

extension Delivery {
    /// The delivery as an event; nil for kinds a subscription does not show.
    func event(_ kind: DeliveryKind) throws(FloorBusError) -> FloorBusEvent? {
        switch kind {
        case .record: FloorRecord(bytes.span, coalesced: coalesced).map { .record($0) }
        case .deleted: FloorRecord(bytes.span, coalesced: coalesced).map { .removed($0) }
        case .link: linkEvent
        case .snapshotEnd: .snapshotEnd(keys: count)
        case .gap: .gap(from: gap.from, to: gap.to, count: gap.count == 0 ? nil : gap.count)
        case .subscriptionFailed:
            throw FloorBusError(status, "the hub refused the subscription: " + status.sentence)
        case .result, .replyRecord, .replyEnd: nil
        }
    }

    private var linkEvent: FloorBusEvent {
        switch link {
        case .down(let status): return .linkDown(status)
        case .up(let epoch, let lineage, let continuity):
            let kind: LinkChange.Continuity
            switch continuity {
            case .first: kind = .first
            case .resumed: kind = .resumed
            case .resynced: kind = .resynced
            }
            return .linkUp(LinkChange(continuity: kind, epoch: epoch, lineage: lineage))
        }
    }
}

/// What may be read of what was asked for.
public struct ReadableRecords: Sendable {
    /// One record a key, in no particular order.
    public internal(set) var records: [FloorRecord] = []
    /// Whether the question was wider than what the asker may read.
    ///
    /// It does not tell whether there is anything else: that is nobody's business.
    public internal(set) var isPartial = false
}

extension FloorBusClient {
    /// Subscribes to what matches any of the filters.
    ///
    /// Begins with a snapshot of the present values, then brings every change; after a break it
    /// resumes where it was, or begins anew when that is not possible, and says so.
    ///
    /// - Parameters:
    ///   - filters: one or more; a key that several match comes once.
    ///   - minimumInterval: the hub gathers changes for so long; zero = it sends at once.
    /// - Returns: the sequence of events.
    /// - Throws: `FloorBusError` with `limit` for too many subscriptions.
    public func subscribe(
        to filters: KeyFilter...,
        minimumInterval: Duration = .zero
    ) throws(FloorBusError) -> Subscription {
        try subscribe(
            toAny: filters,
            minimumInterval: minimumInterval
        )
    }

    /// Subscribes to what matches any of a list of filters.
    public func subscribe(
        toAny filters: [KeyFilter],
        minimumInterval: Duration = .zero
    ) throws(FloorBusError) -> Subscription {
        try Subscription(
            filters,
            loop: loop,
            waiters: waiters,
            minimumIntervalMilliseconds: minimumInterval.optionMilliseconds
        )
    }

    /// Asks the hub for the present values of matching keys.
    ///
    ///     let agents = try await client.get(KeyFilter("agent/bj/"))
    ///
    /// - Parameters:
    ///   - filter: which keys; `team/-/hub/stats/` asks for the hub's own figures.
    ///   - timeout: the longest wait, for a link to the hub and for its answer.
    /// - Returns: one record a key, in no particular order.
    /// - Throws: `FloorBusError`: `offline` or `timedOut` when the hub does not answer; at once
    ///   `closed` when the client is closed or the task is cancelled, and the hub's reason when it
    ///   refuses the session for good.
    public func get(
        _ filter: KeyFilter,
        timeout: Duration = .seconds(5)
    ) async throws(FloorBusError) -> [FloorRecord] {
        try await ask(filter, asMayBeRead: false, timeout).records
    }

    /// Asks the hub for what may be read of the values of matching keys.
    ///
    ///     let flags = try await client.getReadable(KeyFilter("flag/"))
    ///     if flags.isPartial { print("only flags that are yours to read") }
    ///
    /// - Parameters:
    ///   - filter: which keys.
    ///   - timeout: the longest wait, for a link to the hub and for its answer.
    /// - Returns: one record a key, in no particular order, and whether the filter was wider.
    /// - Throws: as `get`; `denied` when nothing that matches may be read.
    public func getReadable(
        _ filter: KeyFilter,
        timeout: Duration = .seconds(5)
    ) async throws(FloorBusError) -> ReadableRecords {
        try await ask(filter, asMayBeRead: true, timeout)
    }

    private func ask(
        _ filter: KeyFilter,
        asMayBeRead: Bool,
        _ timeout: Duration
    ) async throws(FloorBusError) -> ReadableRecords {
        let mailbox = try loop.openMailbox()
        waiters.open(mailbox)
        defer {
            loop.withCore { $0.closeMailbox(mailbox) }
            waiters.forget(mailbox)
        }
        let waiters = waiters
        let deadline = ContinuousClock.now + timeout
        let timer = Task {
            try await passed(deadline)
            waiters.resume([mailbox])
        }
        defer { timer.cancel() }
        var isAsked = false
        var answer = ReadableRecords()
        while true {
            // The mailbox is told when the link comes up: then is the time to ask again.
            if !isAsked { isAsked = try ask(filter, mailbox, asMayBeRead) }
            if try takeReply(filter, mailbox, into: &answer) { return answer }
            if let ending = ending() { throw ending }
            guard ContinuousClock.now < deadline else { throw noAnswer(isAsked: isAsked) }
            await waiters.wait(for: mailbox)
        }
    }

    /// Why a wait for an answer ends before its time, if it does.
    private func ending() -> FloorBusError? {
        if let refusal = finalRefusal { return refusal }
        if Task.isCancelled {
            return FloorBusError(.closed, "the task was cancelled before the hub answered")
        }
        guard waiters.isClosed else { return nil }
        return loop.failure.map { FloorBusError($0.status, $0.sentence) } ?? FloorBusError(.closed)
    }

    private func noAnswer(isAsked: Bool) -> FloorBusError {
        guard !isAsked else { return FloorBusError(.timedOut, "the hub did not answer in time") }
        let reason = linkFailure.map { ": " + $0.sentence } ?? ""
        return FloorBusError(.offline, "no hub was there to be asked in time" + reason)
    }

    /// Asks; false while there is no link.
    private func ask(
        _ filter: KeyFilter,
        _ mailbox: MailboxID,
        _ asMayBeRead: Bool
    ) throws(FloorBusError) -> Bool {
        do {
            _ = try loop.withCore { core throws(FloorStatus) in
                try core.get(filter, mailbox: mailbox, asMayBeRead: asMayBeRead)
            }
            return true
        } catch {
            guard error == .offline else { throw FloorBusError(error) }
            return false
        }
    }

    /// Takes what has come of an answer; true at its end.
    private func takeReply(
        _ filter: KeyFilter,
        _ mailbox: MailboxID,
        into answer: inout ReadableRecords
    ) throws(FloorBusError) -> Bool {
        var delivery = Delivery()
        while let kind = loop.next(mailbox, into: &delivery) {
            switch kind {
            case .replyRecord:
                if let record = FloorRecord(delivery.bytes.span, coalesced: 0) {
                    answer.records.append(record)
                }
            case .replyEnd:
                guard delivery.status != .denied else {
                    throw FloorBusError(.denied, "to show", filter)
                }
                // The link broke with the session.
                if delivery.status == .offline, let refusal = finalRefusal { throw refusal }
                guard delivery.status == .ok else { throw FloorBusError(delivery.status) }
                answer.isPartial = delivery.isPartial
                return true
            default: break
            }
        }
        return false
    }
}
