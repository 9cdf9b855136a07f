/// What a person or program on the floor may be; any number at once.
///
/// The bits of WELCOME.roles (docs/wire-protocol.md, 5.1).
public struct Roles: OptionSet, Sendable, Hashable {
    /// The roles as bits.
    public let rawValue: UInt32
    /// Roles from bits; unknown bits are kept.
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Works with customers; raises help flags.
    public static let agent = Roles(rawValue: 1)
    /// Claims and answers help flags.
    public static let supporter = Roles(rawValue: 2)
    /// Looks after teams.
    public static let supervisor = Roles(rawValue: 4)
    /// A screen; only reads.
    public static let wallboard = Roles(rawValue: 8)
    /// A program of the site: a telephone system's bridge, a report, a gateway.
    public static let system = Roles(rawValue: 16)

    /// All bits: what everybody holds while there is no roster.
    public static var all: Roles { Roles(rawValue: .max) }

    /// The roles there are, one by one, in the order of their bits.
    public static var each: [Roles] { [.agent, .supporter, .supervisor, .wallboard, .system] }

    /// The name of one role in files and on the command line; empty for several at once.
    public var name: String {
        switch self {
        case .agent: "agent"
        case .supporter: "supporter"
        case .supervisor: "supervisor"
        case .wallboard: "wallboard"
        case .system: "system"
        default: ""
        }
    }

    /// The names of the roles that are held.
    public var names: [String] { Self.each.filter { contains($0) }.map { $0.name } }

    /// One role by its name, or nil.
    public init?(name: String) {
        for role in Self.each where role.name == name {
            self = role
            return
        }
        return nil
    }
}
