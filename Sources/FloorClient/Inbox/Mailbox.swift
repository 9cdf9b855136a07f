import FloorEvents
import FloorWire

/// One thing that waits in a mailbox.
enum MailboxItem {
    /// A cached key; its value is read when taken.
    case key(Int32)
    /// Events in the store, and the subscription they are for.
    case events(RecordRun)
    /// The link's present report, read when taken.
    case link
    /// A snapshot's end; void when a later one of the subscription is queued.
    case snapshotEnd(UInt32, count: UInt64)
    /// The gathered gap, read when taken.
    case gap
    /// The front of `results`.
    case result
    /// A subscription the hub refused.
    case failed(UInt32, FloorStatus)
    /// Records in the store that answer a request.
    case replies(RecordRun)
    case replyEnd(UInt32, FloorStatus, isPartial: Bool)
}

/// One order of events for one reader.
///
/// Bounded: a key, the link and the gap are queued at most once, events hold credit, results
/// and replies are limited where they are asked for.
struct Mailbox {
    var generation: UInt32 = 0
    var isOpen = false
    var items = Ring<MailboxItem>()
    var results = Ring<OperationResult>()
    /// By cache slot: 0 = not queued, else 1 + values passed over since it was queued.
    private var marks: [UInt32] = []
    /// Whether the loop has been told of what waits.
    var isSignalled = false
    /// Whether it is on the list of mailboxes to tell the loop of.
    var isListed = false
    var isLinkQueued = false
    var toldLink: LinkReport?
    /// The worst continuity of the links since the last one told.
    var untoldResync = false
    var gap: Gap?
    /// Operations whose results come here and have not been taken.
    var owedResults = 0
    /// The last record that was queued here, so that overlapping subscriptions give it once.
    var lastRecord: UInt64 = 0

    /// Queues a key once, and counts what is passed over; true when newly queued.
    mutating func queueKey(_ slot: Int, coalesced: UInt32) -> Bool {
        while marks.count <= slot { marks.append(0) }
        if marks[slot] != 0 {
            let sum = UInt64(marks[slot]) + 1 + UInt64(coalesced)
            marks[slot] = UInt32(clamping: sum)
            return false
        }
        marks[slot] = UInt32(clamping: UInt64(coalesced) + 1)
        items.append(.key(Int32(slot)))
        return true
    }

    func isQueued(_ slot: Int) -> Bool { slot < marks.count && marks[slot] != 0 }

    /// Takes a key's mark: how many values were passed over, or nil when it is not queued.
    mutating func takeMark(_ slot: Int) -> UInt32? {
        guard isQueued(slot) else { return nil }
        let coalesced = marks[slot] - 1
        marks[slot] = 0
        return coalesced
    }

    /// Queues an event, with those before it where it follows them; false when it does, and true
    /// for a run of its own.
    mutating func queueEvent(_ run: RecordRun) -> Bool {
        if case .events(var last)? = items.last, last.message == run.message, last.id == run.id,
            last.end == run.next
        {
            last.end = run.end
            items.last = .events(last)
            return false
        }
        items.append(.events(run))
        return true
    }

    /// Queues a snapshot's end behind everything of the snapshot.
    mutating func queueSnapshotEnd(_ subscription: UInt32, count: UInt64) {
        removeSnapshotEnd(subscription)
        items.append(.snapshotEnd(subscription, count: count))
    }

    mutating func removeSnapshotEnd(_ subscription: UInt32) {
        items.keep { item in
            if case .snapshotEnd(subscription, _) = item { return false }
            return true
        }
    }

    mutating func queueGap(_ more: Gap) {
        guard let gap else {
            self.gap = more
            return items.append(.gap)
        }
        // A count of 0 says "unknown", and unknown plus anything is unknown.
        let isKnown = gap.count > 0 && more.count > 0
        let sum = gap.count.addingReportingOverflow(more.count)
        self.gap = Gap(
            from: min(gap.from, more.from),
            to: max(gap.to, more.to),
            count: isKnown && !sum.overflow ? sum.partialValue : 0
        )
    }

    /// Closes the mailbox, keeping its number's generation.
    mutating func reset() {
        let generation = generation
        self = Mailbox()
        self.generation = generation &+ 1
    }
}
