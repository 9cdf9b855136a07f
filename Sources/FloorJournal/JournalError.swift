import Foundation
import GRDB

/// Why a journal cannot be used, and what to do about it.
enum JournalError: Error {
    case foreign(String)
    case newer(String, found: Int, known: Int)
    case noEpochLeft(String)
    case fromTheFuture(String, hours: Int64)
    case damaged(String, detail: String)
    case missing(String)

    /// What is wrong and what to do, for a person.
    var sentence: String {
        switch self {
        case .foreign(let path):
            "\(path) is a database, but not a FloorBus journal; choose another directory with "
                + "--data"
        case .newer(let path, let found, let known):
            "\(path) was written by a newer FloorBus (journal version \(found), this program "
                + "knows \(known)); install that version, or start with an empty directory"
        case .noEpochLeft(let path):
            "\(path) has had as many hubs as a journal can count; start with an empty directory"
        case .fromTheFuture(let path, let hours):
            "\(path) was last written \(hours) hours ahead of this machine's clock; set the "
                + "clock right and start again, or, if it is right now and was wrong then, start "
                + "once with 'floorbus hub --accept-clock'"
        case .damaged(let path, let detail):
            "\(path) is damaged (\(detail)); restore it from a copy, or move it away to start "
                + "with an empty journal"
        case .missing(let path):
            "there is no journal at \(path)"
        }
    }

    /// One sentence for whatever opening a journal can throw.
    static func sentence(_ error: any Error, path: String) -> String {
        switch error {
        case let error as JournalError: error.sentence
        case let error as DatabaseError where isDamage(error):
            JournalError.damaged(path, detail: error.message ?? error.resultCode.description)
                .sentence
        case let error as DatabaseError:
            "\(path) cannot be used: \(error.message ?? error.resultCode.description)"
        default: "\(path) cannot be used: \(error)"
        }
    }

    private static func isDamage(_ error: DatabaseError) -> Bool {
        switch error.resultCode {
        case .SQLITE_NOTADB, .SQLITE_CORRUPT: true
        default: false
        }
    }
}
