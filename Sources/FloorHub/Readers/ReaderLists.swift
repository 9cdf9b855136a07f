/// Who is to be served: now, and later at a time.
///
/// Invariant: a session is at most once among those to be served, and an entry of the heap counts
/// while its time is the session's `waitsUntil`; so what waits grows with the sessions, not with
/// what happens meanwhile.
struct ReaderLists {
    /// Sessions with something to send, in the order they got it.
    private var active: [Session] = []
    /// Those being served now; empty between turns.
    private var serving: [Session] = []
    private var waiting = DueHeap<Session>()

    /// Sessions to be served at the end of this turn.
    var activeCount: Int { active.count }
    /// When the next one is to be served without an input.
    var deadline: Int64 { waiting.earliest }

    /// Has a session served at the end of this turn.
    mutating func activate(_ session: Session) {
        guard !session.reader.isActive, !session.isEnded else { return }
        session.reader.isActive = true
        active.append(session)
    }

    /// There is something to read for a session, which may have to wait for it.
    mutating func noteWork(_ session: Session, at now: Int64) {
        if !session.reader.isHeldBack(at: now) { activate(session) }
    }

    /// Has a session served at a time, if nothing happens before.
    mutating func wait(_ session: Session, until time: Int64) {
        guard session.reader.waitsUntil > time else { return }
        session.reader.waitsUntil = time
        waiting.add(session, due: time)
    }

    /// Those whose time has come are to be served now.
    mutating func wake(at now: Int64, _ ledger: HubLedger) {
        while let (session, due) = waiting.take(until: now) {
            ledger.counts.work += 1
            guard session.reader.waitsUntil == due else { continue }
            session.reader.waitsUntil = .max
            activate(session)
        }
    }

    /// Begins to serve: those to be served, first who reads only, then who also waits for answers;
    /// a publisher waits less for its answer than they for its records.
    mutating func begin() -> Int {
        // Two lists change places, so that both keep their storage.
        swap(&active, &serving)
        return serving.count
    }

    /// One of those being served, if it is its turn; it is on no list then.
    func take(_ place: Int, owesAnswers: Bool) -> Session? {
        let session = serving[place]
        guard session.answers.areOwed == owesAnswers, session.reader.isActive else { return nil }
        session.reader.isActive = false
        return session.isEnded ? nil : session
    }

    mutating func end() { serving.removeAll(keepingCapacity: true) }
}
