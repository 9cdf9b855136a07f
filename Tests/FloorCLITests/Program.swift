import FloorBusTestKit
import Foundation
import Synchronization
import Testing

/// The program as a process of its own, as a person runs it.
///
/// @unchecked Sendable because the process object is used by `init`, `signal` and `deinit` only,
/// and everything the handlers touch is behind a mutex or a stream.
final class Program: @unchecked Sendable {
    /// How it ended.
    struct Outcome: Sendable {
        var status: Int32
        /// The lines of stdout that nobody had taken.
        var lines: [String]
        var errors: String
    }

    private struct NotOnStdout: Error, CustomStringConvertible {
        var description: String
    }

    private let process = Process()
    private let lines: AsyncStream<String>
    private let ending: AsyncStream<Int32>
    private let errors = Collected()

    /// One start at a time: a pipe that is just being made must not be left open in a child that
    /// is just being started, or its end is not seen before that child's.
    private static let starting = Mutex(())

    /// Starts it.
    ///
    /// - Parameters:
    ///   - arguments: its command line.
    ///   - environment: variables beside the tests' own.
    ///   - survivesLimits: whether a write beyond `limit("fsize")` fails instead of killing it.
    /// - Throws: when the program is not there.
    init(
        _ arguments: [String],
        environment: [String: String] = [:],
        survivesLimits: Bool = false
    ) throws {
        if survivesLimits {
            process.executableURL = URL(fileURLWithPath: "/bin/sh")
            let script = "trap '' XFSZ; exec \"$0\" \"$@\""
            process.arguments = ["-c", script, try Self.location().path] + arguments
        } else {
            process.executableURL = try Self.location()
            process.arguments = arguments
        }
        var variables = ProcessInfo.processInfo.environment
        variables["FLOORBUS_ENDPOINT"] = nil
        process.environment = variables.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        let (lines, line) = AsyncStream.makeStream(of: String.self)
        self.lines = lines
        let (ending, ended) = AsyncStream.makeStream(of: Int32.self)
        self.ending = ending
        let (out, err) = try Self.starting.withLock { _ in
            let (out, err) = (Pipe(), Pipe())
            process.standardOutput = out
            process.standardError = err
            try process.run()
            return (out.fileHandleForReading, err.fileHandleForReading)
        }
        let (child, errors) = (self.process, self.errors)
        Thread.detachNewThread {
            let text = Collected()
            Self.read(out) { for whole in text.take($0) { line.yield(whole) } }
            line.finish()
        }
        Thread.detachNewThread {
            Self.read(err) { _ = errors.take($0) }
            child.waitUntilExit()
            ended.yield(child.terminationStatus)
            ended.finish()
        }
    }

    deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

    /// Beside the tests, where `swift build` puts it, or where the environment says.
    private static func location() throws -> URL {
        if let path = ProcessInfo.processInfo.environment["FLOORBUS_PROGRAM"] {
            return URL(fileURLWithPath: path)
        }
        let place = URL(fileURLWithPath: CommandLine.arguments[0])
            .deletingLastPathComponent().appendingPathComponent("floorbus")
        try #require(
            FileManager.default.isExecutableFile(atPath: place.path),
            "the program is not beside the tests; build it with swift build"
        )
        return place
    }

    /// Reads to the end, on a thread of its own: it blocks.
    private static func read(_ handle: FileHandle, _ body: (Data) -> Void) {
        while true {
            let data = handle.nextBytes()
            if data.isEmpty { return }
            body(data)
        }
    }

    /// The next line of stdout; the suites' time limit is the deadline.
    func line() async throws -> String {
        var iterator = lines.makeAsyncIterator()
        guard let line = await iterator.next() else {
            throw NotOnStdout(description: "the program ended without it; stderr: \(errors.text)")
        }
        return line
    }

    /// The next line of stdout that is a JSON object of a type.
    func json(type: String) async throws -> [String: Any] {
        while true {
            let object = try jsonObject(try await line())
            if object["type"] as? String == type { return object }
        }
    }

    /// What it has written to stderr until now.
    var errorsSoFar: String { errors.text }

    /// Sets a limit of the running process: `fsize` in bytes, `nofile`, …; nil = none again.
    func limit(_ name: String, to value: Int?) async throws {
        let text = value.map(String.init) ?? "unlimited"
        let prlimit = Process()
        prlimit.executableURL = URL(fileURLWithPath: "/usr/bin/prlimit")
        prlimit.arguments = ["--pid", "\(process.processIdentifier)", "--\(name)=\(text):"]
        let (ended, end) = AsyncStream.makeStream(of: Int32.self)
        prlimit.terminationHandler = { end.yield($0.terminationStatus) }
        try prlimit.run()
        for await status in ended {
            try #require(status == 0, "prlimit could not set \(name) to \(text)")
            return
        }
    }

    func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    /// Waits until it has ended.
    func outcome() async -> Outcome {
        var left: [String] = []
        for await line in lines { left.append(line) }
        var status: Int32 = -1
        for await value in ending { status = value }
        return Outcome(status: status, lines: left, errors: errors.text)
    }

    /// Runs a command to its end.
    static func run(
        _ arguments: String...,
        at endpoint: String? = nil
    ) async throws -> Outcome {
        try await run(arguments, at: endpoint)
    }

    static func run(_ arguments: [String], at endpoint: String? = nil) async throws -> Outcome {
        let environment = endpoint.map { ["FLOORBUS_ENDPOINT": $0] } ?? [:]
        return await (try Program(arguments, environment: environment)).outcome()
    }
}

/// Text that arrives in pieces.
private final class Collected: Sendable {
    private struct State {
        var all = Data()
        var begun = Data()
    }

    private let state = Mutex(State())

    var text: String { state.withLock { String(decoding: $0.all, as: UTF8.self) } }

    /// Adds a piece; gives the lines that it completes.
    func take(_ data: Data) -> [String] {
        state.withLock { state in
            state.all.append(data)
            state.begun.append(data)
            var lines: [String] = []
            while let end = state.begun.firstIndex(of: UInt8(ascii: "\n")) {
                lines.append(String(decoding: state.begun[..<end], as: UTF8.self))
                state.begun = Data(state.begun[(end + 1)...])
            }
            return lines
        }
    }
}

func jsonObject(_ text: String) throws -> [String: Any] {
    let object = try JSONSerialization.jsonObject(with: Data(text.utf8))
    return try #require(object as? [String: Any])
}

/// A hub in a process of its own, on a free port, for as long as the body runs.
func withHub(
    _ arguments: [String] = [],
    survivesLimits: Bool = false,
    _ body: (_ endpoint: String, _ hub: Program) async throws -> Void
) async throws {
    let hub = try Program(
        ["hub", "--listen", "tcp://127.0.0.1:0", "--no-tap"] + arguments,
        survivesLimits: survivesLimits
    )
    let words = try await hub.line().split(separator: " ").map(String.init)
    try #require(words.count > 1 && words[0] == "listening")
    do {
        try await body(words[1], hub)
    } catch {
        hub.signal(SIGKILL)
        throw error
    }
    hub.signal(SIGKILL)
}

/// A folder for as long as the body runs.
func withFolder(_ body: (URL) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory
        .appendingPathComponent("floorbus-cli-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try await body(folder)
}
