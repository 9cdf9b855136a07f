import FloorBus
import FloorHubServer
import FloorJournal
import FloorPosix

/// What `floorbus doctor` finds in a hub's data directory.
enum JournalChecks {
    /// The journal itself, and when there is one, its log and its clock.
    ///
    /// - Parameters:
    ///   - directory: the hub's.
    ///   - lineage: of the hub that was visited, if one was.
    /// - Returns: a finding for each.
    static func all(_ directory: String, lineage: FloorID?) -> [Finding] {
        let journal: JournalFile
        do {
            journal = try JournalFile(directory: directory)
        } catch {
            return [missing(directory)]
        }
        return [content(journal, lineage), log(directory), clock(journal)].compactMap { $0 }
    }

    private static func missing(_ directory: String) -> Finding {
        guard isUsed(directory) else {
            return Finding(
                "journal",
                .warn,
                "there is no journal in \(directory): 'floorbus hub --data \(directory)' keeps one"
            )
        }
        return Finding(
            "journal",
            .fail,
            "a hub is using \(directory) and \(SQLiteJournal.fileName) is not there any more, so "
                + "it refuses events: put the file back, or restart the hub with an empty journal"
        )
    }

    /// Whether a hub has the directory's lock; it is held for no longer than this look.
    private static func isUsed(_ directory: String) -> Bool {
        let path = directory + "/floorbus.lock"
        do {
            _ = try FileSystem.status(path: path)
            _ = try FileLock(path: path)
            return false
        } catch {
            return error.code == ErrorNumber.tryAgain
        }
    }

    /// The whole journal, read and compared with itself and with the hub that was visited.
    private static func content(_ journal: JournalFile, _ lineage: FloorID?) -> Finding {
        let report: JournalReport
        do {
            report = try journal.check()
        } catch {
            return Finding("journal", .fail, sentence(error))
        }
        if let fault = report.faults.first {
            return Finding(
                "journal",
                .fail,
                "\(report.faults.count) faults, the first: \(fault); 'floorbus journal check' "
                    + "names all, a copy from before is the remedy"
            )
        }
        let text =
            "\(report.events) events and \(report.values) values in version \(report.version), "
            + "without a fault"
        if let lineage, lineage != report.lineage {
            return Finding(
                "journal",
                .warn,
                text + "; but it is not the journal of the hub that answered: lineage "
                    + report.lineage.text
            )
        }
        return Finding("journal", .ok, text).measured(Double(report.events), "events")
    }

    /// The log beside the journal; nil when there is none.
    private static func log(_ directory: String) -> Finding? {
        let path = directory + "/" + SQLiteJournal.fileName + "-wal"
        let bytes: Int64
        do {
            bytes = try FileSystem.status(path: path).size
        } catch {
            guard error.code != ErrorNumber.notFound else { return nil }
            return Finding("log", .warn, error.description)
        }
        let text = "the log beside the journal has \(bytes >> 20) MiB"
        let finding =
            bytes <= Limits.journalLogBytes
            ? Finding("log", .ok, text)
            : Finding(
                "log",
                .warn,
                text + " and fills the disk: some program has been reading the journal for long, a "
                    + "backup or a database shell ('fuser \(path)' names it); end it, and the hub "
                    + "makes the log short again"
            )
        return finding.measured(Double(bytes), "bytes")
    }

    /// Whether the journal's last stamp is ahead of this machine's clock.
    private static func clock(_ journal: JournalFile) -> Finding {
        let ahead: Int64
        do {
            let last = try journal.extentOfTime().last
            // A stamp of any size may be in a damaged file.
            ahead = last.subtractingReportingOverflow(Clocks.wallMicroseconds()).partialValue
        } catch {
            return Finding("stamps", .fail, sentence(error))
        }
        guard ahead > Limits.clockToleranceMicroseconds else {
            return Finding("stamps", .ok, "the journal's last stamp is not ahead of this clock")
        }
        let text =
            "the journal's last stamp is \(JournalFile.words(microseconds: ahead)) ahead of this "
            + "machine's clock: "
        guard ahead > Limits.clockRefusalMicroseconds else {
            return Finding("stamps", .warn, text + "one of them was set wrong; run NTP")
        }
        return Finding(
            "stamps",
            .fail,
            text + "no hub starts with it; set the clock right, or, if it is right now, start once "
                + "with 'floorbus hub --accept-clock'"
        )
    }

    private static func sentence(_ error: any Error) -> String {
        (error as? HubServerError)?.sentence ?? "the journal cannot be read: \(error)"
    }
}
