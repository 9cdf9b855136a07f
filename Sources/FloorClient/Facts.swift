import FloorEvents

// What the parts of the core tell each other, through `ClientCore` alone.

/// How one operation came out.
struct OperationResult {
    var ticket: Ticket
    var status: FloorStatus
    var revision: Revision
    var claimGeneration: UInt32
    var owner: String
}

/// The uplink has an operation's result, and its publisher wanted to be told.
struct SettledOperation {
    /// Where to tell it; perhaps closed by now.
    var mailbox: MailboxID
    var result: OperationResult
}

/// An operation has given way to a newer one of its key, and is not settled yet.
struct ReplacedOperation {
    var ticket: Ticket
    /// Where its result is to be told, if anywhere.
    var mailbox: MailboxID?
}
