import FloorClient
import FloorClientLoop
public import FloorEvents
import FloorWire

/// What can be published, with its payload.
public enum FloorContent: Sendable, Hashable {
    /// What an agent is doing; for `agent/` keys.
    case agent(AgentState)
    /// How full a queue is; for `queue/` keys.
    case queue(QueueLevel)
    /// A team's figures; for `team/` keys.
    case team(TeamFigures)
    /// An application's own last value; for `custom/` keys. At most 16 KiB.
    case custom([UInt8], schema: UInt16)
    /// An application's own event; for `event/` keys. At most 16 KiB.
    case event([UInt8], schema: UInt16)

    var kind: RecordKind {
        switch self {
        case .agent: .agent
        case .queue: .queue
        case .team: .team
        case .custom: .custom
        case .event: .event
        }
    }

    func encoded() throws(FloorStatus) -> (payload: [UInt8], schema: UInt16) {
        var out: [UInt8] = []
        switch self {
        case .agent(let state):
            try state.append(to: &out)
            return (out, PayloadSchema.agent)
        case .queue(let level):
            try level.append(to: &out)
            return (out, PayloadSchema.queue)
        case .team(let figures):
            try figures.append(to: &out)
            return (out, PayloadSchema.team)
        case .custom(let bytes, let schema), .event(let bytes, let schema):
            return (bytes, schema)
        }
    }
}

/// What one publish does beside its content.
public struct PublishOptions: Sendable, Hashable {
    /// Whether the value is under this client's lease: suspect and stale when it falls silent.
    public var isLeased = true
    /// The revision the key must have; nil = any.
    public var expectedRevision: Revision?
    /// When it happened by the publisher's clock; advice only, nil = not said.
    public var sourceTime: FloorMoment?

    /// Leased, whatever the key's revision.
    public init() {}

    /// A value that stays fresh after its publisher has gone, as a command line wants.
    public static var unleased: PublishOptions {
        var options = PublishOptions()
        options.isLeased = false
        return options
    }
}

/// How an operation came out at the hub.
public struct PublishResult: Sendable, Hashable {
    /// How it came out; `ok` when it was applied.
    public let status: FloorStatus
    /// The revision it made; on a conflict the key's present one; nil when there is none.
    public let revision: Revision?
    /// What the wire says in words, and what that is depends on the status.
    let text: String
    /// Of a flag operation the flag's fencing token; of a raise the supporters who may take it.
    let number: UInt32

    init(status: FloorStatus, revision: Revision = .zero, text: String = "", number: UInt32 = 0) {
        self.status = status
        self.revision = revision == .zero ? nil : revision
        self.text = text
        self.number = number
    }

    /// On a conflict, who holds it; nil when that is nobody, or not said.
    public var owner: String? { status == .conflict && !text.isEmpty ? text : nil }

    /// Why it was refused, in a few words; nil when the status says all there is to say.
    public var reason: String? {
        switch status {
        case .ok, .conflict, .exists: nil
        default: text.isEmpty ? nil : text
        }
    }
}

extension FloorBusClient {
    /// Publishes and waits until the hub has applied it; events until the journal holds them.
    ///
    /// While the link is down, or the hub's journal cannot store (`delay`), it waits as long as
    /// that lasts. The wait ends without an answer when the task is cancelled or the client closed
    /// (`closed`), and when the hub refuses the session for good (`denied`, `unsupported`, …). The
    /// error has no `result` then, and the operation stays in the outbox: it is sent when there is
    /// a session, unless the client is closed before.
    ///
    /// - Parameters:
    ///   - content: what; its kind must be the key's.
    ///   - key: of what.
    ///   - options: lease, expected revision, source time.
    /// - Returns: the revision it made.
    /// - Throws: `FloorBusError` with the status: `conflict`, `denied`, `limit`, `tooBig`, …
    @discardableResult
    public func publish(
        _ content: FloorContent,
        to key: FloorKey,
        options: PublishOptions = PublishOptions()
    ) async throws(FloorBusError) -> PublishResult {
        let prepared = try prepare(content, key, options)
        return try await finish(prepared.0, key, prepared.1)
    }

    /// Removes a key's last value and waits until the hub has done so.
    ///
    /// - Parameters:
    ///   - key: of a state kind.
    ///   - expectedRevision: the revision the key must have; nil = any.
    /// - Returns: the revision of the removal.
    /// - Throws: `FloorBusError` with the status: `notFound`, `conflict`, …
    @discardableResult
    public func remove(
        _ key: FloorKey,
        expectedRevision: Revision? = nil
    ) async throws(FloorBusError) -> PublishResult {
        var publication = Publication(.delete)
        publication.expectedRevision = expectedRevision ?? .zero
        return try await finish(publication, key, [])
    }

    /// Publishes without waiting; never blocks.
    ///
    /// The operation is kept until the hub has answered; `flush` waits for that, and
    /// `statistics.refused` counts those that came out badly. When `post` returns, an outbox file
    /// has it.
    ///
    /// - Throws: `FloorBusError` with `limit` when the outbox is full: wait with `flush`; with
    ///   `storage` when the outbox file's disk is full.
    public func post(
        _ content: FloorContent,
        to key: FloorKey,
        options: PublishOptions = PublishOptions()
    ) throws(FloorBusError) {
        let prepared = try prepare(content, key, options)
        do {
            _ = try submit(prepared.0, key, prepared.1, tells: nil)
        } catch {
            throw FloorBusError(error, withoutAnswerOf: key)
        }
    }

    private func prepare(
        _ content: FloorContent,
        _ key: FloorKey,
        _ options: PublishOptions
    ) throws(FloorBusError) -> (Publication, [UInt8]) {
        guard key.kind == content.kind else {
            throw FloorBusError(
                .badKey,
                "the key " + key.text + " is of the kind " + key.kind.name + ", the content is "
                    + content.kind.name
            )
        }
        let encoded: (payload: [UInt8], schema: UInt16)
        do { encoded = try content.encoded() } catch { throw FloorBusError(error) }
        var publication = Publication(
            key.kind.lane == .state ? .put : .append,
            schema: encoded.schema
        )
        publication.isLeased = options.isLeased
        publication.expectedRevision = options.expectedRevision ?? .zero
        publication.sourceTime = options.sourceTime?.microsecondsSince1970 ?? 0
        return (publication, encoded.payload)
    }

    private func submit(
        _ publication: Publication,
        _ key: FloorKey,
        _ payload: [UInt8],
        tells mailbox: MailboxID?
    ) throws(FloorBusError) -> Ticket {
        do {
            return try loop.publish(
                publication,
                key: key.bytes.span,
                payload: payload.span,
                results: mailbox
            )
        } catch {
            // Of the two that `storage` may be about, only the file has a say before the hub.
            let sentence = error == .storage ? "the outbox file cannot store" : error.sentence
            throw FloorBusError(error, sentence)
        }
    }

    private func finish(
        _ publication: Publication,
        _ key: FloorKey,
        _ payload: [UInt8]
    ) async throws(FloorBusError) -> PublishResult {
        let result = try await result(of: publication, key, payload)
        guard result.status == .ok else { throw FloorBusError(result, of: key) }
        return result
    }

    /// Submits an operation and waits for its result, good or bad.
    func result(
        of publication: Publication,
        _ key: FloorKey,
        _ payload: [UInt8]
    ) async throws(FloorBusError) -> PublishResult {
        do {
            return try await results.result { () throws(FloorBusError) in
                try self.submit(publication, key, payload, tells: self.results.mailbox)
            }
        } catch {
            throw FloorBusError(error, withoutAnswerOf: key)
        }
    }
}
