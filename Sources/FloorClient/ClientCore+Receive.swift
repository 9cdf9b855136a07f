import FloorEvents
import FloorWire

// One message down: is it of this session, is it the next, what is it. Bytes from outside never
// trap: whatever is wrong with them ends the link, and the next one resumes (races R6, R7, R8).

extension ClientCore {
    mutating func receive(
        _ message: Span<UInt8>,
        attempt: UInt64,
        _ effects: inout ClientEffects
    ) {
        guard attempt == link.attempt else { return }
        do {
            switch link.phase {
            case .greeting: try takeGreeting(message, &effects)
            case .linked: try takeMessage(message, &effects)
            case .idle, .opening, .waiting, .closed: return
            }
        } catch {
            fault(.protocolError, &effects)
        }
    }

    /// The answer to HELLO.
    private mutating func takeGreeting(
        _ message: Span<UInt8>,
        _ effects: inout ClientEffects
    ) throws(WireError) {
        counts.bytesIn += UInt64(message.count)
        let header = try FrameHeader(message)
        let body = message.extracting(FrameHeader.size..<message.count)
        link.lastHeard = now.boot
        switch header.type {
        case .welcome: try takeWelcome(header, body, &effects)
        case .reject, .goAway: takeEnd(try Refusal(body), &effects)
        default: throw .unknownType(header.type.rawValue)
        }
    }

    private mutating func takeMessage(
        _ message: Span<UInt8>,
        _ effects: inout ClientEffects
    ) throws(WireError) {
        counts.bytesIn += UInt64(message.count)
        let header = try FrameHeader(message)
        let body = message.extracting(FrameHeader.size..<message.count)
        link.lastHeard = now.boot
        // A hub that has lost the session says so without its number.
        if header.type == .goAway {
            var end = try Refusal(body)
            // Fenced in our session's name: another holder of our secret took over. Without
            // the name the hub has only forgotten us, and we come back at once.
            if header.session == 0, end.status == .fenced { end.status = .offline }
            return takeEnd(end, &effects)
        }
        guard header.session == link.session else { throw .badValue(field: "session_id") }
        guard header.sequence == link.sequence + 1 else { throw .badValue(field: "seq") }
        link.sequence += 1
        try dispatch(header, message.count, body, &effects)
    }

    private mutating func dispatch(
        _ header: FrameHeader,
        _ size: Int,
        _ body: Span<UInt8>,
        _ effects: inout ClientEffects
    ) throws(WireError) {
        switch header.type {
        case .deliver: try inbox.takeDeliver(header, size, body)
        case .acknowledge, .refuse: try takeResults(body, header.argument, &effects)
        case .pong: takePong(header, try Pong(body))
        case .subscribed: inbox.takeSubscribed(try Subscribed(body))
        case .snapshotBegin: inbox.beginSnapshot(try SnapshotMark(body))
        case .snapshotEnd: inbox.endSnapshot(try SnapshotMark(body))
        case .gap: inbox.takeGap(try Gap(body))
        case .reply: try inbox.takeReply(body)
        case .replyEnd:
            let isPartial = header.flags & FrameFlags.partial != 0
            inbox.takeReplyEnd(try ReplyEnd(body), isPartial: isPartial)
        case .reject: takeReject(try Refusal(body), &effects)
        default: throw .unknownType(header.type.rawValue)
        }
    }

    private mutating func takePong(_ header: FrameHeader, _ pong: Pong) {
        clock.notePong(pong, at: now.boot)
        inbox.noteStable(
            state: Revision(rawValue: header.argument),
            event: pong.stableEvent
        )
    }

    // MARK: results

    private mutating func takeResults(
        _ body: Span<UInt8>,
        _ cumulative: UInt64,
        _ effects: inout ClientEffects
    ) throws(WireError) {
        try uplink.takeResults(body, cumulative, at: now.boot)
        tellSettled()
        tellDeferral(&effects)
    }

    private mutating func tellDeferral(_ effects: inout ClientEffects) {
        let deferral = uplink.deferral
        guard deferral != toldDeferral else { return }
        toldDeferral = deferral
        effects.list.append(.notice(deferral.map { .deferred($0) } ?? .resumed))
    }

    /// A PUB or a question was malformed to the hub, or the whole session is refused.
    private mutating func takeReject(_ refusal: Refusal, _ effects: inout ClientEffects) {
        if uplink.reject(refusal.sequence) {
            tellSettled()
        } else if !inbox.reject(refusal.sequence, refusal.status) {
            takeEnd(refusal, &effects)
        }
    }
}
