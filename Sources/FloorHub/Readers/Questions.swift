import FloorEvents
import FloorWire

// GET and REPLAY: answers outside any subscription, within the question's own bound, so that an
// application which has stopped receiving can still ask.

/// A GET being answered: what the asker may read of what its filter matches.
struct Question {
    let number: UInt64
    /// What may be read, one filter after the other; a key that several match is the first one's.
    let parts: [KeyFilter]
    /// Whether something was left out.
    var isPartial: Bool
    /// The cursor that it came with.
    let begun: UInt64
    /// Whether flags and notes are next; values come first.
    var isOfKept: Bool
    private var part: Int
    var cursor: KeyCursor
    var frame: ReplyFrame
    var bytes: [UInt8] = []

    /// A question whose filters are well-formed and may be read.
    init(
        _ number: UInt64,
        _ request: Request,
        _ parts: [KeyFilter],
        isPartial: Bool,
        _ state: borrowing StateLane,
        _ kept: borrowing KeptTable
    ) {
        self.number = number
        self.parts = parts
        self.isPartial = isPartial
        begun = request.cursor
        isOfKept = request.cursor & WireCursor.keptBit != 0
        cursor = KeyCursor()
        part = 0
        frame = ReplyFrame(request: number, maximum: request.maximumBytes)
        // It goes on with the part that tells the cursor's key; without one it begins anew.
        guard let slot = isOfKept ? kept.slot(request.cursor) : state.slot(request.cursor) else {
            // With the values, whatever the cursor said.
            isOfKept = false
            return
        }
        for (place, filter) in parts.enumerated() {
            guard isOfKept ? kept.matches(filter, slot) : state.matches(filter, slot) else {
                continue
            }
            part = place
            cursor = isOfKept ? kept.cursor(request.cursor) : state.cursor(request.cursor)
            return
        }
    }

    /// Goes on while there is work left; how it ends, or nil when that is not yet.
    mutating func go(
        _ work: inout Int,
        _ state: borrowing StateLane,
        _ kept: borrowing KeptTable,
        _ discretion: Discretion
    ) -> ReplyEnd? {
        while true {
            while part < parts.count {
                let filter = parts[part]
                if isOfKept ? filter.mayMatchKept : filter.mayMatchState {
                    var left: Int?
                    let isThrough =
                        isOfKept
                        ? tellKept(filter, &work, kept, discretion, &left)
                        : tellValues(filter, &work, state, &left)
                    if let left { return pause(before: left, state, kept) }
                    guard isThrough else { return nil }
                }
                part += 1
                cursor = KeyCursor()
            }
            guard !isOfKept else { return ReplyEnd(request: number, .ok) }
            isOfKept = true
            part = 0
        }
    }

    private func pause(
        before slot: Int,
        _ state: borrowing StateLane,
        _ kept: borrowing KeptTable
    ) -> ReplyEnd {
        var end = ReplyEnd(request: number, .ok)
        end.more = true
        end.cursor =
            isOfKept
            ? kept.wireCursor(slot, after: begun) : state.wireCursor(slot, after: begun)
        return end
    }

    private mutating func tellValues(
        _ filter: KeyFilter,
        _ work: inout Int,
        _ state: borrowing StateLane,
        _ left: inout Int?
    ) -> Bool {
        var (frame, bytes, cursor) = (frame, bytes, cursor)
        self.bytes = []
        defer { (self.frame, self.bytes, self.cursor) = (frame, bytes, cursor) }
        let earlier = parts[..<part]
        return state.walk(filter, &cursor, &work) { slot in
            if earlier.contains(where: { state.matches($0, slot) }) { return true }
            if frame.add(state.record(slot), &bytes) { return true }
            left = slot
            return false
        }
    }

    private mutating func tellKept(
        _ filter: KeyFilter,
        _ work: inout Int,
        _ kept: borrowing KeptTable,
        _ discretion: Discretion,
        _ left: inout Int?
    ) -> Bool {
        var (frame, bytes, cursor) = (frame, bytes, cursor)
        self.bytes = []
        var isPartial = isPartial
        defer {
            (self.frame, self.bytes, self.cursor) = (frame, bytes, cursor)
            self.isPartial = isPartial
        }
        let earlier = parts[..<part]
        return kept.walk(filter, &cursor, &work) { slot in
            if earlier.contains(where: { kept.matches($0, slot) }) { return true }
            guard discretion.shows(kept.record(slot).span) else {
                isPartial = true
                return true
            }
            if frame.add(kept.record(slot), &bytes) { return true }
            left = slot
            return false
        }
    }
}

/// A REPLAY that waits for the journal.
struct Replay {
    let session: Session
    let number: UInt64
    let request: Request
    let filter: KeyFilter

    /// What a page holds for it.
    func answer(_ page: JournalPage, epoch: UInt32) -> (ReplyFrame, [UInt8], ReplyEnd) {
        var end = ReplyEnd(request: number, .ok)
        var frame = ReplyFrame(request: number, maximum: request.maximumBytes)
        var out: [UInt8] = []
        let bytes = page.records.span
        var at = 0
        var reached = Revision(rawValue: request.cursor)
        var isPast = false
        while at < bytes.count, let view = try? RecordView(bytes, at: at) {
            let header = view.header(bytes)
            // Stamps ascend within a life of the hub; a later life's may lie before an earlier's.
            isPast = header.hubTime > request.to && header.revision.epoch == epoch
            if isPast { break }
            let isWanted = header.hubTime >= request.from && header.hubTime <= request.to
            if isWanted, filter.matches(bytes.extracting(view.key)),
                session.principal.discretion.shows(bytes.extracting(view.range))
            {
                guard frame.add(bytes.copy(view.range), &out) else { break }
            }
            reached = header.revision
            at = view.range.upperBound
        }
        if at == bytes.count { reached = max(reached, page.through) }
        end.more = !isPast && !(page.atEnd && at == bytes.count)
        end.cursor = reached.rawValue
        return (frame, out, end)
    }
}

/// Sessions with questions that were not answered at once, by turns.
struct QuestionQueue {
    private var sessions: [Session] = []
    private var next = 0

    var isEmpty: Bool { sessions.isEmpty }

    mutating func add(_ session: Session, _ question: Question) {
        session.principal.account.take(1, .requests)
        session.reader.questions.append(question)
        guard !session.reader.isAsking else { return }
        session.reader.isAsking = true
        sessions.append(session)
    }

    /// A session is over.
    mutating func forget(_ session: Session) {
        let count = session.reader.questions.count
        session.principal.account.giveBack(count, .requests)
        session.reader.questions.removeAll()
    }

    /// Answers while there is work left.
    mutating func answer(
        _ work: inout Int,
        _ state: borrowing StateLane,
        _ kept: borrowing KeptTable,
        _ effects: inout HubEffects
    ) {
        while work > 0, !sessions.isEmpty {
            if next >= sessions.count { next = 0 }
            let session = sessions[next]
            var share = min(work, Limits.workPerSession)
            work -= share
            answer(session, &share, state, kept, &effects)
            work += share
            if session.reader.questions.isEmpty {
                session.reader.isAsking = false
                sessions.remove(at: next)
            } else {
                next += 1
            }
        }
    }

    private func answer(
        _ session: Session,
        _ work: inout Int,
        _ state: borrowing StateLane,
        _ kept: borrowing KeptTable,
        _ effects: inout HubEffects
    ) {
        let reader = session.reader
        var done = 0
        while done < reader.questions.count, work > 0 {
            let discretion = session.principal.discretion
            let end = reader.questions[done].go(&work, state, kept, discretion)
            guard let end else { break }
            let question = reader.questions[done]
            let flags = question.isPartial ? FrameFlags.partial : 0
            question.frame.send(
                question.bytes,
                end,
                flags: flags,
                on: session.downlink,
                &effects
            )
            work -= min(work, 1 + question.bytes.count / 256)
            done += 1
        }
        reader.questions.removeFirst(done)
        session.principal.account.giveBack(done, .requests)
    }
}

/// The records of one reply being gathered, within the question's bound.
struct ReplyFrame {
    let request: UInt64
    private let maximum: Int
    private(set) var count = 0

    init(request: UInt64, maximum: UInt32) {
        self.request = request
        // One record always fits, or a question with a tiny bound would never end.
        let largest = RecordWriter.size(
            keyBytes: Limits.keyBytes,
            payloadBytes: Limits.payloadBytes
        )
        self.maximum = max(largest, min(Int(clamping: maximum), Limits.replyBytes))
    }

    /// Adds a record; false when it does not fit any more.
    mutating func add(_ record: [UInt8], _ bytes: inout [UInt8]) -> Bool {
        guard bytes.count + record.count <= maximum else { return false }
        bytes.append(contentsOf: record)
        count += 1
        return true
    }

    /// Sends the records, if there are any, and the end.
    func send(
        _ records: [UInt8],
        _ end: ReplyEnd,
        flags: UInt16 = 0,
        on downlink: Downlink,
        _ effects: inout HubEffects
    ) {
        if count > 0 {
            downlink.send(.reply, &effects) { out in
                let start = RecordBatch.begin(lead: request, in: &out)
                out.append(contentsOf: records)
                RecordBatch.finish(start, lead: request, count: count, in: &out)
            }
        }
        var end = end
        end.count = UInt64(count)
        downlink.send(.replyEnd, flags: flags, &effects) { end.append(to: &$0) }
    }
}
