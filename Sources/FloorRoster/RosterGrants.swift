public import FloorEvents

/// What one principal may do, worked out once from the roster: when they connect, or when the
/// roster changes.
///
///     let permissions = roster.permissions(of: person)
///     guard permissions.mayPublish(key) else { ... }
///
/// Without allocation in its questions.
public struct Permissions: Equatable, Sendable {
    /// The roles they hold; all bits while there is no roster.
    public let roles: Roles
    /// Keys they may write.
    public let publish: [KeyFilter]
    /// What they may read.
    public let read: [KeyFilter]
    private let isOpen: Bool

    /// Everything is allowed: no roster.
    public static var everything: Permissions {
        Permissions(roles: .all, publish: [], read: [], isOpen: true)
    }

    init(roles: Roles, publish: [KeyFilter], read: [KeyFilter], isOpen: Bool = false) {
        self.roles = roles
        self.publish = publish
        self.read = read
        self.isOpen = isOpen
    }

    /// Whether they may write a well-formed key.
    public func mayPublish(_ key: Span<UInt8>) -> Bool {
        if isOpen { return true }
        for pattern in publish where pattern.matches(key) { return true }
        return false
    }

    /// Whether they may read everything that a filter matches: one pattern has to cover all of it.
    public func mayRead(_ filter: KeyFilter) -> Bool {
        if isOpen { return true }
        for pattern in read where pattern.covers(filter) { return true }
        return false
    }

    /// Filters of what they may read of what a filter matches: itself when that is all of it.
    ///
    /// None when that is nothing. Two of them may match the same key.
    public func readable(_ filter: KeyFilter) -> [KeyFilter] {
        if mayRead(filter) { return [filter] }
        var parts: [KeyFilter] = []
        for pattern in read {
            guard let part = pattern.intersection(filter), !parts.contains(part) else { continue }
            parts.append(part)
        }
        return parts
    }
}

/// Whom a pattern of a grant is worked out for, as segments of keys.
struct GrantHolder {
    var id: [UInt8]
    var site: [UInt8]
    var team: [UInt8]
    /// The teams they look after, each as `site/team`.
    var teams: [[UInt8]]
}

/// One pattern of a grant.
struct GrantPattern {
    /// Its segments as written; `%m` stands for two.
    private let segments: [[UInt8]]

    /// A pattern, if it is a filter once its signs are replaced.
    init(_ text: String) throws(KeyError) {
        let bytes = Array(text.utf8)
        segments = bytes.split(separator: KeyRules.slash, omittingEmptySubsequences: false)
            .dropLast().map { Array($0) }
        let letter = [UInt8(ascii: "x")]
        let example = GrantHolder(
            id: letter,
            site: letter,
            team: letter,
            teams: [[UInt8(ascii: "x"), KeyRules.slash, UInt8(ascii: "x")]]
        )
        guard bytes.last == KeyRules.slash else {
            throw bytes.isEmpty ? .empty : .noFinalSlash
        }
        _ = try KeyFilter(bytes: filled(example, example.teams[0]))
    }

    /// Adds the filters that the pattern is for one principal.
    func expand(_ holder: GrantHolder, into filters: inout [KeyFilter]) {
        let needsTeams = segments.contains { Self.sign($0) == UInt8(ascii: "m") }
        for team in needsTeams ? holder.teams : [[]] {
            // What they do not have leaves an empty segment: such a pattern grants nothing.
            guard let filter = try? KeyFilter(bytes: filled(holder, team)),
                !filters.contains(filter)
            else { continue }
            filters.append(filter)
        }
    }

    private func filled(_ holder: GrantHolder, _ team: [UInt8]) -> [UInt8] {
        var out: [UInt8] = []
        for segment in segments {
            switch Self.sign(segment) {
            case UInt8(ascii: "u"): out += holder.id
            case UInt8(ascii: "s"): out += holder.site
            case UInt8(ascii: "t"): out += holder.team
            case UInt8(ascii: "m"): out += team
            default: out += segment
            }
            out.append(KeyRules.slash)
        }
        return out
    }

    /// The letter of a segment that stands for something else.
    ///
    /// None is a hexadecimal digit, so no such segment is an escape.
    private static func sign(_ segment: [UInt8]) -> UInt8? {
        segment.count == 2 && segment[0] == UInt8(ascii: "%") ? segment[1] : nil
    }
}
