import FloorEvents
import FloorWire

/// Where the link is, and what outlives it.
struct LinkState {
    enum Phase: Equatable {
        /// Before `start`.
        case idle
        /// A link was asked for.
        case opening(deadline: Int64)
        /// HELLO is out.
        case greeting(deadline: Int64)
        case linked
        /// Between two attempts.
        case waiting(until: Int64)
        case closed
    }
    var phase = Phase.idle
    /// The number of the last attempt.
    var attempt: UInt64 = 0
    private var failures: UInt64 = 0

    // Of the session.
    var session: UInt32 = 0
    /// The number of the last message down.
    var sequence: UInt64 = 0
    var lastHeard: Int64 = 0
    var heartbeat: Int64 = 0
    var nextPing: Int64 = 0
    var linkedSince: Int64 = 0
    var window = (messages: 0, bytes: 0)

    // Of the hub.
    var lineage = FloorID.zero
    var epoch: UInt32 = 0
    var isDurable = false
    var secret = FloorID.zero
    var hasBeenLinked = false

    var isLinked: Bool { phase == .linked }
    /// Whether the hub has a session of this link, or may have one by now.
    var hasGreeted: Bool {
        if case .greeting = phase { return true }
        return isLinked
    }
    /// Whether messages and losses of the present attempt mean something.
    var isOpen: Bool {
        switch phase {
        case .opening, .greeting, .linked: true
        case .idle, .waiting, .closed: false
        }
    }

    var silenceDeadline: Int64 { lastHeard + heartbeat * Int64(Limits.silentHeartbeats) }

    /// The next moment at which time alone changes something.
    var deadline: Int64 {
        switch phase {
        case .idle, .closed: .max
        case .opening(let deadline), .greeting(let deadline): deadline
        case .waiting(let until): until
        case .linked: min(nextPing, silenceDeadline)
        }
    }

    /// How long to wait before the next attempt, in microseconds.
    ///
    /// Full jitter, so that thousands of clients of a hub that came back do not come as one. A
    /// refusal for good is tried again too, slowly: rosters change while clients run.
    mutating func wait(
        after status: FloorStatus,
        retryAfter: UInt32,
        bounds: (first: UInt32, last: UInt32),
        now: Int64,
        random: UInt64
    ) -> Int64 {
        let first = UInt64(bounds.first) * 1000
        let last = UInt64(bounds.last) * 1000
        if isLinked, now - linkedSince > Int64(last) { failures = 0 }
        let bound = min(last, first << min(failures, 16))
        failures += 1
        if retryAfter > 0 {
            let asked = min(Int64(retryAfter) * 1000, Limits.retryAfterMicroseconds)
            return asked + Int64(random % (first + 1))
        }
        switch status {
        case _ where status.isForGood:
            let half = Limits.slowRetryMicroseconds / 2
            return half + Int64(random % UInt64(half))
        case .fenced, .exists:
            // Somebody else speaks for this producer: never take turns with them.
            return Int64(last) + Int64(random % (last + 1))
        default:
            return Int64(random % (bound + 1))
        }
    }
}

extension FloorStatus {
    /// Whether a hub that refuses a session for this reason will refuse the next one too, until
    /// somebody changes the roster, the hub or the client's options.
    var isForGood: Bool {
        switch self {
        case .denied, .notAuthenticated, .unsupported, .invalid, .badKey, .tooBig: true
        default: false
        }
    }
}

/// The hub's clock and the round trip, from PONGs, as in NTP.
struct ClockSamples {
    private var samples: [(roundTrip: Int64, offset: Int64)] = []
    private var next = 0
    /// The PING that waits for its PONG.
    private var request: UInt64 = 0
    private var sentAt: Int64 = 0

    /// The best of the last eight: the least round trip bounds the error best.
    var best: (roundTrip: Int64, offset: Int64)? { samples.min { $0.roundTrip < $1.roundTrip } }

    mutating func notePing(_ request: UInt64, at boot: Int64) {
        self.request = request
        sentAt = boot
    }

    /// A new link may lead elsewhere, at another distance.
    mutating func linkOpened() {
        samples.removeAll(keepingCapacity: true)
        next = 0
        request = 0
    }

    /// Takes the times of a PONG; absurd ones are passed over.
    mutating func notePong(_ pong: Pong, at boot: Int64) {
        guard pong.request == request, request != 0 else { return }
        request = 0
        let atHub = pong.sent.subtractingReportingOverflow(pong.received)
        guard !atHub.overflow, atHub.partialValue >= 0 else { return }
        let there = pong.received.subtractingReportingOverflow(sentAt)
        let back = pong.sent.subtractingReportingOverflow(boot)
        guard !there.overflow, !back.overflow, boot - sentAt >= atHub.partialValue else { return }
        let offset = there.partialValue / 2 + back.partialValue / 2
        let sample = (roundTrip: boot - sentAt - atHub.partialValue, offset: offset)
        if samples.count < 8 {
            samples.append(sample)
        } else {
            samples[next] = sample
            next = (next + 1) % 8
        }
    }
}
