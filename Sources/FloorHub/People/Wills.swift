import FloorEvents

/// One record that a session left for after its principal's last session.
struct Will {
    let record: [UInt8]
    let principal: Principal
    let producer: Producer
    let grace: Int64
}

/// Wills that wait: for their principal's last session to end, then for their grace.
///
/// Invariant: a will whose principal is back never runs (R19).
struct Wills {
    /// Those whose principal has another session, by principal.
    private var held: [FloorKey: [Will]] = [:]
    /// Those whose grace runs; a principal who came back meanwhile has another round.
    private var running = DueHeap<(will: Will, round: UInt64)>()
    private var rounds: [FloorKey: UInt64] = [:]
    private var lastRound: UInt64 = 0

    var deadline: Int64 { running.earliest }

    /// Keeps a session's will; it ended without BYE.
    mutating func keep(_ will: Will) {
        held[will.principal.presenceKey, default: []].append(will)
        will.principal.wills += 1
    }

    /// A principal's last session has ended: the grace of its wills begins.
    mutating func start(_ principal: Principal, at now: Int64) {
        guard let wills = held.removeValue(forKey: principal.presenceKey) else { return }
        lastRound += 1
        rounds[principal.presenceKey] = lastRound
        for will in wills { running.add((will, lastRound), due: now + will.grace) }
    }

    /// A principal is back: its wills are void.
    mutating func cancel(_ principal: Principal) {
        guard principal.wills > 0 else { return }
        held[principal.presenceKey] = nil
        rounds[principal.presenceKey] = nil
        principal.wills = 0
    }

    /// The next will whose grace has passed.
    mutating func nextDue(at now: Int64) -> Will? {
        while let ((will, round), _) = running.take(until: now) {
            let key = will.principal.presenceKey
            guard rounds[key] == round else { continue }
            will.principal.wills -= 1
            if will.principal.wills == 0 { rounds[key] = nil }
            return will
        }
        return nil
    }
}
