import FloorEvents
import FloorWire

// What a reader without a token is told of the event lane's past: open flags and unexpired notes,
// as one run in the order of their revisions, before any event that happens from now on (rule 5).

/// The kept records that a reader's new subscriptions await: gathered, some each turn, then sent.
struct KeptRun {
    /// The subscription being gathered for, and how far that is; `.max` when all are through.
    fileprivate var subscription = 0
    fileprivate var cursor = KeyCursor()
    fileprivate var found: [(revision: Revision, slot: Int32)] = []
    fileprivate var next = 0
    fileprivate var isGathered = false
}

extension Reader {
    /// Finds the records that are awaited; false when work ran out before the end.
    func gatherKept(_ table: borrowing KeptTable, _ work: inout Int) -> Bool {
        guard var run = kept, !run.isGathered else { return true }
        kept = nil
        defer { kept = run }
        while run.subscription < subscriptions.count {
            let subscription = subscriptions[run.subscription]
            if subscription.awaitsKept {
                let isThrough = table.walk(subscription.filter, &run.cursor, &work) { slot in
                    let revision = table.revision(slot)
                    if table.isOpen(slot), revision <= subscription.eventStart {
                        run.found.append((revision, Int32(slot)))
                    }
                    return true
                }
                guard isThrough else { return false }
            }
            run.cursor = KeyCursor()
            run.subscription += 1
        }
        run.found.sort { $0.revision < $1.revision }
        run.isGathered = true
        return true
    }

    /// Fills a DELIVER with gathered records; ends the run when all are in.
    func addKept(
        _ table: borrowing KeptTable,
        _ discretion: Discretion,
        _ frame: inout DeliverFrame,
        _ ledger: HubLedger,
        _ out: inout [UInt8]
    ) {
        guard var run = kept else { return }
        kept = nil
        var last = Revision.zero
        while run.next < run.found.count {
            let (revision, place) = run.found[run.next]
            let slot = Int(place)
            ledger.counts.work += 1
            // Twice, for two subscriptions; what changed meanwhile comes as an event.
            if revision != last, table.revision(slot) == revision, table.isOpen(slot),
                discretion.shows(table.record(slot).span)
            {
                guard frame.fits(table.recordSize(slot), out) else {
                    kept = run
                    return frame.noteFull()
                }
                frame.add(table.record(slot), flags: [.snapshot], coalesced: 0, &out)
                for index in subscriptions.indices
                where subscriptions[index].awaitsKept
                    && revision <= subscriptions[index].eventStart
                    && table.matches(subscriptions[index].filter, slot)
                {
                    subscriptions[index].keptSent += 1
                }
            }
            last = revision
            run.next += 1
        }
        for index in subscriptions.indices { subscriptions[index].awaitsKept = false }
    }
}
