public import FloorEvents
import FloorWire

// A publisher in the hub's process may run the core on its own thread, if that is little work:
// the core's own thread would cost it a hand-over, many readers would cost it their batches.

extension Hub {
    /// Whether values and producers are stored, by batches that the core's thread decides.
    public var isDurable: Bool { options.isDurable }

    /// Whether a message and the turn after it are little work, so that its sender may do both.
    ///
    /// They are for a PUB, CREDIT or PING of a session in good standing while few sessions are to
    /// be served: those that wait and, for each record, those that match its key. What a durable
    /// hub stores is left to the core's thread, whose batches are the journal's.
    ///
    /// - Parameters:
    ///   - message: one whole message.
    ///   - link: where it comes from.
    ///   - limit: most sessions to serve.
    /// - Returns: false when it is for the core's thread.
    public mutating func isBrief(
        _ message: Span<UInt8>,
        from link: LinkID,
        limit: Int = Limits.borrowedSessions
    ) -> Bool {
        guard !isShutDown, let header = try? FrameHeader(message),
            let session = sessions[link], session.downlink.number == header.session,
            session.producer.lease.freshness == .live
        else { return false }
        let room = limit - readers.activeCount
        switch header.type {
        case .credit, .ping: return room > 0
        case .publish:
            if !options.isDurable, sessions.count <= room { return true }
            return hasFewReaders(message.extracting(FrameHeader.size..<message.count), room)
        default: return false
        }
    }

    /// Takes a message that `isBrief` and ends the turn.
    ///
    /// What performing the effects brings is stepped and followed by `borrowedTurnEnd`.
    public mutating func serveBriefly(
        _ message: Span<UInt8>,
        from link: LinkID,
        at now: FloorTime,
        into effects: inout HubEffects
    ) {
        ledger.counts.borrowed += 1
        receive(message, from: link, at: now, into: &effects)
        step(.borrowedTurnEnd, at: now, into: &effects)
    }

    private mutating func hasFewReaders(_ body: Span<UInt8>, _ limit: Int) -> Bool {
        guard (try? RecordBatch(body)) != nil else { return false }
        var count = 0
        var at = RecordBatch.prefixSize
        while at < body.count {
            let view = RecordView(checked: body, at: at)
            let key = body.extracting(view.key)
            guard let kind = try? KeyRules.checkKey(key),
                !(options.isDurable && kind.lane == .event)
            else { return false }
            count += filters.readerCount(key)
            if count > limit { return false }
            at = view.range.upperBound
        }
        return true
    }
}
