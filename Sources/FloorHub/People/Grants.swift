import FloorEvents
import FloorRoster
import FloorWire

/// Who may do what, by the roster (docs/roster.md).
///
/// What it grants a principal is worked out at HELLO and once more for each new roster, so that a
/// record costs a few comparisons of bytes. Without a roster everybody holds every role, and
/// nobody manages anybody.
struct Grants {
    private var roster: Roster
    /// Shared by copies, as what it remembers is of the same roster.
    private let audiences = Audiences()

    init(_ roster: Roster) { self.roster = roster }

    /// Whether there is no roster.
    var isOpen: Bool { roster.isOpen }
    /// Its teams and rules, for figures.
    var present: Roster { roster }

    /// Another roster holds from now on.
    mutating func take(_ roster: Roster) {
        self.roster = roster
        audiences.forget()
    }

    // MARK: keys

    /// Whether a session may write a key.
    func mayPublish(_ session: Session, _ key: Span<UInt8>) -> Bool {
        roster.isOpen || session.principal.permissions.mayPublish(key)
    }

    /// Whether a session may read all that a filter matches; the hub's own figures are
    /// everybody's.
    func mayRead(_ session: Session, _ filter: KeyFilter) -> Bool {
        roster.isOpen || filter.text == HubStatistics.key
            || (session.principal.permissions.mayRead(filter)
                && session.principal.discretion.showsAny(filter))
    }

    /// Filters of what a session may read of what a filter matches: itself when that is all.
    func readable(_ session: Session, _ filter: KeyFilter) -> [KeyFilter] {
        let discretion = session.principal.discretion
        return session.principal.permissions.readable(filter).filter { discretion.showsAny($0) }
    }

    // MARK: HELLO

    /// Refuses a principal whom the roster does not know, and a will it may not publish.
    func check(_ hello: Hello) throws(HelloRefusal) {
        // Whatever else is wrong with a HELLO is found behind this.
        guard !roster.isOpen,
            let key = try? FloorKey(.presence, site: "-", unit: "-", entity: hello.principal)
        else { return }
        let name = Self.segment(key)
        guard let person = person(key) else {
            throw HelloRefusal(
                Refusal(.denied, "'" + hello.principal + "' is not in the hub's roster"),
                Denial(.hello, principal: name, key: key.text, reason: "not in the roster")
            )
        }
        guard !hello.will.isEmpty, let view = try? RecordView(hello.will.span, at: 0) else {
            return
        }
        let will = hello.will.span.extracting(view.key)
        guard !roster.permissions(of: person).mayPublish(will) else { return }
        let text = String(decoding: hello.will[view.key], as: UTF8.self)
        let isHubs = HubsOwn.contains(view.header(hello.will.span).kind, .put, will)
        let sentence = "no grant to publish " + text + ", which the will would write"
        throw HelloRefusal(
            Refusal(.denied, isHubs ? HubsOwn.sentence(ofWill: text) : sentence),
            Denial(.hello, principal: name, key: text, reason: "no grant to publish the will")
        )
    }

    /// Works out what a principal may do; false when the roster does not know it.
    func renew(_ principal: Principal) -> Bool {
        if roster.isOpen {
            principal.person = nil
            principal.permissions = .everything
            principal.discretion = .none
            principal.account.isSystem = true
            return true
        }
        principal.person = person(principal.presenceKey)
        guard let person = principal.person else { return false }
        principal.permissions = roster.permissions(of: person)
        principal.discretion = Discretion(roster, person)
        principal.account.isSystem = principal.permissions.roles.contains(.system)
        return true
    }

    /// Where the principal stands in a presence key: its last segment.
    private static func range(_ key: FloorKey) -> Range<Int> {
        "presence/-/-/".utf8.count..<(key.bytes.count - 1)
    }

    /// A principal's name as keys write it.
    static func segment(_ key: FloorKey) -> String {
        String(decoding: key.bytes[range(key)], as: UTF8.self)
    }

    /// The roster's person of a presence key.
    private func person(_ key: FloorKey) -> Int? {
        roster.person(segment: key.bytes.span.extracting(Self.range(key)))
    }

    // MARK: people

    /// Whether a session's principal holds a role.
    func holds(_ role: Roles, _ session: Session) -> Bool {
        session.principal.permissions.roles.contains(role)
    }

    /// Whether a session is a telephone system's by the roster; without a roster nobody's is.
    func isSystem(_ session: Session) -> Bool { !roster.isOpen && holds(.system, session) }

    /// Whether somebody is in an agent's management chain, and so may not help them.
    func manages(_ principal: Principal, _ agent: String) -> Bool {
        guard let manager = principal.person, let person = person(named: agent) else {
            return false
        }
        return roster.manages(manager, person)
    }

    /// The same of somebody by name; nobody of the roster manages nobody.
    func manages(named name: String, _ agent: String) -> Bool {
        guard let manager = person(named: name), let person = person(named: agent) else {
            return false
        }
        return roster.manages(manager, person)
    }

    /// Where somebody sits; empty when the roster does not say.
    func seat(of name: String) -> String {
        person(named: name).map { roster.people[$0].seat } ?? ""
    }

    /// The times of a flag's team.
    func times(ofKey key: FloorKey) -> FlagTimes { roster.times(ofKey: key.bytes.span) }

    /// Whether there is somebody of a name to send a note to.
    func isKnown(_ name: String) -> Bool { roster.isOpen || person(named: name) != nil }

    /// Whether anybody holds one of these roles where a note's key says; `-` is everywhere.
    func hasAnybody(_ roles: Roles, _ key: FloorKey) -> Bool {
        guard !roster.isOpen else { return true }
        return audiences.audience(key, roles, roster).count > 0
    }

    /// How many a note is for, its sender not counted, and who they are when they are few; nobody
    /// is known without a roster.
    func audience(
        of note: FloorNote,
        _ key: FloorKey,
        besides sender: String
    ) -> (count: Int, names: [String]) {
        guard !roster.isOpen else { return (0, []) }
        guard note.person.isEmpty else { return (1, [note.person]) }
        let audience = audiences.audience(key, note.roles, roster)
        let meant: Roles = note.roles.isEmpty ? [.agent, .supporter, .supervisor] : note.roles
        let isSenders =
            person(named: sender).map { roster.isAddressed($0, by: key.bytes.span, meant) } ?? false
        let count = audience.count - (isSenders ? 1 : 0)
        guard count <= Limits.noteReaders else { return (count, []) }
        let names = audience.people.map { roster.people[$0].id }
        return (count, names.filter { !$0.utf8.elementsEqual(sender.utf8) })
    }

    /// Whether whoever reaches the tap may read a record: of notes those to everybody, while there
    /// is a roster that could say who else one is for.
    func isForTap(_ record: Span<UInt8>) -> Bool {
        guard !roster.isOpen, RecordKind(rawValue: record.u8(4)) == .note else { return true }
        let view = RecordView(checked: record, at: 0)
        let roles = FloorNote.roles(inPayload: record.extracting(view.payload))
        let isEverywhere = record.copy(view.key).starts(with: "note/-/-/".utf8)
        return isEverywhere && roles == []
    }

    // MARK: names that the roster does not have

    /// What is wrong with the team of a flag's key; nil = nothing, or the roster has no teams.
    func unknownTeam(of key: FloorKey) -> String? {
        let bytes = key.bytes.span
        guard !roster.teams.isEmpty, roster.team(ofKey: bytes) == nil else { return nil }
        return Self.perhaps("no such team", roster.teamNear(key: bytes))
    }

    /// The same for where a note goes; `-` is everywhere.
    func unknownPlace(of key: FloorKey) -> String? {
        let bytes = key.bytes.span
        guard !roster.isOpen, !roster.hasPlace(ofKey: bytes) else { return nil }
        return Self.perhaps("no such site or team", roster.teamNear(key: bytes))
    }

    /// The same for what a flag is about: none at all is right, for whoever is in a hurry.
    func unknownCategory(_ code: String) -> String? {
        let segment = Array(FloorKey.segment(encoding: code).utf8)
        guard !code.isEmpty, !roster.categories.isEmpty,
            roster.category(segment: segment.span) == nil
        else { return nil }
        return Self.perhaps("no such category", roster.categoryNear(code))
    }

    /// The same for a person's name.
    func unknownPerson(_ name: String) -> String? {
        isKnown(name) ? nil : Self.perhaps("nobody of that name", roster.personNear(name))
    }

    /// A refusal with the name that was perhaps meant, if a result has room for it.
    private static func perhaps(_ what: String, _ near: String?) -> String {
        guard let near else { return what }
        let whole = what + "; did you mean " + near + "?"
        return whole.utf8.count <= Limits.nameBytes ? whole : what
    }

    private func person(named name: String) -> Int? {
        let segment = Array(FloorKey.segment(encoding: name).utf8)
        return roster.person(segment: segment.span)
    }
}

/// Why a HELLO is refused, and what is written down of it.
struct HelloRefusal: Error {
    let refusal: Refusal
    let denial: Denial?

    init(_ refusal: Refusal, _ denial: Denial? = nil) {
        self.refusal = refusal
        self.denial = denial
    }
}

extension FlagTimes {
    var leaseMicroseconds: Int64 { Int64(lease) * 1000 }
    var engageMicroseconds: Int64 { Int64(engage) * 1000 }
    var helpMicroseconds: Int64 { Int64(help) * 1000 }
    var escalateMicroseconds: Int64 { Int64(escalate) * 1000 }
    var unansweredMicroseconds: Int64 { Int64(unanswered) * 1000 }
    var autoCloseMicroseconds: Int64 { Int64(autoClose) * 1000 }
    var reopenMicroseconds: Int64 { Int64(reopen) * 1000 }
    var keepMicroseconds: Int64 { Int64(keep) * 1000 }
}
