import FloorEvents
import FloorWire

// Questions outside any subscription. An answer is paged: the next page is asked for when the
// application has taken the last one, so that an answer never fills the memory. It never enters
// the cache (race R29).

extension Inbox {
    /// Pages to ask for now, noted as asked for.
    mutating func takeRequests() -> [DueRequest] {
        var due: [DueRequest] = []
        for index in requests.list.indices where requests.list[index].wantsPage {
            requests.list[index].isSent = true
            requests.list[index].isPageDone = false
            requests.list[index].pageBytes = 0
            let request = requests.list[index]
            let number = RequestID(rawValue: request.id).wire
            due.append(
                DueRequest(
                    type: request.type,
                    number: number,
                    flags: request.flags,
                    body: request.body
                )
            )
        }
        return due
    }

    mutating func takeReply(_ body: Span<UInt8>) throws(WireError) {
        let batch = try RecordBatch(body)
        // An answer to a question that was given up.
        guard let index = requests.index(ofWire: batch.lead) else { return }
        requests.list[index].pageBytes += body.count
        guard requests.list[index].pageBytes <= Limits.frameBytes else {
            throw .tooLong(limit: Limits.frameBytes, got: requests.list[index].pageBytes)
        }
        let mailbox = requests.list[index].mailbox
        guard batch.count > 0 else { return }
        let message = events.openMessage(charge: 0)
        events.retain(message, body)
        let records = RecordBatch.prefixSize..<body.count
        let id = requests.list[index].id
        mailboxes[mailbox].items.append(.replies(RecordRun(message, records, for: id)))
        requests.list[index].unread += batch.count
        _ = events.release(message)
        signal(mailbox)
    }

    mutating func takeReplyEnd(_ end: ReplyEnd, isPartial: Bool) {
        guard let index = requests.index(ofWire: end.request) else { return }
        if isPartial { requests.list[index].isPartial = true }
        let request = requests.list[index]
        guard end.status == .ok, end.more else { return endRequest(request.id, end.status) }
        // A cursor that stands still would ask for the same page for ever. A REPLAY's is a revision
        // and ascends; a GET's says something to the hub alone, and the next may be smaller.
        let goesOn =
            request.type == .replay
            ? end.cursor > request.body.cursor : end.cursor != request.body.cursor
        guard goesOn else { return endRequest(request.id, .protocolError) }
        requests.list[index].body.cursor = end.cursor
        requests.list[index].isPageDone = true
    }

    /// Ends a question and says how.
    mutating func endRequest(_ id: UInt32, _ status: FloorStatus) {
        guard let index = requests.index(of: id) else { return }
        let mailbox = requests.list[index].mailbox
        let isPartial = requests.list[index].isPartial
        requests.list.remove(at: index)
        mailboxes[mailbox].items.append(.replyEnd(id, status, isPartial: isPartial))
        signal(mailbox)
    }

    /// REJECT of a question; false when there is none of that number.
    mutating func reject(_ number: UInt64, _ status: FloorStatus) -> Bool {
        guard let index = requests.index(ofWire: number) else { return false }
        endRequest(requests.list[index].id, status)
        return true
    }

    /// Asks; the next turn sends it.
    mutating func ask(
        _ type: FrameType,
        _ request: Request,
        flags: UInt16,
        _ mailbox: Int
    ) throws(FloorStatus) -> RequestID {
        guard requests.list.count < Limits.requestsPerClient else { throw .limit }
        let id = requests.add(type, request, flags: flags, mailbox: mailbox)
        return RequestID(rawValue: id)
    }

    /// Gives a question up; what has come of its answer may still be taken.
    mutating func cancel(_ request: RequestID) {
        requests.list.removeAll { $0.id == request.rawValue }
    }
}
