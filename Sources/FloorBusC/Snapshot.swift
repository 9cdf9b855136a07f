import CFloorBus
import FloorClient
import FloorClientLoop
import FloorEvents
import FloorPosix

/// One answer that is read record by record: of GET or of REPLAY.
///
/// @unchecked Sendable because what changes is touched only with the client's `lock` held.
final class Snapshot: @unchecked Sendable {
    private let client: Client
    private let mailbox: MailboxID
    /// What its records are marked with.
    private let flag: Int
    /// How it ended; nil = there may be more.
    private var end: FloorStatus?

    private init(_ client: Client, _ mailbox: MailboxID, _ flag: Int) {
        self.client = client
        self.mailbox = mailbox
        self.flag = flag
    }

    /// Asks the hub, waiting for a session with it.
    static func ask(
        _ client: Client,
        _ patience: Patience,
        marking flag: Int,
        _ question: (inout ClientCore, MailboxID) throws(FloorStatus) -> RequestID
    ) throws(Failure) -> Snapshot {
        try checkMemory()
        let loop = try client.lock.withLock { () throws(Failure) in try client.openLoop() }
        guard try client.wait(loop, patience, until: { $0.isLinked }) else {
            if case .none = patience { throw Failure(.offline) }
            throw patience.disappointment
        }
        let mailbox = try naming { () throws(FloorStatus) in
            try loop.withCore { core throws(FloorStatus) in
                let mailbox = try core.openMailbox()
                do throws(FloorStatus) {
                    _ = try question(&core, mailbox)
                } catch {
                    core.closeMailbox(mailbox)
                    throw error
                }
                return mailbox
            }
        }
        return Snapshot(client, mailbox, flag)
    }

    /// The next record as a handle; nil at the end.
    func next(_ patience: Patience) throws(Failure) -> OpaquePointer? {
        client.lock.lock()
        defer { client.lock.unlock() }
        while true {
            let loop = try client.openLoop()
            if let end {
                guard end == .ok else { throw Failure(end) }
                return nil
            }
            switch loop.next(mailbox, into: &client.delivery) {
            case .replyRecord?:
                let event = Library.shared.blankEvent()
                _ = event.fill(.replyRecord, &client.delivery, for: client.encoding)
                event.mark(flag)
                // The record is out of its mailbox: without a handle it would be lost unseen.
                guard let handle = unsafe Library.shared.insert(event) else {
                    end = .limit
                    throw Failure(.limit, "too many events are held; release them and ask again")
                }
                return unsafe handle
            case .replyEnd?: end = client.delivery.status
            case .some: continue
            case nil: try client.wait(client.replied, patience)
            }
        }
    }

    /// Gives the rest up.
    func free() {
        client.lock.lock()
        defer { client.lock.unlock() }
        client.loop?.withCore { $0.closeMailbox(mailbox) }
    }
}
