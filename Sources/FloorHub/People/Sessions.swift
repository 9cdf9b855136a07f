import FloorEvents

/// The live sessions: by link, in the order they came, and by when silence ends them.
///
/// Invariant: a live session is in each of the three once. All iteration is over the order, never
/// over a hash. Ending a session costs one step, however many there are.
struct Sessions {
    private var byLink: [LinkID: Session] = [:]
    /// The numbers in use.
    private var numbers: Set<UInt32> = []
    /// Ended ones leave a hole until half are holes.
    private var ordered: [Session?] = []
    private var silence = DueHeap<Session>()

    /// Live sessions.
    var count: Int { byLink.count }
    /// Whether nothing is left; for tests.
    var isEmpty: Bool { byLink.isEmpty && numbers.isEmpty }
    /// When the next one may be silent for too long.
    var deadline: Int64 { silence.earliest }

    subscript(link: LinkID) -> Session? { byLink[link] }

    /// Every live session, oldest first: for what concerns all, a new roster or the hub's end.
    var all: [Session] { ordered.compactMap { $0 } }

    /// A number that no live session has.
    mutating func freshNumber(_ random: () -> UInt64) -> UInt32 {
        while true {
            let number = UInt32(truncatingIfNeeded: random())
            if number != 0, numbers.insert(number).inserted { return number }
        }
    }

    mutating func add(_ session: Session) {
        session.place = ordered.count
        ordered.append(session)
        byLink[session.link] = session
        silence.add(session, due: session.silentAt)
    }

    mutating func remove(_ session: Session) {
        byLink[session.link] = nil
        numbers.remove(session.downlink.number)
        ordered[session.place] = nil
        if ordered.count > 64, byLink.count * 2 < ordered.count { compact() }
    }

    private mutating func compact() {
        ordered.removeAll { $0 == nil }
        for (place, session) in ordered.enumerated() { session?.place = place }
    }

    /// The next session that nothing was heard of for too long.
    mutating func nextSilent(at now: Int64) -> Session? {
        while let (session, _) = silence.take(until: now) {
            guard !session.isEnded else { continue }
            if session.silentAt <= now { return session }
            // It was heard from since.
            silence.add(session, due: session.silentAt)
        }
        return nil
    }
}
