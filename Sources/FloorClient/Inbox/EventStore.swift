import FloorEvents
import FloorWire

/// Records of one message that lie end to end and wait in a mailbox for one reader.
struct RecordRun {
    /// The message in the event store.
    let message: Int32
    /// Where the next record begins, in the message's body.
    var next: Int32
    /// Where the last one ends.
    var end: Int32
    /// The subscription or the request they are for.
    let id: UInt32

    init(_ message: Int, _ record: Range<Int>, for id: UInt32) {
        self.message = Int32(message)
        next = Int32(record.lowerBound)
        end = Int32(record.upperBound)
        self.id = id
    }
}

/// Bodies of messages whose records wait in mailboxes, each once, with the credit they hold.
///
/// A message's charge is free when its last run has been taken by every mailbox. Its storage is
/// kept for the next one.
struct EventStore {
    /// Storage of other buffers above this size is given back when they are free, in bytes.
    static let keptCapacity = 4096

    private struct Message {
        var body: [UInt8] = []
        var charge = 0
        var references = 0

        /// Replaces the elements by the record at an offset; returns its length.
        func copyRecord(at start: Int, into out: inout [UInt8]) -> Int {
            let length = body.span.length(start)
            out.removeAll(keepingCapacity: true)
            out.append(span: body.span.extracting(start..<(start + length)))
            return length
        }
    }
    private var messages: [Message] = []
    private var free: [Int] = []

    /// A message whose records come next, with one reference; `release` ends that one.
    ///
    /// - Parameter charge: the credit it holds, in bytes.
    /// - Returns: its place, for `retain` and `release`.
    mutating func openMessage(charge: Int) -> Int {
        let place: Int
        if let reused = free.popLast() {
            place = reused
        } else {
            messages.append(Message())
            place = messages.count - 1
        }
        messages[place].body.removeAll(keepingCapacity: true)
        messages[place].charge = charge
        messages[place].references = 1
        return place
    }

    /// Keeps the message's body: some mailbox has a run of it.
    mutating func retain(_ message: Int, _ body: Span<UInt8>) {
        messages[message].references += 1
        if messages[message].body.isEmpty { messages[message].body.append(span: body) }
    }

    /// Replaces the elements by a run's next record, and moves the run on.
    func take(_ run: inout RecordRun, into out: inout [UInt8]) {
        run.next += Int32(messages[Int(run.message)].copyRecord(at: Int(run.next), into: &out))
    }

    /// Gives a run's records to a page; the body itself where nobody else needs it.
    mutating func take(_ run: RecordRun, into page: inout EventPage) {
        let message = Int(run.message)
        page.range = Int(run.next)..<Int(run.end)
        if messages[message].references == 1 {
            swap(&messages[message].body, &page.bytes)
        } else {
            page.bytes.removeAll(keepingCapacity: true)
            page.bytes.append(bytes: messages[message].body)
        }
    }

    /// One mailbox has taken its run; returns the charge that is free now, or 0.
    mutating func release(_ message: Int) -> Int {
        precondition(messages[message].references > 0, "EventStore: the message is free already")
        messages[message].references -= 1
        guard messages[message].references == 0 else { return 0 }
        free.append(message)
        return messages[message].charge
    }
}
