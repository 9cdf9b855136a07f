import FloorEvents

// What the roster says of people, as the rules of flags ask for it.

extension Hub {
    /// Whether a session's principal holds a role.
    func holds(_ role: Roles, _ session: Session) -> Bool {
        session.principal.permissions.roles.contains(role)
    }

    /// Whether a session is a telephone system's by the roster; without a roster nobody's is.
    func isSystem(_ session: Session) -> Bool { !roster.isOpen && holds(.system, session) }

    /// Whether somebody is in an agent's management chain, and so may not help him.
    func manages(_ principal: Principal, _ agent: String) -> Bool {
        guard let manager = principal.person else { return false }
        let segment = Array(FloorKey.segment(encoding: agent).utf8)
        guard let person = roster.person(segment: segment.span) else { return false }
        return roster.manages(manager, person)
    }

    /// The times of a flag's team.
    func times(of entry: FlagEntry) -> FlagTimes { roster.times(ofKey: entry.key.bytes.span) }
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
