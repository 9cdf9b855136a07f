import FloorEvents
import FloorHub
import FloorWire
import Foundation
import GRDB

/// One batch on its way to the disk: bytes, and what lies where in them.
struct JournalBatch: Sendable {
    var number: UInt64 = 0
    var bytes: [UInt8] = []
    var events: [Range<Int>] = []
    var values: [Range<Int>] = []
    var producers: [Range<Int>] = []
    var history: [Range<Int>] = []
    var kept: [Range<Int>] = []
    /// Keys.
    var forgotten: [Range<Int>] = []

    /// The revision of its last event.
    var lastEvent: Revision? {
        events.last.map {
            RecordView(checked: bytes.span, at: $0.lowerBound).revision(bytes.span)
        }
    }

    mutating func add(_ part: Span<UInt8>, to list: WritableKeyPath<JournalBatch, [Range<Int>]>) {
        let start = bytes.count
        bytes.append(span: part)
        self[keyPath: list].append(start..<bytes.count)
    }

    /// Takes records that lie end to end.
    mutating func add(
        records: Span<UInt8>,
        to list: WritableKeyPath<JournalBatch, [Range<Int>]>
    ) {
        let start = bytes.count
        bytes.append(span: records)
        var at = start
        while at < bytes.count {
            let view = RecordView(checked: bytes.span, at: at)
            self[keyPath: list].append(view.range)
            at = view.range.upperBound
        }
    }

    /// Writes everything, inside the caller's transaction; returns the latest stamp in it.
    func write(_ database: Database) throws -> Int64 {
        try writeKept(database)
        try writeHistory(database)
        return max(
            try writeEvents(database),
            try writeValues(database),
            try writeProducers(database)
        )
    }

    private func writeKept(_ database: Database) throws {
        guard !kept.isEmpty || !forgotten.isEmpty else { return }
        let upsert = try database.cachedStatement(sql: "INSERT OR REPLACE INTO kept VALUES (?, ?)")
        for range in kept {
            let (view, _) = record(range)
            try upsert.execute(arguments: [text(view.key), Data(bytes[range])])
        }
        let remove = try database.cachedStatement(sql: "DELETE FROM kept WHERE key = ?")
        for range in forgotten { try remove.execute(arguments: [text(range)]) }
    }

    private func writeEvents(_ database: Database) throws -> Int64 {
        guard !events.isEmpty else { return 0 }
        let insert = try database.cachedStatement(
            sql: "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?)"
        )
        var latest: Int64 = 0
        for range in events {
            let (view, header) = record(range)
            latest = max(latest, header.hubTime)
            try insert.execute(arguments: [
                header.revision.column,
                header.kindCode,
                text(view.key),
                header.hubTime,
                header.producer.data,
                Int64(bitPattern: header.producerSequence),
                Data(bytes[range]),
            ])
        }
        return latest
    }

    /// Replaces what a batch before has stored that was thought to be lost.
    private func writeHistory(_ database: Database) throws {
        guard !history.isEmpty else { return }
        let insert = try database.cachedStatement(
            sql: "INSERT OR REPLACE INTO history VALUES (?, ?, ?, ?, ?)"
        )
        for range in history {
            let (view, header) = record(range)
            try insert.execute(arguments: [
                header.revision.column,
                header.kindCode,
                text(view.key),
                header.hubTime,
                Data(bytes[range]),
            ])
        }
    }

    private func writeValues(_ database: Database) throws -> Int64 {
        guard !values.isEmpty else { return 0 }
        let upsert = try database.cachedStatement(
            sql: "INSERT OR REPLACE INTO state VALUES (?, ?)"
        )
        let remove = try database.cachedStatement(sql: "DELETE FROM state WHERE key = ?")
        var latest: Int64 = 0
        for range in values {
            let (view, header) = record(range)
            latest = max(latest, header.hubTime)
            if header.operation == .delete {
                try remove.execute(arguments: [text(view.key)])
            } else {
                try upsert.execute(arguments: [text(view.key), Data(bytes[range])])
            }
        }
        return latest
    }

    private func writeProducers(_ database: Database) throws -> Int64 {
        guard !producers.isEmpty else { return 0 }
        let upsert = try database.cachedStatement(
            sql: "INSERT OR REPLACE INTO producers VALUES (?, ?, ?, ?, ?, ?)"
        )
        for range in producers {
            let producer = try StoredProducer(bytes.span.extracting(range))
            var results: [UInt8] = []
            Results(runs: producer.results).append(to: &results)
            try upsert.execute(arguments: [
                producer.id.data,
                producer.principal.text,
                Int64(bitPattern: producer.last),
                Int64(bitPattern: producer.incarnation),
                producer.usedAt,
                Data(results),
            ])
        }
        return 0
    }

    private func record(_ range: Range<Int>) -> (RecordView, RecordHeader) {
        guard let view = try? RecordView(bytes.span, at: range.lowerBound) else {
            preconditionFailure("the hub handed over bytes that are no record")
        }
        return (view, view.header(bytes.span))
    }

    private func text(_ range: Range<Int>) -> String {
        // Keys are UTF-8: KeyRules has checked them.
        String(decoding: bytes[range], as: UTF8.self)
    }
}
