import FloorClient
public import FloorEvents
import FloorPosix
import FloorWire

// Notes: announcements, reminders to one person, alerts.

/// What sending a note came to.
public struct NoteReceipt: Sendable, Hashable {
    /// The note's id.
    public let id: FloorID
    /// The key under which it is read, withdrawn and, by its readers, acknowledged.
    public let key: FloorKey
}

extension FloorBusClient {
    /// Sends a note, and waits until the hub's journal has it.
    ///
    ///     var note = FloorNote(.reminder, text: "ask for the order number first")
    ///     note.person = "4711"
    ///     try await client.sendNote(note, site: "bj")
    ///
    /// - Parameters:
    ///   - note: kind, text, priority, roles, person and `expiresAt` are the sender's; the rest
    ///     the hub fills in.
    ///   - site: for whom; `-` = all sites.
    ///   - team: for whom; `-` = all teams of the site.
    ///   - id: the note's id, for a program that keeps its own; nil = a fresh one.
    /// - Returns: the note's id and key.
    /// - Throws: `FloorBusError`: `notFound` for a note to nobody, `denied`, `invalid`,
    ///   `expired`, `tooBig`, `closed`, …
    public func sendNote(
        _ note: FloorNote,
        site: String,
        team: String = "-",
        id: FloorID? = nil
    ) async throws(FloorBusError) -> NoteReceipt {
        let noteID: FloorID
        if let id { noteID = id } else { noteID = try FloorID.fresh() }
        let key: FloorKey
        do {
            key = try FloorKey(.note, site: site, unit: team, entity: noteID.text)
        } catch {
            throw FloorBusError(.badKey, error.sentence)
        }
        var payload: [UInt8] = []
        do { try note.append(to: &payload) } catch { throw FloorBusError(error) }
        let result = try await operate(.append, key, payload)
        guard result.status == .ok else { throw FloorBusError(result, of: key) }
        return NoteReceipt(id: noteID, key: key)
    }

    /// Says that one has read a note; of an alert, that one takes care of it.
    ///
    /// - Parameter key: the note's key, `note/SITE/TEAM/ID/`.
    /// - Returns: what became of it; `wrongState` for a note that is over.
    /// - Throws: `FloorBusError` when it could not be decided.
    @discardableResult
    public func acknowledgeNote(_ key: FloorKey) async throws(FloorBusError) -> FlagResult {
        try FlagResult(try await operate(.seen, key, []), of: key)
    }

    /// Takes a note back that one has sent.
    ///
    /// - Parameter key: the note's key.
    /// - Returns: what became of it; `notEligible` for anybody but the sender.
    /// - Throws: `FloorBusError` when it could not be decided.
    @discardableResult
    public func withdrawNote(_ key: FloorKey) async throws(FloorBusError) -> FlagResult {
        try FlagResult(try await operate(.cancel, key, []), of: key)
    }

    /// Notes to a person at work, as they are to be shown: at once what is urgent, the rest when
    /// they are not on a call.
    ///
    ///     for try await note in try client.inbox(site: "bj", team: "sales") {
    ///         show(note.text, isOver: note.status.isEnded)
    ///     }
    ///
    /// Whether they are on a call is read from their own state under `agent/SITE/TEAM/`.
    ///
    /// - Parameters:
    ///   - site: their site.
    ///   - team: their team.
    ///   - roles: what they are; notes to other roles are not shown.
    /// - Returns: notes to be shown, and shown ones again when they are over.
    /// - Throws: `FloorBusError` for names that make no key, and too many subscriptions.
    public func inbox(
        site: String,
        team: String,
        roles: Roles = .agent
    ) throws(FloorBusError) -> NoteInbox {
        let places: [(RecordKind, String, String, String?)] = [
            (.note, "-", "-", nil), (.note, site, "-", nil), (.note, site, team, nil),
            (.personal, site, principal, nil), (.agent, site, team, principal),
        ]
        var filters: [KeyFilter] = []
        for (kind, first, second, third) in places {
            var text =
                kind.name + "/" + FloorKey.segment(encoding: first) + "/"
                + FloorKey.segment(encoding: second) + "/"
            if let third { text += FloorKey.segment(encoding: third) + "/" }
            do {
                filters.append(try KeyFilter(text))
            } catch {
                throw FloorBusError(.badKey, error.sentence)
            }
        }
        let desk = NoteDesk(person: principal, roles: roles)
        return NoteInbox(try subscribe(toAny: filters), desk)
    }

    private func operate(
        _ operation: RecordOperation,
        _ key: FloorKey,
        _ payload: [UInt8]
    ) async throws(FloorBusError) -> PublishResult {
        var publication = Publication(operation, schema: PayloadSchema.note)
        publication.sourceTime = Clocks.wallMicroseconds()
        return try await result(of: publication, key, payload)
    }
}

/// Notes to one person, in the order and at the time they are to be shown.
///
/// - Thread: read by one task at a time.
/// - Lifetime: as a subscription's.
public struct NoteInbox: AsyncSequence, Sendable {
    /// What it brings.
    public typealias Element = FloorNote
    /// How it can fail: the hub refuses one of the filters.
    public typealias Failure = FloorBusError
    private let subscription: Subscription
    private let desk: NoteDesk

    init(_ subscription: Subscription, _ desk: NoteDesk) {
        self.subscription = subscription
        self.desk = desk
    }

    /// Starts reading.
    public func makeAsyncIterator() -> Iterator {
        Iterator(subscription.makeAsyncIterator(), desk)
    }

    /// Reads an inbox.
    public struct Iterator: AsyncIteratorProtocol {
        /// How it can fail: the hub refuses one of the filters.
        public typealias Failure = FloorBusError
        private var events: Subscription.Iterator
        private var desk: NoteDesk
        private var ready: [FloorNote] = []

        init(_ events: Subscription.Iterator, _ desk: NoteDesk) {
            self.events = events
            self.desk = desk
        }

        /// The next note to show; nil when the client is closed or the task is cancelled.
        public mutating func next() async throws(FloorBusError) -> FloorNote? {
            while ready.isEmpty {
                guard let event = try await events.next() else { return nil }
                guard case .record(let record) = event else { continue }
                if let state = try record.agentState {
                    let isBusy = state.activity == .busy || state.activity == .reserved
                    ready += desk.setBusy(isBusy)
                } else if let note = try record.note, let id = FloorID(record.key.entity),
                    record.operation != .seen || note.sender.isEmpty
                {
                    ready += desk.take(note, id)
                }
            }
            return ready.removeFirst()
        }
    }
}
