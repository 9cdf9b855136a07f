import FloorBusTestKit
import FloorEvents
import FloorWire
import Testing

@testable import FloorHub

/// The tree of keys against a plain list, walked in small pieces while keys come and go.
@Suite("Keys by their segments")
struct KeyTreeTests {
    private struct Keys {
        var tree = KeyTree()
        var keys: [[UInt8]] = []
        var numbers: [[UInt8]: Int] = [:]
        private var places: [[UInt8]: KeyTree.Place] = [:]

        /// Adds a key that is not here, or removes one that is; whether it was here.
        mutating func toggle(_ key: [UInt8]) -> Bool {
            if let place = places.removeValue(forKey: key) {
                tree.remove(place)
                numbers[key] = nil
                return true
            }
            numbers[key] = keys.count
            keys.append(key)
            places[key] = tree.insert(key.span, keys.count - 1)
            return false
        }

        func matching(_ filter: KeyFilter) -> Set<[UInt8]> {
            Set(numbers.keys.filter { filter.matches($0.span) })
        }
    }

    private static func key(_ words: SeededWords) -> [UInt8] {
        let kind = ["agent", "queue"][words.next(below: 2)]
        let site = ["bj", "sh"][words.next(below: 2)]
        let unit = ["a", "b"][words.next(below: 2)]
        return Array("\(kind)/\(site)/\(unit)/\(words.next(below: 12))/".utf8)
    }

    @Test(
        "A walk in pieces tells each key that stays once, and no other that does not match",
        arguments: [
            "+/", "agent/", "agent/bj/", "agent/+/b/", "+/+/a/", "+/sh/+/3/", "agent/bj/a/3/",
            "agent/nowhere/",
        ]
    )
    func pieces(_ text: String) throws {
        let filter = try KeyFilter(text)
        for seed in 1...50 {
            let words = SeededWords(seed: UInt64(seed))
            var keys = Keys()
            for _ in 0..<80 { _ = keys.toggle(Self.key(words)) }
            var staying = keys.matching(filter)
            if let below = keys.tree.count(below: filter), !filter.isOneKey {
                #expect(below == staying.count, "seed \(seed)")
            }
            var cursor = KeyCursor()
            var told: [[UInt8]: Int] = [:]
            var changes = 40
            while true {
                var work = 3
                let isThrough = keys.tree.walk(
                    filter,
                    &cursor,
                    &work,
                    find: { key in keys.numbers[key.copy(0..<key.count)] },
                    take: { number in
                        if words.next(below: 4) == 0 { return false }
                        told[keys.keys[number], default: 0] += 1
                        return true
                    }
                )
                if isThrough { break }
                changes -= 1
                guard changes > 0 else { continue }
                let key = Self.key(words)
                if keys.toggle(key) { staying.remove(key) }
            }
            #expect(staying.allSatisfy { told[$0] == 1 }, "seed \(seed)")
            #expect(told.keys.allSatisfy { filter.matches($0.span) }, "seed \(seed)")
        }
    }

    @Test("A walk costs what matches: other kinds, sites and units are not looked at")
    func work() throws {
        var keys = Keys()
        for number in 0..<1000 { _ = keys.toggle(Array("agent/bj/a/\(number)/".utf8)) }
        for number in 0..<3 { _ = keys.toggle(Array("queue/bj/a/\(number)/".utf8)) }
        for (text, most) in [("queue/", 12), ("+/sh/", 6), ("agent/bj/a/7/", 10), ("note/", 2)] {
            var cursor = KeyCursor()
            var work = 2000
            let isThrough = keys.tree.walk(
                try KeyFilter(text),
                &cursor,
                &work,
                find: { key in keys.numbers[key.copy(0..<key.count)] },
                take: { _ in true }
            )
            #expect(isThrough && 2000 - work <= most, "\(text): \(2000 - work)")
        }
    }
}
