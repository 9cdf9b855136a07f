import FloorEvents
import FloorRoster
import Yams

// Single values of a roster's file. Each says what it wants where it does not get it, and the
// reader goes on, so that a person sees everything at once.

extension RosterReader {
    /// A mapping's values by their keys.
    struct Fields {
        fileprivate var values: [String: Node] = [:]

        /// The value of a key, if it is there.
        mutating func take(_ name: String) -> Node? { values.removeValue(forKey: name) }
    }

    func line(of node: Node) -> Int { node.mark?.line ?? 0 }

    mutating func add(_ node: Node, _ sentence: String) {
        add(RosterFileProblem(line(of: node), sentence))
    }

    /// The fields of a mapping; every key that is not one of `names` is a problem.
    mutating func fields(of node: Node, _ what: String, _ names: [String]) -> Fields? {
        guard let mapping = node.mapping else {
            add(node, "\(what) is written as 'key: value' lines; known keys: \(list(names))")
            return nil
        }
        var fields = Fields()
        for (key, value) in mapping {
            guard let name = key.scalar?.string, names.contains(name) else {
                let written = key.scalar?.string ?? "?"
                let nearest = Spelling.nearest(written, names).map { "; did you mean '\($0)'?" }
                let hint = nearest ?? "; known keys: \(list(names))"
                add(key, "\(what) has no '\(written)'" + hint)
                continue
            }
            // Nothing written is as good as not there.
            if !isNothing(value) { fields.values[name] = value }
        }
        return fields
    }

    /// The entries of a list; none when it is missing.
    mutating func entries(_ node: Node?, _ name: String) -> [Node] {
        guard let node, !isNothing(node) else { return [] }
        guard let sequence = node.sequence else {
            add(node, "\(name) is a list; begin each entry with '- '")
            return []
        }
        return Array(sequence)
    }

    /// A text; empty when it is missing.
    mutating func text(_ node: Node?, _ name: String) -> String {
        guard let node else { return "" }
        guard let scalar = node.scalar else {
            add(node, "\(name) is one text, not a list or more keys")
            return ""
        }
        return scalar.string
    }

    /// A text that must be there.
    mutating func need(
        _ fields: inout Fields,
        _ name: String,
        _ what: String,
        _ node: Node
    ) -> String {
        guard let value = fields.take(name) else {
            add(node, "\(what) needs '\(name)'")
            return ""
        }
        return text(value, name)
    }

    /// Texts: a list, or one alone.
    mutating func texts(_ node: Node?, _ name: String) -> [String] {
        guard let node, !isNothing(node) else { return [] }
        guard node.scalar == nil else { return [text(node, name)] }
        return entries(node, name).map { text($0, name) }
    }

    mutating func number<Number: FixedWidthInteger>(_ node: Node, _ name: String) -> Number? {
        let written = text(node, name)
        guard let number = Number(written) else {
            add(node, "\(name) is a whole number from \(Number.min) to \(Number.max)")
            return nil
        }
        return number
    }

    /// A name of the vocabulary.
    mutating func named<Value: FloorName>(_ node: Node, _ name: String) -> Value? {
        let written = text(node, name)
        if let value = Value(name: written) { return value }
        let names = Value.allCases.map(\.name)
        let nearest = Spelling.nearest(written, names).map { "; did you mean '\($0)'?" }
        add(node, "there is no \(name) '\(written)'" + (nearest ?? "; known: \(list(names))"))
        return nil
    }

    /// A time zone by its name.
    mutating func readZone(_ node: Node) -> FloorZone? {
        let name = text(node, "zone")
        if let zone = zones[name] { return zone }
        do throws(ZoneError) {
            let zone = try ZoneFile.zone(name)
            zones[name] = zone
            return zone
        } catch {
            add(node, error.sentence)
            return nil
        }
    }

    mutating func readRoles(_ node: Node) -> Roles {
        var roles: Roles = []
        let names = Roles.each.map(\.name)
        for written in texts(node, "roles") {
            if let role = Roles(name: written) {
                roles.formUnion(role)
                continue
            }
            let nearest = Spelling.nearest(written, names).map { "; did you mean '\($0)'?" }
            add(node, "there is no role '\(written)'" + (nearest ?? "; known: \(list(names))"))
        }
        return roles
    }

    /// A time with its unit, in milliseconds.
    func milliseconds(_ text: String) -> UInt32? {
        let units: [(String, UInt32)] = [
            ("ms", 1), ("min", 60_000), ("s", 1000), ("h", 3_600_000), ("d", 86_400_000),
        ]
        guard let (unit, factor) = units.first(where: { text.hasSuffix($0.0) }),
            let number = UInt32(text.dropLast(unit.count))
        else { return nil }
        let (product, overflow) = number.multipliedReportingOverflow(by: factor)
        return overflow ? nil : product
    }

    /// Whether nothing was written behind a key, or one of YAML's words for nothing, unquoted.
    private func isNothing(_ node: Node) -> Bool {
        guard let scalar = node.scalar else { return false }
        if scalar.style == .singleQuoted || scalar.style == .doubleQuoted { return false }
        return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }

    private func list(_ names: [String]) -> String { names.joined(separator: ", ") }
}

/// What a person may have meant.
package enum Spelling {
    /// The known name that is nearest to a word, if one is near.
    package static func nearest(_ word: String, _ names: [String]) -> String? {
        guard word.utf8.count <= 32 else { return nil }
        let near = names.map { (name: $0, distance: distance(word.lowercased(), $0.lowercased())) }
        guard let best = near.min(by: { $0.distance < $1.distance }) else { return nil }
        return best.distance <= best.name.count / 2 ? best.name : nil
    }

    /// How many letters must be added, removed or changed (Levenshtein).
    static func distance(_ left: String, _ right: String) -> Int {
        let right = Array(right)
        var row = Array(0...right.count)
        for (index, letter) in left.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for place in right.indices {
                let changed = diagonal + (letter == right[place] ? 0 : 1)
                diagonal = row[place + 1]
                row[place + 1] = min(changed, diagonal + 1, row[place] + 1)
            }
        }
        return row[right.count]
    }
}
