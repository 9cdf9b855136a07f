import FloorEvents
import FloorWire

// A session is a cursor over the event lane (rule 5): from the ring while it is recent enough,
// from the journal when it is not, and a GAP for what the journal no longer has.

/// Who waits for a page of the journal.
enum PageReader {
    case session(Session)
    case replay(Session, request: UInt64, Request, KeyFilter)
}

/// Whether a session wants the keys with one set of readers: records often follow one another
/// that have the same.
private struct ReaderAnswers {
    /// All subscriptions of the session want what matches behind this.
    let lastStart: Revision
    var readers: Int32 = -1
    var isWanted = false

    init(_ session: Session) {
        lastStart = session.subscriptions.reduce(.zero) { max($0, $1.eventStart) }
    }
}

extension Hub {
    /// Sends one DELIVER of events, if any are due; true when one was sent.
    mutating func deliverEvents(_ session: Session, _ effects: inout HubEffects) -> Bool {
        guard session.hasEvents else { return false }
        // An application that does not consume events must not starve its own state lane.
        let reserve = Int(session.initialCredit / 4)
        var frame = DeliverFrame(capacity: session.creditLeft - reserve)
        guard frame.hasRoom else { return false }
        if session.page == nil, session.eventPosition < lane.windowStart {
            requestPage(session, &effects)
            return false
        }
        frame.begin(session, &effects.bytes)
        if session.page != nil {
            addFromPage(session, &frame, &effects)
        } else {
            addFromWindow(session, &frame, &effects.bytes)
        }
        let sent = finish(session, &frame, &effects)
        // Nothing matched in this stretch, but there is more behind it.
        if !sent, session.hasEvents, !session.awaitsPage, frame.isUnhindered {
            effects.hasMoreWork = true
            activate(session)
        }
        return sent
    }

    /// Adds what the session wants of the records from its position on, a run at a time.
    private mutating func addFromWindow(
        _ session: Session,
        _ frame: inout DeliverFrame,
        _ out: inout [UInt8]
    ) {
        var run = 0..<0
        var count = 0
        var position = session.eventPosition
        let end = Revision(
            rawValue: min(
                lane.committed.rawValue,
                position.rawValue + UInt64(Limits.eventRecordsPerStep) - 1
            )
        )
        var answers = ReaderAnswers(session)
        while position <= end {
            counts.work += 1
            let range = lane.record(position)
            if wants(session, position, range, &answers) {
                guard frame.fits(run.count + range.count, out) else {
                    frame.noteFull()
                    break
                }
                if range.lowerBound != run.upperBound {
                    frame.add(lane.window.bytes.span.extracting(run), count: count, &out)
                    run = range.lowerBound..<range.lowerBound
                    count = 0
                }
                run = run.lowerBound..<range.upperBound
                count += 1
            }
            position = position.next
        }
        frame.add(lane.window.bytes.span.extracting(run), count: count, &out)
        session.eventPosition = position
        if position > lane.committed { session.hasEvents = false }
    }

    /// Whether a session wants a record of the window; `answers` has what was found before.
    private func wants(
        _ session: Session,
        _ revision: Revision,
        _ range: Range<Int>,
        _ answers: inout ReaderAnswers
    ) -> Bool {
        // Behind the start of some subscription the filter alone does not tell.
        guard revision > answers.lastStart,
            let readers = lane.readers(revision, generation: filters.setGeneration)
        else { return wants(session, lane.window.bytes.span, revision, at: range.lowerBound) }
        if readers != answers.readers {
            answers.readers = readers
            answers.isWanted = filters.sets[Int(readers)].contains { node in
                session.subscriptions.contains { $0.node == node }
            }
        }
        return answers.isWanted
    }

    /// Whether some subscription wants an event.
    private func wants(
        _ session: Session,
        _ bytes: Span<UInt8>,
        _ revision: Revision,
        at offset: Int
    ) -> Bool {
        let keyLength = Int(bytes.u16(offset + 68))
        let start = offset + RecordHeader.size
        let key = bytes.extracting(start..<(start + keyLength))
        for subscription in session.subscriptions
        where revision > subscription.eventStart && subscription.filter.matches(key) {
            return true
        }
        return false
    }

    // MARK: the journal

    private mutating func requestPage(_ session: Session, _ effects: inout HubEffects) {
        guard !session.awaitsPage else { return }
        lastReadToken += 1
        session.readToken = lastReadToken
        session.awaitsPage = true
        pageReaders[lastReadToken] = .session(session)
        effects.list.append(
            .readEvents(
                ReadRequest(
                    token: lastReadToken,
                    after: session.eventPosition.previous,
                    maximumRecords: Limits.eventRecordsPerStep,
                    maximumBytes: DeliverFrame.recordBytes
                )
            )
        )
    }

    mutating func cancelRead(_ session: Session) {
        guard session.awaitsPage else { return }
        pageReaders[session.readToken] = nil
        session.awaitsPage = false
    }

    mutating func takePage(_ page: JournalPage, _ effects: inout HubEffects) {
        guard let reader = pageReaders.removeValue(forKey: page.token) else { return }
        switch reader {
        case .session(let session):
            session.awaitsPage = false
            // No further than what is committed: the revisions behind it are still to be given.
            let lost = page.isUnreadable ? min(page.through, lane.committed) : page.floor
            if lost >= session.eventPosition { tellGap(session, lost, &effects) }
            session.page = page
            session.pageOffset = 0
            activate(session)
        case .replay(let session, let request, let question, let filter):
            session.replays.removeAll { $0 == page.token }
            answerReplay(session, request, question, filter, page, &effects)
        }
    }

    private mutating func tellGap(
        _ session: Session,
        _ floor: Revision,
        _ effects: inout HubEffects
    ) {
        let from = session.eventPosition
        // Across epochs the number of records lost is not known, and 0 says so.
        let count = from.epoch == floor.epoch ? floor.counter - from.counter + 1 : 0
        counts.gaps += 1
        session.eventPosition = floor.next
        let gap = Gap(from: from, to: floor, count: count)
        send(session, .gap, &effects) { gap.append(to: &$0) }
    }

    private mutating func addFromPage(
        _ session: Session,
        _ frame: inout DeliverFrame,
        _ effects: inout HubEffects
    ) {
        guard let page = session.page else { return }
        let bytes = page.records.span
        // Wanted records that lie end to end are copied together.
        var run = session.pageOffset..<session.pageOffset
        var count = 0
        defer { frame.addReplayed(bytes.extracting(run), count: count, &effects.bytes) }
        while session.pageOffset < bytes.count {
            let view = RecordView(checked: bytes, at: session.pageOffset)
            let revision = view.revision(bytes)
            // The journal is ahead of what it has told: that comes with its commit, once.
            if revision > lane.committed { break }
            if wants(session, bytes, revision, at: session.pageOffset) {
                guard frame.fits(run.count + view.range.count, effects.bytes) else {
                    return frame.noteFull()
                }
                if view.range.lowerBound != run.upperBound {
                    frame.addReplayed(bytes.extracting(run), count: count, &effects.bytes)
                    run = view.range.lowerBound..<view.range.lowerBound
                    count = 0
                }
                run = run.lowerBound..<view.range.upperBound
                count += 1
            }
            session.eventPosition = revision.next
            session.pageOffset = view.range.upperBound
        }
        session.page = nil
        session.eventPosition = max(session.eventPosition, page.through.next)
        if session.eventPosition > lane.committed { session.hasEvents = false }
    }
}
