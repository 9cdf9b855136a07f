import FloorClient
import FloorPosix
import FloorWire

// What went wrong in the loop itself; what the hub says is the core's.

extension ClientLoop {
    /// Why the client's thread ended by itself; nil while it runs, and after `close`.
    ///
    /// Every operation has its result by then, `closed`, and every mailbox has been told.
    public var failure: ClientLoopError? { lock.withLock { failed.map { .system($0) } } }

    /// Why the last attempt could not even begin: a malformed endpoint, no file left to open.
    ///
    /// nil when it could. The client goes on trying.
    public var linkFailure: ClientLoopError? { lock.withLock { linkFailed.map { .socket($0) } } }

    /// What is to be said of the link since it was last looked at; with `lock` held.
    func linkNotice() -> LinkNotice? {
        let notice: LinkNotice
        if core.isLinked {
            // Compared without making a text: this is looked at in every turn.
            if case .linked(let epoch)? = toldLink, epoch == core.epoch { return nil }
            notice = .linked(epoch: core.epoch)
        } else {
            guard core.isBetweenAttempts else { return nil }
            let failure = linkFailed.map { ClientLoopError.socket($0).sentence }
            let why = core.lastRefusal?.sentence ?? failure ?? "no hub answers"
            // Byte by byte: String's == brings tables of Unicode along, 35 KB.
            if case .unlinked(let told)? = toldLink, told.utf8.elementsEqual(why.utf8) {
                return nil
            }
            notice = .unlinked(why)
        }
        toldLink = notice
        return notice
    }
}

/// Whom a loop tells what an operator or the application may want to know.
struct Told: Sendable {
    let work: @Sendable (ClientNotice) -> Void
    let link: @Sendable (LinkNotice) -> Void

    init(
        _ work: @escaping @Sendable (ClientNotice) -> Void,
        _ link: @escaping @Sendable (LinkNotice) -> Void
    ) {
        self.work = work
        self.link = link
    }
}

/// The link of a client as its operator may want to know it.
public enum LinkNotice: Sendable {
    /// A session with the hub is open, in this life of it.
    case linked(epoch: UInt32)
    /// There is no session, and why, as far as that is known; said once for each reason.
    case unlinked(String)
}
