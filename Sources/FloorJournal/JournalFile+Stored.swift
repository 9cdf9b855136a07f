public import FloorEvents
import FloorHubServer
public import FloorWire
import Foundation
import GRDB

extension JournalFile {
    /// Calls `body` with the stored bytes of each record of a kind and a stretch of time, oldest
    /// first.
    ///
    /// For who reads a million of them: a part's rows lie one behind the other in bytes that the
    /// next part uses again, and no record is copied out of them.
    ///
    ///     try journal.stored(.history, .agent, from: 0, to: .max) { bytes, view in
    ///         count += view.header(bytes).operation == .put ? 1 : 0
    ///     }
    ///
    /// - Parameters:
    ///   - part: which of the journal's records.
    ///   - kind: records of this kind.
    ///   - from: first hub time, microseconds since 1970.
    ///   - to: hub time before which it ends.
    ///   - before: revision before which it ends; nil = wherever the journal does.
    ///   - body: gets bytes and where in them a well-formed record with a well-formed key lies.
    ///     What it throws ends the reading.
    /// - Throws: `HubServerError.journal`, or what `body` throws.
    public func stored(
        _ part: JournalPart,
        _ kind: RecordKind,
        from: Int64 = 0,
        to: Int64 = .max,
        before: Revision? = nil,
        _ body: (Span<UInt8>, RecordView) throws -> Void
    ) throws {
        var bytes: [UInt8] = []
        try readingInParts { database in
            try rows(of: part, [kind], database, from: from, to: to, before: before)
        } part: { (here: JournalRows, database) in
            bytes.removeAll(keepingCapacity: true)
            return try read(here, database) { row in
                guard row[1] as UInt8 == kind.rawValue else { return nil }
                let view = try append(row, to: &bytes)
                let time = view.header(bytes.span).hubTime
                return time >= from && time < to ? view : nil
            }
        } each: { (view: RecordView) in
            try body(bytes.span, view)
        }
    }

    /// Appends a row's record, and says where it lies.
    private func append(_ row: Row, to bytes: inout [UInt8]) throws -> RecordView {
        let start = bytes.count
        try row.withUnsafeData(atIndex: 3) { data in
            unsafe data?.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
        }
        guard let view = try? RecordView(bytes.span, at: start),
            (try? KeyRules.checkKey(bytes.span.extracting(view.key))) != nil
        else { throw JournalError.damaged(path, detail: "record \(row[0] as Int64)") }
        return view
    }
}
