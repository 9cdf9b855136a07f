import FloorEvents
import FloorWire

/// The way down to one session's client: numbers its messages, and keeps what found the pipe full.
///
/// Invariant: numbers have no holes; what waits has the lower ones, so the reader takes one FIFO
/// (race R7).
final class Downlink {
    let link: LinkID
    /// The session's number, in every message's header.
    let number: UInt32
    private let ledger: HubLedger
    /// The last number given.
    private var sequence: UInt64 = 0
    /// DELIVERs that found the pipe full, to be sent again, in order, before anything else.
    private var blocked: [[UInt8]] = []
    /// Boot time at which they are tried again.
    private(set) var retryAt: Int64 = 0

    init(_ link: LinkID, number: UInt32, _ ledger: HubLedger) {
        self.link = link
        self.number = number
        self.ledger = ledger
    }

    /// Whether something waits for the pipe to have room.
    var isBlocked: Bool { !blocked.isEmpty }

    /// Appends one message, numbered as the next of its link.
    func send(
        _ type: FrameType,
        argument: UInt64 = 0,
        flags: UInt16 = 0,
        _ effects: inout HubEffects,
        body: (inout [UInt8]) -> Void
    ) {
        resend(&effects)
        var header = FrameHeader(
            type,
            session: number,
            sequence: nextSequence(),
            argument: argument
        )
        header.flags = flags
        let start = FrameWriter.begin(header, in: &effects.bytes)
        body(&effects.bytes)
        FrameWriter.end(start, in: &effects.bytes)
        ledger.counts.bytesOut += UInt64(effects.bytes.count - start)
        effects.list.append(.control(link, start..<effects.bytes.count))
    }

    /// The number of the message being made.
    func nextSequence() -> UInt64 {
        sequence += 1
        return sequence
    }

    /// Has a DELIVER sent that was made with `nextSequence`.
    func deliver(_ range: Range<Int>, _ effects: inout HubEffects) {
        ledger.counts.bytesOut += UInt64(range.count)
        effects.list.append(.deliver(link, range))
    }

    // MARK: full pipes

    /// A DELIVER came back: the pipe was full, or it came behind one that found it so.
    func noteBlocked(_ message: [UInt8], retryAt time: Int64) {
        ledger.counts.blocked += 1
        blocked.append(message)
        retryAt = time
    }

    /// Something was heard from the peer: it is alive and may have taken what it had.
    func retryNow(at time: Int64) { retryAt = time }

    /// Puts what found the pipe full before anything new.
    func resend(_ effects: inout HubEffects) {
        guard !blocked.isEmpty else { return }
        for message in blocked {
            let start = effects.bytes.count
            effects.bytes.append(contentsOf: message)
            deliver(start..<effects.bytes.count, &effects)
        }
        blocked.removeAll()
    }

    // MARK: without a session

    /// Appends a REJECT or GOAWAY to a link that has no session.
    static func write(
        _ type: FrameType,
        _ refusal: Refusal,
        to link: LinkID,
        _ ledger: HubLedger,
        _ effects: inout HubEffects
    ) {
        let start = FrameWriter.begin(FrameHeader(type, session: 0), in: &effects.bytes)
        refusal.append(to: &effects.bytes)
        FrameWriter.end(start, in: &effects.bytes)
        ledger.counts.bytesOut += UInt64(effects.bytes.count - start)
        effects.list.append(.control(link, start..<effects.bytes.count))
    }
}
