/// Words of a line of code, with the column where each begins; a word is an identifier.
struct Word: Equatable {
    var text: Substring
    /// What stands directly before and after, a space at the ends of the line.
    var before: Character
    var after: Character
    /// The first character after the word that is not a space.
    var next: Character
}

/// Splits code into identifiers; `$`, `_` and digits belong to them, backticks do not.
func words(in line: some StringProtocol) -> [Word] {
    var found: [Word] = []
    var index = line.startIndex
    while index < line.endIndex {
        guard isWordCharacter(line[index]) else {
            index = line.index(after: index)
            continue
        }
        let end = line[index...].firstIndex { !isWordCharacter($0) } ?? line.endIndex
        let before = index == line.startIndex ? " " : line[line.index(before: index)]
        found.append(
            Word(
                text: Substring(line[index..<end]),
                before: before,
                after: end == line.endIndex ? " " : line[end],
                next: line[end...].first { !$0.isWhitespace } ?? " "
            )
        )
        index = end
    }
    return found
}

private func isWordCharacter(_ character: Character) -> Bool {
    character.isLetter || character.isNumber || character == "_" || character == "$"
}

/// Whether a text contains a word, not merely its letters.
func mentions(_ word: String, in text: some StringProtocol) -> Bool {
    words(in: text).contains { $0.text == word }
}
