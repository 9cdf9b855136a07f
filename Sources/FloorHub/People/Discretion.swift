import FloorEvents
import FloorRoster
import FloorWire

/// Which records of what a principal may read by its grants are for it: a grant is a pattern of
/// keys, and this looks at what a record is about.
///
/// - Words of flags are kept from whoever is above the asker, whatever else they are.
/// - A note is for the site, the team and the roles it was sent to, and for its sender; a system
///   that hands notes on reads all of them.
///
/// Worked out with the grants: at HELLO, and for each new roster.
struct Discretion {
    private let roster: Roster
    private let person: Int

    /// Everything is shown: there is no roster.
    static let none = Discretion(.open, -1)

    /// What is shown to a person of a roster.
    init(_ roster: Roster, _ person: Int) {
        self.roster = roster
        self.person = person
    }

    /// Whether a whole, well-formed record of a granted key is shown.
    func shows(_ record: Span<UInt8>) -> Bool {
        guard !roster.isOpen else { return true }
        let kind = RecordKind(rawValue: record.u8(4))
        guard kind == .private || kind == .note else { return true }
        let view = RecordView(checked: record, at: 0)
        let key = record.extracting(view.key)
        guard kind == .note else { return !isAboveAsker(of: key) }
        let payload = record.extracting(view.payload)
        return isFor(key, payload)
    }

    /// Whether anything may be shown of what a granted filter matches.
    func showsAny(_ filter: KeyFilter) -> Bool {
        let bytes = filter.bytes.span
        guard !roster.isOpen, KeyRules.kind(of: bytes) == .private else { return true }
        return !isAboveAsker(of: bytes)
    }

    /// Whether the person is above the asker whom a private key, or a filter of such, names.
    private func isAboveAsker(of key: Span<UInt8>) -> Bool {
        let site = KeyRules.segment(1, of: key)
        let unit = KeyRules.segment(2, of: key)
        // What the hub itself tells there is of nobody's flag.
        let isHubs = site.count == 1 && key[site.lowerBound] == UInt8(ascii: "-")
        guard !unit.isEmpty, !isHubs, let asker = roster.person(segment: key.extracting(unit))
        else {
            return false
        }
        return roster.manages(person, asker)
    }

    /// Whether a note under a key, to roles, is to the person.
    func isAddressed(_ key: FloorKey, _ roles: Roles) -> Bool {
        roster.isOpen || roster.isAddressed(person, by: key.bytes.span, roles)
    }

    private func isFor(_ key: Span<UInt8>, _ payload: Span<UInt8>) -> Bool {
        let known = roster.people[person]
        guard !known.roles.contains(.system) else { return true }
        guard let roles = FloorNote.roles(inPayload: payload) else { return false }
        return roster.isAddressed(person, by: key, roles)
            || FloorNote.isSent(by: known.id, payload: payload)
    }
}
