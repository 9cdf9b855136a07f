import FloorEvents

/// Several names together, each by its bytes (`ExactName`): a site and a team, say.
struct ExactNames: Sendable, Hashable, Comparable {
    private let names: [ExactName]

    init(_ texts: [String]) { names = texts.map(\.exact) }

    var texts: [String] { names.map(\.text) }

    static func < (left: ExactNames, right: ExactNames) -> Bool {
        left.names.lexicographicallyPrecedes(right.names)
    }
}
