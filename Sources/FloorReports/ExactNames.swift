/// Names by their bytes, as keys are: two spellings of one letter (composed and decomposed) are two
/// names, although Swift's texts call them equal.
struct ExactNames: Sendable, Hashable, Comparable {
    let texts: [String]

    init(_ texts: [String]) { self.texts = texts }

    static func == (left: ExactNames, right: ExactNames) -> Bool {
        left.texts.count == right.texts.count
            && zip(left.texts, right.texts).allSatisfy { $0.utf8.elementsEqual($1.utf8) }
    }

    static func < (left: ExactNames, right: ExactNames) -> Bool {
        for (mine, other) in zip(left.texts, right.texts) where !mine.utf8.elementsEqual(other.utf8)
        {
            return mine.utf8.lexicographicallyPrecedes(other.utf8)
        }
        return left.texts.count < right.texts.count
    }

    // Texts that are equal by their bytes are equal as texts too, and so are their hashes.
    func hash(into hasher: inout Hasher) { hasher.combine(texts) }
}
