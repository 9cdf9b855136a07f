import FloorEvents
import FloorRoster

/// Whom notes under a place are for, by roles: looked up among all people once, then remembered.
///
/// A floor has a few places and roles, and a note a moment; ten thousand people are not gone
/// through for each, nor for each note of an earlier life.
final class Audiences {
    /// How many, and the first of them: one more than a note names, for its sender is none.
    struct Audience {
        var count = 0
        var people: [Int] = []
    }

    /// Bytes, for two spellings of a letter are two names.
    private struct Place: Hashable {
        let site: [UInt8]
        let unit: [UInt8]
        let roles: Roles
    }

    private var known: [Place: Audience] = [:]
    /// People looked at; for tests.
    private(set) var looked: UInt64 = 0

    /// Places beyond which all are forgotten: somebody makes them up.
    private static let most = 1024

    /// The people whom the roster says a note under a key is for; boards and systems are not meant
    /// by all, for no person would read it.
    func audience(_ key: FloorKey, _ roles: Roles, _ roster: Roster) -> Audience {
        let segments = key.segments
        let meant: Roles = roles.isEmpty ? [.agent, .supporter, .supervisor] : roles
        let place = Place(
            site: Array(segments[1].utf8),
            unit: Array(segments[2].utf8),
            roles: meant
        )
        if let audience = known[place] { return audience }
        var audience = Audience()
        for person in roster.people.indices {
            looked += 1
            guard roster.isAddressed(person, by: key.bytes.span, meant) else { continue }
            audience.count += 1
            if audience.people.count <= Limits.noteReaders { audience.people.append(person) }
        }
        if known.count >= Self.most { known.removeAll(keepingCapacity: true) }
        known[place] = audience
        return audience
    }

    /// Another roster holds from now on.
    func forget() { known.removeAll(keepingCapacity: true) }
}
