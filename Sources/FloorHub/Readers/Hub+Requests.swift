import FloorEvents
import FloorWire

// GET and REPLAY: answers outside any subscription, within the question's own bound, so that an
// application which has stopped receiving can still ask.

extension Hub {
    /// The key under which a GET finds the hub's own figures; it is never in the table.
    static let statisticsKey = "team/-/hub/stats/"

    mutating func get(
        _ session: Session,
        _ header: FrameHeader,
        _ request: Request,
        _ effects: inout HubEffects
    ) {
        guard let filter = try? KeyFilter(bytes: request.filter) else {
            return endReply(session, ReplyEnd(request: header.sequence, .badKey), &effects)
        }
        if filter.text == Self.statisticsKey {
            return answerStatistics(session, header.sequence, &effects)
        }
        guard mayRead(session, filter) else {
            noteDenied(session, .get, request.filter)
            return endReply(session, ReplyEnd(request: header.sequence, .denied), &effects)
        }
        var end = ReplyEnd(request: header.sequence, .ok)
        var frame = ReplyFrame(request: header.sequence, maximum: request.maximumBytes)
        if request.cursor >= Self.keptCursor || !filter.mayMatchState {
            return getKept(session, request, filter, frame, end, &effects)
        }
        var slot = Int(clamping: request.cursor)
        var bytes: [UInt8] = []
        if filter.isOneKey, slot == 0 {
            let key = filter.bytes.span
            slot = table.find(key, hash: ByteIndex.hash(key)) ?? table.entries.count
        }
        while slot < table.entries.count {
            counts.work += 1
            let entry = table.entries[slot]
            if !entry.record.isEmpty, !entry.isDeleted,
                filter.matches(entry.record.span.extracting(table.keyRange(slot)))
            {
                guard frame.add(entry.record, &bytes) else { break }
            }
            slot += 1
            if filter.isOneKey { slot = table.entries.count }
        }
        end.more = slot < table.entries.count
        end.cursor = UInt64(slot)
        if !end.more, filter.mayMatchKept, kept.count > 0 {
            end.more = true
            end.cursor = Self.keptCursor
        }
        reply(session, frame, bytes, end, &effects)
    }

    /// Cursors from here on are places among the kept records.
    private static let keptCursor: UInt64 = 1 << 32

    /// Goes on with flags and notes, ended ones included.
    private mutating func getKept(
        _ session: Session,
        _ request: Request,
        _ filter: KeyFilter,
        _ begun: ReplyFrame,
        _ begunEnd: ReplyEnd,
        _ effects: inout HubEffects
    ) {
        var frame = begun
        var end = begunEnd
        var bytes: [UInt8] = []
        var slot = Int(clamping: max(request.cursor, Self.keptCursor) - Self.keptCursor)
        while slot < kept.entries.count {
            counts.work += 1
            let record = kept.entries[slot].record
            if !record.isEmpty, filter.matches(record.span.extracting(kept.keyRange(slot))) {
                guard frame.add(record, &bytes) else { break }
            }
            slot += 1
        }
        end.more = slot < kept.entries.count
        end.cursor = Self.keptCursor + UInt64(slot)
        reply(session, frame, bytes, end, &effects)
    }

    mutating func replay(
        _ session: Session,
        _ header: FrameHeader,
        _ request: Request,
        _ effects: inout HubEffects
    ) {
        guard let filter = try? KeyFilter(bytes: request.filter) else {
            return endReply(session, ReplyEnd(request: header.sequence, .badKey), &effects)
        }
        guard mayRead(session, filter) else {
            noteDenied(session, .replay, request.filter)
            return endReply(session, ReplyEnd(request: header.sequence, .denied), &effects)
        }
        guard session.replays.count < Limits.replaysPerSession else {
            return endReply(session, ReplyEnd(request: header.sequence, .limit), &effects)
        }
        // Nothing lies behind the head, and no journal is asked for it.
        guard request.cursor < lane.committed.rawValue else {
            return endReply(session, ReplyEnd(request: header.sequence, .ok), &effects)
        }
        lastReadToken += 1
        session.replays.append(lastReadToken)
        pageReaders[lastReadToken] = .replay(
            session,
            request: header.sequence,
            request,
            filter
        )
        effects.list.append(
            .readEvents(
                ReadRequest(
                    token: lastReadToken,
                    after: Revision(rawValue: request.cursor),
                    maximumRecords: Limits.eventRecordsPerStep,
                    maximumBytes: Limits.frameBytes
                )
            )
        )
    }

    mutating func answerReplay(
        _ session: Session,
        _ number: UInt64,
        _ request: Request,
        _ filter: KeyFilter,
        _ page: JournalPage,
        _ effects: inout HubEffects
    ) {
        // The roster may have changed while the journal was asked.
        guard mayRead(session, filter) else {
            return endReply(session, ReplyEnd(request: number, .denied), &effects)
        }
        guard !page.isUnreadable else {
            return endReply(session, ReplyEnd(request: number, .storage), &effects)
        }
        var end = ReplyEnd(request: number, .ok)
        var frame = ReplyFrame(request: number, maximum: request.maximumBytes)
        var out: [UInt8] = []
        let bytes = page.records.span
        var at = 0
        var reached = Revision(rawValue: request.cursor)
        var isPast = false
        while at < bytes.count, let view = try? RecordView(bytes, at: at) {
            let header = view.header(bytes)
            isPast = header.hubTime > request.to
            if isPast { break }
            if header.hubTime >= request.from, filter.matches(bytes.extracting(view.key)) {
                guard frame.add(bytes.copy(view.range), &out) else { break }
            }
            reached = header.revision
            at = view.range.upperBound
        }
        if at == bytes.count { reached = max(reached, page.through) }
        end.more = !isPast && !(page.atEnd && at == bytes.count)
        end.cursor = reached.rawValue
        reply(session, frame, out, end, &effects)
    }

    private mutating func answerStatistics(
        _ session: Session,
        _ number: UInt64,
        _ effects: inout HubEffects
    ) {
        var payload: [UInt8] = []
        let figures = TeamFigures(statistics.figures(heads: heads, epoch: options.epoch))
        precondition((try? figures.append(to: &payload)) != nil, "the figures are within limits")
        var header = RecordHeader(.team, .put, schema: PayloadSchema.team)
        header.flags = [.unleased]
        header.hubTime = stamp()
        var record: [UInt8] = []
        RecordWriter.append(
            header,
            key: Array(Self.statisticsKey.utf8).span,
            payload: payload.span,
            to: &record
        )
        var frame = ReplyFrame(request: number, maximum: UInt32(Limits.replyBytes))
        var bytes: [UInt8] = []
        _ = frame.add(record, &bytes)
        reply(session, frame, bytes, ReplyEnd(request: number, .ok), &effects)
    }

    private mutating func reply(
        _ session: Session,
        _ frame: ReplyFrame,
        _ records: [UInt8],
        _ end: ReplyEnd,
        _ effects: inout HubEffects
    ) {
        if frame.count > 0 {
            send(session, .reply, &effects) { out in
                let start = RecordBatch.begin(lead: frame.request, in: &out)
                out.append(contentsOf: records)
                RecordBatch.finish(start, lead: frame.request, count: frame.count, in: &out)
            }
        }
        var end = end
        end.count = UInt64(frame.count)
        endReply(session, end, &effects)
    }

    private mutating func endReply(
        _ session: Session,
        _ end: ReplyEnd,
        _ effects: inout HubEffects
    ) {
        send(session, .replyEnd, &effects) { end.append(to: &$0) }
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
        self.maximum = max(largest, min(Int(maximum), Limits.replyBytes))
    }

    /// Adds a record; false when it does not fit any more.
    mutating func add(_ record: [UInt8], _ bytes: inout [UInt8]) -> Bool {
        guard bytes.count + record.count <= maximum else { return false }
        bytes.append(contentsOf: record)
        count += 1
        return true
    }
}

extension HubStatistics {
    /// The counts as figures, for `floorbus stats`.
    func figures(heads: (state: Revision, event: Revision), epoch: UInt32) -> [Figure] {
        let counters: [(String, UInt64)] = [
            ("version", UInt64(FloorVersion.number)), ("epoch", UInt64(epoch)),
            ("stateHead", heads.state.counter), ("eventHead", heads.event.counter),
            ("sessions", sessions), ("subscriptions", subscriptions), ("keys", keys),
            ("tombstones", tombstones), ("recordsIn", recordsIn), ("recordsOut", recordsOut),
            ("coalesced", coalesced), ("duplicates", duplicates), ("gaps", gaps),
            ("snapshots", snapshots), ("refused", refused), ("denied", denied),
            ("malformed", malformed), ("fenced", fenced), ("welcomed", welcomed),
            ("rejected", rejected), ("blocked", blocked), ("suspects", suspects),
            ("stales", stales), ("wills", wills), ("commitFailures", commitFailures),
            ("storing", isStoring ? 1 : 0), ("historyLost", historyLost),
            ("retentionFailures", retentionFailures), ("partitions", partitions),
            ("uncounted", uncounted), ("barriers", barriers),
            ("barriersDropped", barriersDropped), ("borrowed", borrowed),
            ("work", work), ("bytesIn", bytesIn), ("bytesOut", bytesOut),
        ]
        return counters.map { name, value in
            Figure(name, Int64(clamping: value), .count, window: .sinceStart)
        }
    }
}
