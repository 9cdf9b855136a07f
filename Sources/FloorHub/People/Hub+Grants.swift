import FloorEvents
import FloorRoster
import FloorWire

// Who may do what (docs/roster.md). The roster is an input; what it grants a principal is worked
// out when he says HELLO and once more for each new roster, so that a record costs a few
// comparisons of bytes.

extension Hub {
    /// Whether a session may write a key.
    func mayPublish(_ session: Session, _ key: Span<UInt8>) -> Bool {
        roster.isOpen || session.principal.permissions.mayPublish(key)
    }

    /// Whether a session may read all that a filter matches; the hub's own figures are
    /// everybody's.
    func mayRead(_ session: Session, _ filter: KeyFilter) -> Bool {
        roster.isOpen || session.principal.permissions.mayRead(filter)
            || filter.text == Self.statisticsKey
    }

    /// The result of an operation for whose key the session has no grant.
    mutating func deny(
        _ session: Session,
        _ sequence: UInt64,
        _ operation: RecordOperation?,
        _ key: Span<UInt8>
    ) -> ResultRun {
        // A key that is none is told as such, whoever writes it.
        guard (try? KeyRules.checkKey(key)) != nil else { return ResultRun(sequence, .badKey) }
        var result = ResultRun(sequence, .denied)
        let text = String(decoding: key.copy(0..<key.count), as: UTF8.self)
        result.owner = "no grant to publish " + text
        audit(
            Denial(
                .publish,
                operation,
                principal: Self.segment(session.principal.presenceKey),
                key: text,
                reason: "no grant to publish"
            )
        )
        return result
    }

    /// Notes that a session has no grant for a filter.
    mutating func noteDenied(_ session: Session, _ action: DeniedAction, _ filter: [UInt8]) {
        let text = String(decoding: filter, as: UTF8.self)
        let principal = Self.segment(session.principal.presenceKey)
        audit(Denial(action, principal: principal, key: text, reason: "no grant to read"))
    }

    // MARK: HELLO

    /// Refuses a principal whom the roster does not know, and a will he may not publish.
    mutating func checkGrants(_ hello: Hello) throws(Refusal) {
        // Whatever else is wrong with a HELLO is found behind this.
        guard !roster.isOpen,
            let key = try? FloorKey(.presence, site: "-", unit: "-", entity: hello.principal)
        else { return }
        guard let person = person(key) else {
            let reason = "not in the roster"
            audit(Denial(.hello, principal: Self.segment(key), key: key.text, reason: reason))
            throw Refusal(.denied, "'" + hello.principal + "' is not in the hub's roster")
        }
        guard !hello.will.isEmpty, let view = try? RecordView(hello.will.span, at: 0) else {
            return
        }
        let will = hello.will.span.extracting(view.key)
        guard !roster.permissions(of: person).mayPublish(will) else { return }
        let text = String(decoding: hello.will[view.key], as: UTF8.self)
        let reason = "no grant to publish the will"
        audit(Denial(.hello, principal: Self.segment(key), key: text, reason: reason))
        throw Refusal(.denied, "no grant to publish " + text + ", which the will would write")
    }

    /// Works out what a principal may do; false when the roster does not know him.
    mutating func renewGrants(_ principal: Principal) -> Bool {
        if roster.isOpen {
            principal.person = nil
            principal.permissions = .everything
            return true
        }
        principal.person = person(principal.presenceKey)
        guard let person = principal.person else { return false }
        principal.permissions = roster.permissions(of: person)
        return true
    }

    /// Where the principal stands in a presence key: its last segment.
    private static func range(_ key: FloorKey) -> Range<Int> {
        "presence/-/-/".utf8.count..<(key.bytes.count - 1)
    }

    private static func segment(_ key: FloorKey) -> String {
        String(decoding: key.bytes[range(key)], as: UTF8.self)
    }

    /// The roster's person of a presence key.
    private func person(_ key: FloorKey) -> Int? {
        roster.person(segment: key.bytes.span.extracting(Self.range(key)))
    }

    // MARK: a new roster

    /// Takes a new roster: whoever is not in it any more is told to go, and whoever was told other
    /// roles or reads what he may not read any more has to begin anew.
    ///
    /// He comes back at once, hears his roles, and is told which subscriptions are denied; the
    /// others go on where they were.
    mutating func take(_ roster: Roster, _ effects: inout HubEffects) {
        self.roster = roster
        var known: Set<FloorKey> = []
        for session in sessions where !known.contains(session.principal.presenceKey) {
            if renewGrants(session.principal) { known.insert(session.principal.presenceKey) }
        }
        for session in sessions {
            let principal = session.principal
            guard known.contains(principal.presenceKey) else {
                fence(session.link, .denied, "the hub's new roster does not know you", &effects)
                continue
            }
            let keepsAll = session.subscriptions.allSatisfy { mayRead(session, $0.filter) }
            guard session.roles != principal.permissions.roles || !keepsAll else { continue }
            fence(session.link, .again, "the roster has changed; say HELLO again", &effects)
        }
    }
}
