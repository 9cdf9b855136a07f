/// A name by its bytes, as keys are.
///
///     ExactName("e\u{301}va") == ExactName("\u{e9}va")  // false
///
/// Swift's texts are equal when they look alike: the composed and the decomposed spelling of a
/// letter. To the roster, to keys and to every other language these are two names, so whatever
/// asks whether two people, queues or calls are the same one asks it of this type.
///
/// Source: Unicode Standard Annex 15 (normalisation); docs/wire-protocol.md, section 8.
public struct ExactName: Sendable, Hashable, Comparable {
    /// The name.
    public let text: String

    /// A name as it is written.
    public init(_ text: String) { self.text = text }

    /// Whether the bytes are the same.
    public static func == (left: ExactName, right: ExactName) -> Bool {
        left.text.utf8.elementsEqual(right.text.utf8)
    }

    /// Whether the bytes come first.
    public static func < (left: ExactName, right: ExactName) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }

    /// Hashes the text: texts of the same bytes are equal, and so are their hashes.
    public func hash(into hasher: inout Hasher) { hasher.combine(text) }
}

extension String {
    /// The text as a name that is compared by its bytes.
    public var exact: ExactName { ExactName(self) }
}

extension Sequence<String> {
    /// Whether a name is among these, by its bytes.
    public func contains(exactly name: String) -> Bool {
        contains { $0.exact == name.exact }
    }
}
