import FloorBus
import FloorBusTestKit
import FloorEvents
import FloorHub
import FloorHubServer
import Foundation
import Testing

@testable import FloorJournal

/// Processes that are killed with kill -9: whatever they had confirmed is there, once.
@Suite(.timeLimit(.minutes(10)), .serialized)
struct KillTests {
    @Test("After kill -9 every reported event is there, once, and no later one without it")
    func writer() throws {
        let scratch = try Scratch()
        var reported: [Revision] = []
        for round in 1...5 {
            let probe = try Probe(["write", scratch.path])
            // A different number of reports each time, so that it dies in different places.
            probe.read(lines: round * 17)
            let last = try #require(probe.kill().compactMap { UInt64($0) }.max())
            reported.append(Revision(rawValue: last))
        }
        let bench = try Bench(scratch)
        defer { bench.journal.close() }
        #expect(bench.epoch == 6)
        let found = try bench.read(records: 1_000_000, bytes: .max).revisions
        for last in reported {
            let counters = found.filter { $0.epoch == last.epoch }.map(\.counter)
            #expect(counters == Array(1..<UInt64(counters.count + 1)))
            #expect(UInt64(counters.count) >= last.counter)
        }
        #expect(Set(found.map(\.epoch)) == [1, 2, 3, 4, 5])
    }

    private static let kills = 50

    @Test("A hub killed under load: every accepted event once in the journal and at every reader")
    func hub() async throws {
        let scratch = try Scratch()
        let endpoint = "ipc://" + scratch.path + "/hub"
        var probe = try Probe(["hub", scratch.path, endpoint])
        probe.read(lines: 1)
        let floor = try Floor(endpoint: endpoint, desks: 20)
        try await floor.readersAreReady()
        floor.startPublishing()
        for _ in 1...Self.kills {
            await floor.accepts(another: 40)
            _ = probe.kill()
            probe = try Probe(["hub", scratch.path, endpoint])
            probe.read(lines: 1)
        }
        await floor.accepts(another: 40)
        let accepted = try await floor.stopPublishing()
        let received = try await floor.stopReading()
        #expect(floor.gaps == 0)
        probe.stop()

        let bench = try Bench(scratch)
        defer { bench.journal.close() }
        #expect(bench.epoch == UInt32(Self.kills + 2))
        let stored = try bench.read(records: 1_000_000, bytes: .max).payloads
        #expect(Set(stored).count == stored.count, "an event is in the journal twice")
        #expect(accepted.subtracting(stored).isEmpty, "an accepted event is not in the journal")
        for (list, wall) in zip(received, floor.kinds) {
            #expect(list == stored.filter(wall.wants), "\(wall.filter) missed or doubled events")
        }
    }
}

/// A JournalProbe process.
final class Probe {
    private let process = Process()
    private let output = Pipe()
    private let input = Pipe()
    private var text = Data()

    init(_ arguments: [String]) throws {
        process.executableURL = try Self.executable()
        process.arguments = arguments
        process.standardOutput = output
        process.standardInput = input
        try process.run()
    }

    deinit { if process.isRunning { stop() } }

    /// The program built beside the tests.
    private static func executable() throws -> URL {
        let places = [Bundle.main.executablePath, CommandLine.arguments.first].compactMap { $0 }
        for place in places {
            let probe = URL(fileURLWithPath: place).deletingLastPathComponent()
                .appendingPathComponent("JournalProbe")
            if FileManager.default.isExecutableFile(atPath: probe.path) { return probe }
        }
        throw CocoaError(.fileNoSuchFile)
    }

    /// Waits until it has said so many lines.
    func read(lines: Int) {
        while text.count(where: { $0 == 10 }) < lines {
            let more = output.fileHandleForReading.nextBytes()
            if more.isEmpty {
                Issue.record("the probe ended by itself")
                return
            }
            text += more
        }
    }

    /// The words of line `number`, counted from 1; waits until it is there.
    func words(line number: Int) -> [String] {
        read(lines: number)
        let lines = String(decoding: text, as: UTF8.self).split(separator: "\n")
        guard lines.count >= number else { return [] }
        return lines[number - 1].split(separator: " ").map(String.init)
    }

    /// Writes a line to its standard input.
    func tell(_ line: String) throws {
        try input.fileHandleForWriting.write(contentsOf: Data((line + "\n").utf8))
    }

    /// Stops it in the middle of what it does, as a machine that hangs would be.
    func freeze() { send(SIGSTOP, to: process.processIdentifier) }

    /// Lets it go on.
    func thaw() { send(SIGCONT, to: process.processIdentifier) }

    /// Kills it, and returns every whole line it had said.
    func kill() -> [Substring] {
        send(SIGKILL, to: process.processIdentifier)
        process.waitUntilExit()
        text += output.fileHandleForReading.readDataToEndOfFile()
        let lines = String(decoding: text, as: UTF8.self).split(separator: "\n")
        // The last line may be torn like everything else.
        return text.last == 10 ? lines : lines.dropLast()
    }

    /// Lets it end in order.
    func stop() {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }
}

private func send(_ signal: Int32, to process: Int32) { kill(process, signal) }
