import FloorEvents
import FloorRoster
import FloorWire

/// What of the roster a desktop shows, on its way to `catalogue/`: categories with their standard
/// answers, reasons, names.
///
/// A roster of ten thousand names is a burst for the tap, and no input may take the core for so
/// long: entries follow some at a time, as values do whose freshness changes.
///
/// Invariant: `shown` are the keys that have a value, or will have one when `line` is done.
struct Catalogue {
    /// One key's value, or its end.
    struct Change {
        let key: FloorKey
        /// Nil = the roster has it no longer.
        let payload: [UInt8]?
    }

    private var line = Line<Change>()
    private var shown: Set<FloorKey> = []
    private var due: Int64 = .min
    private var left = 0

    /// Boot time at which more is to be told.
    var deadline: Int64 { line.isEmpty ? .max : left > 0 ? .min : due }

    /// A value of an earlier life is in the table again.
    mutating func noteRestored(_ key: FloorKey) { shown.insert(key) }

    /// Another roster holds: what it has is to be told, and what only the last one had is over.
    mutating func take(_ roster: Roster) {
        line = Line()
        var present: Set<FloorKey> = []
        for (key, entry) in Self.entries(roster) {
            var payload: [UInt8] = []
            do {
                try entry.append(to: &payload)
            } catch {
                preconditionFailure("Catalogue: the roster's texts are checked when it is read")
            }
            present.insert(key)
            line.add(Change(key: key, payload: payload))
        }
        for key in shown where !present.contains(key) {
            line.add(Change(key: key, payload: nil))
        }
        shown = present
    }

    /// Begins or goes on with a part, if there is anything to do now.
    mutating func begin(at now: Int64) {
        guard !line.isEmpty, due <= now else { return }
        left = Limits.renewalsAtOnce
        due = now + Limits.tapPauseMicroseconds
    }

    /// The next change of this part.
    mutating func next() -> Change? {
        guard left > 0, let change = line.takeFirst() else {
            left = 0
            return nil
        }
        left -= 1
        return change
    }

    /// What is left is not told: there is no room for it.
    mutating func giveUp() { line = Line() }

    // MARK: what a roster says

    private static func entries(_ roster: Roster) -> [(FloorKey, CatalogueEntry)] {
        var all: [(FloorKey, CatalogueEntry)] = []
        func add(_ code: String, _ entry: CatalogueEntry) {
            let subject = entry.subject.name
            // The roster refuses what makes no key's segment.
            guard let key = try? FloorKey(.catalogue, site: "-", unit: subject, entity: code) else {
                return
            }
            all.append((key, entry))
        }
        for category in roster.categories {
            var entry = CatalogueEntry(.category)
            entry.label = category.label
            entry.parent = category.parent
            entry.answer = category.answer
            add(category.code, entry)
        }
        for reason in roster.reasons {
            var entry = CatalogueEntry(.reason)
            entry.label = reason.label
            entry.reasonClass = reason.reasonClass
            add("\(reason.code)", entry)
        }
        for person in roster.people {
            var entry = CatalogueEntry(.person)
            entry.label = person.name
            entry.site = person.site
            entry.team = person.team
            add(person.id, entry)
        }
        return all
    }
}
