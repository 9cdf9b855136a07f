public import FloorEvents
import FloorHubServer
import FloorWire
import Foundation
import GRDB

extension JournalFile {
    /// A site and a team of it, or a unit, that keys name.
    public struct Place: Sendable, Equatable {
        /// The key's second segment.
        public var site: String
        /// Its third.
        public var unit: String

        /// A place by its names.
        public init(site: String, unit: String) {
            self.site = site
            self.unit = unit
        }
    }

    /// The places that the history's keys of a kind name, in the order of the keys.
    ///
    /// It looks at one key of each place, however many there are.
    ///
    /// - Parameter kind: agents or queues.
    /// - Returns: the places; nil for a journal without the index that finds them.
    /// - Throws: `HubServerError.journal`.
    public func places(_ kind: RecordKind) throws -> [Place]? {
        guard try reading(JournalSchema.hasIndexes) else { return nil }
        var found: [Place] = []
        try readingInParts { _ in
            kind.name + "/"
        } part: { (here: String, database) in
            try places(after: here, below: kind.name + "0", database)
        } each: {
            found.append($0)
        }
        return found
    }

    private func places(
        after start: String,
        below end: String,
        _ database: Database
    ) throws -> (elements: [Place], next: String?) {
        let nextKey = try database.cachedStatement(sql: Self.nextKey)
        var found: [Place] = []
        var here = start
        defer { reads.note(rows: found.count) }
        while found.count < Self.partRows {
            let arguments: StatementArguments = [here, end]
            guard let text = try String.fetchOne(nextKey, arguments: arguments) else {
                return (found, nil)
            }
            guard let key = try? FloorKey(text) else {
                throw JournalError.damaged(path, detail: "a key of the history")
            }
            found.append(Place(site: key.segments[1], unit: key.segments[2]))
            // '0' follows '/': all keys of the place are below.
            here = text.split(separator: "/").prefix(3).joined(separator: "/") + "0"
        }
        return (found, here)
    }
}
