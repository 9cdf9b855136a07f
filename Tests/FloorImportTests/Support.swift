import FloorImport
import Foundation

/// A file with the given bytes for as long as the body runs.
func withFile<Result>(
    _ bytes: [UInt8],
    named name: String = "log",
    _ body: (String) throws -> Result
) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
        "floor-import-\(UUID().uuidString)"
    )
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appendingPathComponent(name)
    try Data(bytes).write(to: file)
    return try body(file.path)
}

/// All lines of a file with the given bytes.
func lines(of bytes: [UInt8]) throws -> [LineReader.Line] {
    try withFile(bytes) { path in
        let reader = try LineReader(path: path)
        var lines: [LineReader.Line] = []
        while let line = try reader.next() { lines.append(line) }
        return lines
    }
}

/// The texts of all lines; nil where a line has none.
func texts(of bytes: [UInt8]) throws -> [String?] {
    try lines(of: bytes).map { line in
        if case .text(let text) = line.content { text } else { nil }
    }
}

/// A script's steps and what became of its lines.
struct Played: Sendable {
    var steps: [FloorStep] = []
    var report = ImportReport()

    var calls: [CallStep] {
        steps.compactMap { step in if case .call(let call) = step { call } else { nil } }
    }

    var agents: [AgentStep] {
        steps.compactMap { step in if case .agent(let agent) = step { agent } else { nil } }
    }

    var queues: [QueueLevel] {
        steps.compactMap { step in if case .queue(let level) = step { level } else { nil } }
    }

    /// Totals as an independent reader has them, who receives only the steps' texts.
    func totals(_ format: LogFormat) throws -> TotalsSummary {
        var totals = ReplayTotals(format: format)
        for call in calls { totals.add(try CallStep(parsing: call.encode())) }
        return totals.summary()
    }
}

func play(_ path: String, _ format: LogFormat, day: String? = nil) throws -> Played {
    let (played, damage) = try playDamaged(path, format, day: day)
    if let damage { throw damage }
    return played
}

/// A script's steps up to where the file is damaged, and what is wrong there.
func playDamaged(
    _ path: String,
    _ format: LogFormat,
    day: String? = nil,
    options: ImportOptions = ImportOptions()
) throws -> (played: Played, damage: ImportError?) {
    let script = try FloorScript(path: path, format: format, day: day, options: options)
    var played = Played()
    var damage: ImportError?
    do throws(ImportError) {
        while let step = try script.next() { played.steps.append(step) }
    } catch {
        damage = error
    }
    played.report = script.report
    return (played, damage)
}

func play(_ rows: [String], _ format: LogFormat, day: String? = nil) throws -> Played {
    try withFile(Array((rows.joined(separator: "\n") + "\n").utf8)) { path in
        try play(path, format, day: day)
    }
}

/// The error of a call that must fail with one.
func importError(_ body: () throws -> Void) -> ImportError? {
    do {
        try body()
        return nil
    } catch {
        return error as? ImportError
    }
}

/// One gzip member with a single stored block (RFC 1951, 3.2.4; RFC 1952, 2.3).
func gzip(_ text: String) -> [UInt8] {
    let data = Array(text.utf8)
    precondition(data.count < 65_536)
    let length = UInt16(data.count)
    var crc: UInt32 = 0xFFFF_FFFF
    for byte in data {
        crc ^= UInt32(byte)
        for _ in 0..<8 { crc = crc & 1 == 1 ? (crc >> 1) ^ 0xEDB8_8320 : crc >> 1 }
    }
    func little<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
        (0..<Number.bitWidth / 8).map { index in
            UInt8(truncatingIfNeeded: number >> (8 * index))
        }
    }
    return [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255, 1] + little(length) + little(~length) + data
        + little(~crc) + little(UInt32(data.count))
}

/// A row of the bank's table; the times of a stay are "start end seconds".
func bankRow(
    _ id: String,
    type: String = "PS",
    date: String = "990101",
    menu: String = "9:00:00 9:00:05 5",
    wait: String = "0:00:00 0:00:00 0",
    _ outcome: String,
    talk: String = "0:00:00 0:00:00 0",
    server: String = "NO_SERVER"
) -> String {
    let columns =
        ["AA0101", id, "0", "2", type, date] + menu.split(separator: " ").map(String.init)
        + wait.split(separator: " ").map(String.init) + [outcome]
        + talk.split(separator: " ").map(String.init) + [server]
    return columns.joined(separator: "\t")
}

let bankHeader =
    "vru+line\tcall_id\tcustomer_id\tpriority\ttype\tdate\tvru_entry\tvru_exit\tvru_time\tq_start"
    + "\tq_exit\tq_time\toutcome\tser_start\tser_exit\tser_time\tserver"

/// 1 January 1999, 00:00:00 UTC, in seconds since the epoch.
let bankDay: Int64 = 915_148_800

/// The real logs; the project ships none of them.
enum RealData {
    static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("shared/data")
    static let bank = folder.appendingPathComponent("anonymous-bank/1999-01.tsv.gz").path
    static let asterisk = folder.appendingPathComponent("asterisk/queue_log").path
    static let isPresent = [bank, asterisk].allSatisfy(FileManager.default.fileExists(atPath:))

    static func reference(of path: String) throws -> Data {
        let stem = path.hasSuffix(".tsv.gz") ? String(path.dropLast(7)) : path
        return try Data(contentsOf: URL(fileURLWithPath: stem + ".reference.json"))
    }
}
