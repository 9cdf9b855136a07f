/// Finds who is one person under two names, without a map.
///
/// Asterisk writes PAUSEALL with a member's interface and the PAUSE of each queue with the member's
/// name, and unless it is told otherwise ADDMEMBER and REMOVEMEMBER with the interface too
/// (`log_membername_as_agent`). Who is paused and taken back under both names together, and under
/// no other, is one person.
struct AliasFinder {
    private struct Word: Equatable {
        var name: String
        var isPause: Bool
        var seconds: Int64
        var queue: String?
    }

    /// The other name that was seen beside this one, and how often; nil = several.
    private struct Pair {
        var name: String
        var count = 0
        var isOne = true
    }

    /// How often both names must be seen together: a pause and its end.
    private static let needed = 2

    private var added = NameTable<Set<ExactName>>()
    private var pairs = NameTable<Pair>()
    private var last: Word?
    private(set) var names = NameTable<String>()

    /// Takes a line about being there; gives the interface that has just been found to be `name`.
    mutating func take(
        _ event: AgentBook.Event,
        of name: String,
        at seconds: Int64
    ) -> (interface: String, name: String)? {
        switch event {
        case .joined(let queue, _):
            guard added.count < ImportLimits.names else { break }
            added[name, default: []].insert(queue.exact)
        case .left(let queue):
            added[name]?.remove(queue.exact)
        case .paused(let queue, _):
            return see(Word(name: name, isPause: true, seconds: seconds, queue: queue))
        case .unpaused(let queue):
            return see(Word(name: name, isPause: false, seconds: seconds, queue: queue))
        case .pausedEverywhere:
            return see(Word(name: name, isPause: true, seconds: seconds))
        case .unpausedEverywhere:
            return see(Word(name: name, isPause: false, seconds: seconds))
        default: break
        }
        return nil
    }

    private mutating func see(_ word: Word) -> (interface: String, name: String)? {
        defer { last = word }
        guard let before = last, before.isPause == word.isPause,
            before.name.exact != word.name.exact,
            abs(before.seconds - word.seconds) <= 1,
            (before.queue == nil) != (word.queue == nil)
        else { return nil }
        let (all, one) = before.queue == nil ? (before, word) : (word, before)
        // The interface was added to that queue, and nobody was under the other name.
        guard let queue = one.queue, added[all.name]?.contains(queue.exact) == true,
            added[one.name] == nil, names[all.name] == nil
        else { return nil }
        note(one.name, beside: all.name)
        note(all.name, beside: one.name)
        guard let left = pairs[all.name], let right = pairs[one.name], left.isOne, right.isOne,
            left.count >= Self.needed, right.count >= Self.needed
        else { return nil }
        names[all.name] = one.name
        return (all.name, one.name)
    }

    private mutating func note(_ name: String, beside other: String) {
        guard pairs.count < ImportLimits.namePairs || pairs[other] != nil else { return }
        var pair = pairs[other] ?? Pair(name: name)
        if pair.name.exact == name.exact { pair.count += 1 } else { pair.isOne = false }
        pairs[other] = pair
    }
}
