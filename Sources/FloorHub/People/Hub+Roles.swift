import FloorEvents
import FloorRoster

// What the roster says of people, as the rules of flags and notes ask for it. Without a roster
// everybody holds every role, and nobody manages anybody.

extension Hub {
    /// Whether a session's principal holds a role.
    func holds(_ role: Roles, _ session: Session) -> Bool {
        session.principal.permissions.roles.contains(role)
    }

    /// Whether a session is a telephone system's by the roster; without a roster nobody's is.
    func isSystem(_ session: Session) -> Bool { !roster.isOpen && holds(.system, session) }

    /// Whether somebody is in an agent's management chain, and so may not help him.
    func manages(_ principal: Principal, _ agent: String) -> Bool {
        guard let manager = principal.person, let person = person(named: agent) else {
            return false
        }
        return roster.manages(manager, person)
    }

    /// The times of a flag's team.
    func times(of entry: FlagEntry) -> FlagTimes { roster.times(ofKey: entry.key.bytes.span) }

    /// Whether there is somebody of a name to send a note to.
    func isKnown(_ name: String) -> Bool { roster.isOpen || person(named: name) != nil }

    /// Whether anybody holds one of these roles where a note's key says; `-` is everywhere.
    func hasAnybody(_ roles: Roles, _ key: FloorKey) -> Bool {
        guard !roster.isOpen else { return true }
        let parts = key.segments
        return roster.people.contains { person in
            (roles.isEmpty || !person.roles.isDisjoint(with: roles))
                && (parts[1] == "-" || person.site == parts[1])
                && (parts[2] == "-" || person.team == parts[2])
        }
    }

    private func person(named name: String) -> Int? {
        let segment = Array(FloorKey.segment(encoding: name).utf8)
        return roster.person(segment: segment.span)
    }
}

extension FlagTimes {
    var leaseMicroseconds: Int64 { Int64(lease) * 1000 }
    var engageMicroseconds: Int64 { Int64(engage) * 1000 }
    var escalateMicroseconds: Int64 { Int64(escalate) * 1000 }
    var unansweredMicroseconds: Int64 { Int64(unanswered) * 1000 }
    var autoCloseMicroseconds: Int64 { Int64(autoClose) * 1000 }
    var reopenMicroseconds: Int64 { Int64(reopen) * 1000 }
    var keepMicroseconds: Int64 { Int64(keep) * 1000 }
}
