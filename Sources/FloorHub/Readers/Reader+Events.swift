import FloorEvents
import FloorWire

// A session is a cursor over the event lane (rule 5): from the ring while it is recent enough,
// from the journal when it is not, and a GAP for what the journal no longer has.

/// Whether a reader wants the keys with one set of filters: records often follow one another that
/// have the same.
private struct SetAnswers {
    /// All subscriptions want what matches behind this.
    let lastStart: Revision
    var set: Int32 = -1
    var isWanted = false

    init(_ reader: Reader) {
        lastStart = reader.subscriptions.reduce(.zero) { max($0, $1.eventStart) }
    }
}

extension Reader {
    /// A DELIVER for events: an application that does not consume them must not starve its own
    /// state lane.
    var eventFrame: DeliverFrame? {
        let reserve = Int(initialCredit / 4)
        let frame = DeliverFrame(capacity: creditLeft - reserve)
        return frame.hasRoom ? frame : nil
    }

    /// Whether what comes next is too old for the ring, and no page is here.
    func needsPage(_ lane: borrowing EventLane) -> Bool {
        page == nil && eventPosition < lane.windowStart
    }

    /// Adds what is wanted of the records from the position on, a run at a time.
    func addFromWindow(
        _ lane: borrowing EventLane,
        _ filters: borrowing FilterIndex,
        _ discretion: Discretion,
        _ frame: inout DeliverFrame,
        _ ledger: HubLedger,
        _ out: inout [UInt8]
    ) {
        var run = 0..<0
        var count = 0
        var position = eventPosition
        let step = position.rawValue + UInt64(Limits.eventRecordsPerStep) - 1
        let end = Revision(rawValue: min(lane.committed.rawValue, step))
        let bytes = lane.bytes
        var answers = SetAnswers(self)
        while position <= end {
            ledger.counts.work += 1
            let range = lane.record(position)
            if wants(lane, filters, position, bytes.span, range, &answers),
                discretion.shows(bytes.span.extracting(range))
            {
                guard frame.fits(run.count + range.count, out) else {
                    frame.noteFull()
                    break
                }
                if range.lowerBound != run.upperBound {
                    frame.add(bytes.span.extracting(run), count: count, &out)
                    run = range.lowerBound..<range.lowerBound
                    count = 0
                }
                run = run.lowerBound..<range.upperBound
                count += 1
            }
            position = position.next
        }
        frame.add(bytes.span.extracting(run), count: count, &out)
        eventPosition = position
        if position > lane.committed { hasEvents = false }
    }

    /// Whether a record of the window is wanted; `answers` has what was found before.
    private func wants(
        _ lane: borrowing EventLane,
        _ filters: borrowing FilterIndex,
        _ revision: Revision,
        _ bytes: Span<UInt8>,
        _ range: Range<Int>,
        _ answers: inout SetAnswers
    ) -> Bool {
        // Behind the start of some subscription the filter alone does not tell.
        guard revision > answers.lastStart,
            let set = lane.readers(revision, generation: filters.setGeneration)
        else { return wants(bytes, revision, at: range.lowerBound) }
        if set != answers.set {
            answers.set = set
            answers.isWanted = filters.set(set).contains { node in
                subscriptions.contains { $0.node == node }
            }
        }
        return answers.isWanted
    }

    /// Whether some subscription wants an event.
    private func wants(_ bytes: Span<UInt8>, _ revision: Revision, at offset: Int) -> Bool {
        let keyLength = Int(bytes.u16(offset + 68))
        let start = offset + RecordHeader.size
        let key = bytes.extracting(start..<(start + keyLength))
        for subscription in subscriptions
        where revision > subscription.eventStart && subscription.filter.matches(key) {
            return true
        }
        return false
    }

    /// Adds what is wanted of a page from the journal.
    func addFromPage(
        _ committed: Revision,
        _ discretion: Discretion,
        _ frame: inout DeliverFrame,
        _ ledger: HubLedger,
        _ out: inout [UInt8]
    ) {
        guard let page else { return }
        let bytes = page.records.span
        // Wanted records that lie end to end are copied together.
        var run = pageOffset..<pageOffset
        var count = 0
        defer { frame.addReplayed(bytes.extracting(run), count: count, &out) }
        while pageOffset < bytes.count {
            let view = RecordView(checked: bytes, at: pageOffset)
            let revision = view.revision(bytes)
            ledger.counts.work += 1
            // The journal is ahead of what it has told: that comes with its commit, once.
            if revision > committed { break }
            if wants(bytes, revision, at: pageOffset),
                discretion.shows(bytes.extracting(view.range))
            {
                guard frame.fits(run.count + view.range.count, out) else {
                    return frame.noteFull()
                }
                if view.range.lowerBound != run.upperBound {
                    frame.addReplayed(bytes.extracting(run), count: count, &out)
                    run = view.range.lowerBound..<view.range.lowerBound
                    count = 0
                }
                run = run.lowerBound..<view.range.upperBound
                count += 1
            }
            eventPosition = revision.next
            pageOffset = view.range.upperBound
        }
        self.page = nil
        eventPosition = max(eventPosition, page.through.next)
        // Lives before this one are over: behind a journal's end nothing of them is left.
        if page.atEnd {
            eventPosition = max(eventPosition, Revision(epoch: committed.epoch, counter: 1))
        }
        if eventPosition > committed { hasEvents = false }
    }

    /// Takes a page that was asked for, and tells of records that no page has any more.
    func take(
        _ page: JournalPage,
        _ committed: Revision,
        _ ledger: HubLedger,
        _ effects: inout HubEffects
    ) {
        awaitedPage = nil
        // No further than what is committed: the revisions behind it are still to be given.
        let lost = page.isUnreadable ? min(page.through, committed) : page.floor
        if lost >= eventPosition {
            let from = eventPosition
            // Across epochs the number of records lost is not known, and 0 says so.
            let isOneLife = from.epoch == lost.epoch
            let count = isOneLife ? lost.counter - from.counter + 1 : 0
            ledger.counts.gaps += 1
            eventPosition = lost.next
            let gap = Gap(from: from, to: lost, count: count)
            downlink.send(.gap, &effects) { gap.append(to: &$0) }
        }
        self.page = page
        pageOffset = 0
    }

    /// Sends the event cursor back, for a subscription that starts earlier; true when it went.
    ///
    /// The others have had what lies between: they start anew where the cursor was.
    func moveBack(to start: Revision, committed: Revision) -> Bool {
        let next = start.next
        if hasEvents, eventPosition <= next { return false }
        let served = stableEvent(head: committed)
        for index in subscriptions.indices {
            subscriptions[index].eventStart = max(subscriptions[index].eventStart, served)
        }
        hasEvents = true
        eventPosition = next
        page = nil
        pageOffset = 0
        return true
    }
}
