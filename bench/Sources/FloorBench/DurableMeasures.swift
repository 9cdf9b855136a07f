import CBench
import FloorEvents
import FloorHubServer
import FloorJournal
import FloorPosix
import FloorWire
import Foundation

// The durable journal: its rate, its delay beside the bare disk, its size, its recovery.

/// A directory on the disk that holds the working directory; gone with the measurement.
///
/// Not the system's temporary directory, which may be memory.
final class Scratch {
    let path: String

    init() throws {
        path = FileManager.default.currentDirectoryPath + "/.floorbus-bench-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Bytes of the journal's database.
    func journalBytes() throws -> Double {
        let file = path + "/" + SQLiteJournal.fileName
        let attributes = try FileManager.default.attributesOfItem(atPath: file)
        return (attributes[.size] as? NSNumber)?.doubleValue ?? 0
    }
}

func measureDurable(_ scale: Scale, _ report: inout Report) throws {
    try measureDurableRate(scale, &report)
    try measureDurableDelay(scale, &report)
    try measureRecovery(scale, &report)
}

private func measureDurableRate(_ scale: Scale, _ report: inout Report) throws {
    let count = scale(200_000, tiny: 5000)
    var rates: [Double] = []
    var sizes: [Double] = []
    for _ in 0..<scale.runs {
        let scratch = try Scratch()
        let run = try Traffic(load: "event", count: UInt64(count), data: scratch.path).runBus()
        rates.append(run.rate)
        sizes.append(try scratch.journalBytes() / Double(count))
        report.fold(run.hash)
    }
    report.add(
        Row(
            name: "durable events, publisher to subscriber, group commit, fsync on",
            unit: "per second",
            ours: rates,
            goal: "at least 20,000",
            digits: 0
        )
    )
    report.add(
        Row(
            name: "journal, of an event with \(Load.payloadSize) bytes of payload",
            unit: "bytes",
            ours: sizes,
            goal: "at most 250",
            digits: 0
        )
    )
}

private func measureDurableDelay(_ scale: Scale, _ report: inout Report) throws {
    let count = scale(1000, tiny: 50)
    let interval: UInt64 = 5_000_000
    var ours: [Run] = []
    var disk: [[UInt64]] = []
    for _ in 0..<scale.runs {
        let scratch = try Scratch()
        disk.append(try flushes(scratch, count: count, interval: interval))
        ours.append(
            try Traffic(
                load: "event",
                count: UInt64(count),
                interval: interval,
                data: scratch.path
            ).runBus()
        )
    }
    for (label, percentile) in [("p50", 50.0), ("p99", 99.0)] {
        let value = { (values: [UInt64]) in
            var latencies = Latencies()
            latencies.add(values)
            return latencies.microseconds(percentile)
        }
        report.add(
            Row(
                name: "durable publish to subscriber, \(label) at 200/s, beside the disk's fsync",
                unit: "µs",
                ours: ours.map { value($0.latencies) },
                peer: disk.map(value),
                goal: percentile == 99 ? "ratio at most 3" : "",
                digits: 0
            )
        )
    }
}

/// How long the disk itself takes to make a few hundred appended bytes durable, in nanoseconds.
func flushes(_ scratch: Scratch, count: Int, interval: UInt64) throws -> [UInt64] {
    let file = unsafe open(scratch.path + "/flushes", O_WRONLY | O_CREAT | O_APPEND, 0o600)
    guard file >= 0 else { throw BenchError("cannot write in \(scratch.path)") }
    defer { close(file) }
    let bytes = [UInt8](repeating: 7, count: 4096)
    var times: [UInt64] = []
    var next = cbench_now_ns()
    for _ in 0..<count {
        cbench_sleep_until_ns(next)
        next += interval
        let start = cbench_now_ns()
        guard unsafe write(file, bytes, bytes.count) == bytes.count, fsync(file) == 0 else {
            throw BenchError("the disk refuses")
        }
        times.append(cbench_now_ns() - start)
    }
    return times
}

/// From a journal that was killed to a hub that is bound: what a restart waits for.
private func measureRecovery(_ scale: Scale, _ report: inout Report) throws {
    let count = scale(1_000_000, tiny: 10_000)
    let scratch = try Scratch()
    let writer = try Child(
        [Role.fill.rawValue, "--data", scratch.path, "--count", String(count)]
    )
    _ = try writer.line()
    writer.kill()
    var times: [Double] = []
    for _ in 0..<scale.runs {
        let start = cbench_now_ns()
        let server = try RoleCommand.hub(scratch.path)
        times.append(Double(cbench_now_ns() - start) / 1e9)
        server.stop()
    }
    report.add(
        Row(
            name: "recovery of a journal of \(count) events after kill -9, to the hub's start",
            unit: "s",
            ours: times,
            goal: "at most 2",
            digits: 3
        )
    )
}

/// Writes events as the hub would, thousands in a transaction.
func fillJournal(_ directory: String, _ count: UInt64) throws {
    let wake = try WakeDescriptor()
    let open = try SQLiteJournal.open(directory: directory) { wake.signal() }
    let load = Load(.event)
    var payload = [UInt8](repeating: 0, count: Load.payloadSize)
    var set = PollSet()
    _ = set.add(wake.descriptor)
    var record: [UInt8] = []
    var batch: UInt64 = 0
    for number in 0..<count {
        Load.fill(&payload, number, stamped: false)
        var header = RecordHeader(.event, .append)
        header.revision = Revision(epoch: open.epoch, counter: number + 1)
        header.hubTime = Clocks.wallMicroseconds()
        header.producer = FloorID(high: 1, low: 1)
        header.producerSequence = number + 1
        record.removeAll(keepingCapacity: true)
        RecordWriter.append(
            header,
            key: load.key(number).span,
            payload: payload.span,
            to: &record
        )
        open.journal.append(record.span)
        guard number % 5000 == 4999 || number == count - 1 else { continue }
        batch += 1
        open.journal.commit(batch: batch)
        var isStored = false
        while !isStored {
            for case .committed(let through) in open.journal.takeOutcomes() {
                isStored = through >= batch
            }
            if !isStored {
                _ = try set.wait(timeoutMilliseconds: 1000)
                wake.drain()
            }
        }
    }
}
