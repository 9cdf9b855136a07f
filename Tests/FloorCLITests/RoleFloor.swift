import Foundation
import Testing

/// What everybody does under the roster that the documents begin with, one after the other: each
/// step is a process, and all days at once would leave other tests no machine.
@Suite("Whole days", .serialized) enum RoleDayTests {}

/// A hub with the roster that the documents begin with, and what people type at it: each step with
/// what it prints and how it ends.
struct RoleFloor: Sendable {
    let endpoint: String

    static let rosterFile = URL(filePath: #filePath)
        .deletingLastPathComponent().appending(path: "../../examples/roster.yaml")
        .standardizedFileURL

    /// A hub of its own on a free port, for as long as the body runs.
    static func open(
        _ arguments: [String] = [],
        _ body: (_ floor: RoleFloor, _ hub: Program) async throws -> Void
    ) async throws {
        try await withHub(["--roster", rosterFile.path] + arguments) { endpoint, hub in
            try await body(RoleFloor(endpoint: endpoint), hub)
        }
    }

    /// Starts a command that stays.
    func start(_ words: String, as name: String) throws -> Program {
        try Program(
            Self.arguments(words) + ["--as", name],
            environment: ["FLOORBUS_ENDPOINT": endpoint]
        )
    }

    /// Has supporter 3001 on duty while the body runs.
    func withSupporter(_ body: () async throws -> Void) async throws {
        let duty = try start("supporter available", as: "3001")
        #expect(try await duty.line() == "3001 available")
        try await body()
        duty.signal(SIGINT)
        #expect(await duty.outcome().status == 0)
    }

    /// Runs a command that has to work: what it prints, line by line, and nothing on stderr.
    ///
    /// - Parameters:
    ///   - words: the command line; `_` is a blank within a word.
    ///   - name: who types it.
    ///   - lines: what it prints; `…` stands for anything.
    ///   - says: what stands on stderr, if anything may.
    ///   - location: where the step stands.
    /// - Returns: the lines.
    /// - Throws: when the program is not there.
    @discardableResult
    func does(
        _ words: String,
        as name: String,
        _ lines: String...,
        says: String = "",
        at location: SourceLocation = #_sourceLocation
    ) async throws -> [String] {
        let outcome = try await Program.run(Self.arguments(words) + ["--as", name], at: endpoint)
        let shown = "\(words): \(outcome.lines) \(outcome.errors)"
        #expect(outcome.status == 0, "\(shown)", sourceLocation: location)
        let rest = Self.besidesAnswer(outcome.errors, of: words)
        let isSaid = says.isEmpty ? rest == "" : rest?.contains(says) == true
        #expect(isSaid, "\(shown)", sourceLocation: location)
        #expect(outcome.lines.count == lines.count, "\(shown)", sourceLocation: location)
        for (line, pattern) in zip(outcome.lines, lines) {
            let fits = Self.fits(line, pattern)
            #expect(fits, "\(words): \(line), not \(pattern)", sourceLocation: location)
        }
        return outcome.lines
    }

    /// The first word of the one line that a command prints: an id.
    func id(
        of words: String,
        as name: String,
        says: String = "",
        at location: SourceLocation = #_sourceLocation
    ) async throws -> String {
        let lines = try await does(words, as: name, "…", says: says, at: location)
        let id = try #require(lines.first?.split(separator: " ").first, sourceLocation: location)
        #expect(id.count == 32, sourceLocation: location)
        return String(id)
    }

    /// Runs a command that must not work: it prints nothing, and says why.
    func refuses(
        _ words: String,
        as name: String,
        _ reason: String,
        code: Int32 = 1,
        at location: SourceLocation = #_sourceLocation
    ) async throws {
        let outcome = try await Program.run(Self.arguments(words) + ["--as", name], at: endpoint)
        let shown = "\(words): \(outcome.status) \(outcome.lines) \(outcome.errors)"
        #expect(outcome.status == code, "\(shown)", sourceLocation: location)
        // `watch` says first that it has a link.
        let told = outcome.lines.filter { !$0.hasPrefix("-- ") }
        #expect(told.isEmpty, "\(shown)", sourceLocation: location)
        #expect(outcome.errors.contains(reason), "\(shown)", sourceLocation: location)
    }

    /// Questions about keys that somebody has no grant to read, each of the ways to ask.
    func mayNotRead(
        _ filter: String,
        as name: String,
        at location: SourceLocation = #_sourceLocation
    ) async throws {
        let reason = "no grant to read " + filter
        for command in ["get \(filter)", "watch \(filter) --timeout 20"] {
            try await refuses(command, as: name, reason, at: location)
        }
    }

    /// A value or an event that somebody has no grant to publish.
    func mayNotPublish(
        _ words: String,
        as name: String,
        at location: SourceLocation = #_sourceLocation
    ) async throws {
        let key = words.split(separator: " ")[1]
        let reason = "no grant to publish " + key
        try await refuses("publish " + words, as: name, reason, at: location)
    }

    /// What a command says on stderr beside the standard answer; nil when that is missing, which
    /// comes with every flag that is raised about refunds.
    static func besidesAnswer(_ errors: String, of words: String) -> String? {
        guard words.hasPrefix("flag raise"), words.contains("--category refund") else {
            return errors
        }
        let lines = errors.split(separator: "\n")
        let answer = lines.filter {
            $0.hasPrefix("floorbus: the standard answer: Refunds up to 50 are yours")
                || $0.hasPrefix("floorbus: if that is all you need: floorbus flag cancel ")
        }
        guard answer.count == 2 || words.contains("--json") else { return nil }
        return lines.filter { !answer.contains($0) }.joined(separator: "\n")
    }

    static func arguments(_ words: String) -> [String] {
        words.split(separator: " ").map { String($0).replacing("_", with: " ") }
    }

    /// Whether a line is as a pattern says, in which `…` stands for anything.
    static func fits(_ line: String, _ pattern: String) -> Bool {
        var rest = Substring(line)
        let parts = pattern.split(separator: "…", omittingEmptySubsequences: false)
        for (place, part) in parts.enumerated() where !part.isEmpty {
            let isFirst = place == 0
            if place == parts.count - 1, !isFirst { return rest.hasSuffix(part) }
            guard let found = rest.firstRange(of: part) else { return false }
            if isFirst, found.lowerBound != rest.startIndex { return false }
            rest = rest[found.upperBound...]
        }
        return parts.last?.isEmpty == true || rest.isEmpty
    }
}
