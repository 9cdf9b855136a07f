import FloorEvents
import FloorWire

/// Keys that the hub alone writes, whatever anybody is granted.
enum HubsOwn {
    /// What is said of such a key, so that nobody asks for a grant.
    static let sentence = "the hub alone writes there"

    private static let name = Array("team/-/hub/".utf8)
    /// What the hub says of a team's flags (docs/figures.md).
    private static let figures = [Array("/flags/".utf8), Array("/categories/".utf8)]

    /// Whether a key is one, for an operation: a presence is put by whose it is, who is granted.
    static func contains(
        _ kind: RecordKind?,
        _ operation: RecordOperation?,
        _ key: Span<UInt8>
    ) -> Bool {
        switch kind {
        case .presence?: operation != .put
        case .private?, .personal?, .catalogue?: true
        case .team?:
            holds(key, name, at: 0)
                || figures.contains { holds(key, $0, at: key.count - $0.count) }
        default: false
        }
    }

    /// What is said of a will that would write such a key.
    static func sentence(ofWill key: String) -> String {
        "the will would write " + key + ": " + sentence
    }

    private static func holds(_ key: Span<UInt8>, _ part: [UInt8], at start: Int) -> Bool {
        guard start >= 0, key.count >= start + part.count else { return false }
        for place in part.indices where key[start + place] != part[place] { return false }
        return true
    }
}
