/// A name by its bytes, as everywhere on the bus (`ExactName` of FloorEvents, which this module
/// does without: it stands on nothing of ours).
struct ExactName: Sendable, Hashable, Comparable {
    let text: String

    static func == (left: ExactName, right: ExactName) -> Bool {
        left.text.utf8.elementsEqual(right.text.utf8)
    }

    static func < (left: ExactName, right: ExactName) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }

    // Texts of the same bytes are equal, and so are their hashes.
    func hash(into hasher: inout Hasher) { hasher.combine(text) }
}

extension String {
    var exact: ExactName { ExactName(text: self) }
}

/// Values by name, as the names are written: two spellings of a letter are two names.
struct NameTable<Value>: ExpressibleByDictionaryLiteral {
    private var table: [ExactName: Value] = [:]

    init() {}

    init(dictionaryLiteral elements: (String, Value)...) {
        for (name, value) in elements { table[name.exact] = value }
    }

    var count: Int { table.count }
    var names: [String] { table.keys.map(\.text) }
    var values: Dictionary<ExactName, Value>.Values { table.values }

    subscript(name: String) -> Value? {
        get { table[name.exact] }
        _modify { yield &table[name.exact] }
    }

    subscript(name: String, default value: @autoclosure () -> Value) -> Value {
        get { table[name.exact, default: value()] }
        _modify { yield &table[name.exact, default: value()] }
    }

    mutating func removeValue(forKey name: String) -> Value? {
        table.removeValue(forKey: name.exact)
    }
}

extension NameTable: Sendable where Value: Sendable {}
