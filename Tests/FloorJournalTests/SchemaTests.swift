import FloorEvents
import FloorHubServer
import Foundation
import Testing

@testable import FloorJournal

/// docs/journal-schema.md, read by a program that knows nothing else.
@Suite(.timeLimit(.minutes(1)))
struct SchemaTests {
    private static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    @Test("The written schema's Python program reads a journal while the hub has it open")
    func python() throws {
        let text = try String(
            contentsOf: Self.root.appendingPathComponent("docs/journal-schema.md"),
            encoding: .utf8
        )
        let blocks = text.components(separatedBy: "```python\n")
        try #require(blocks.count == 2)
        let program = try #require(blocks[1].components(separatedBy: "```").first)
        let scratch = try Scratch()
        let bench = try Bench(scratch)
        defer { bench.journal.close() }
        #expect(try bench.store((1...70).map { event($0) }))

        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", program, scratch.database]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let said = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        let expected = (0..<7).map { "event/bj/calls/\($0)/ 10\n" }.joined()
        #expect(String(decoding: said, as: UTF8.self) == expected)
    }

    @Test("The document names the version that this program writes")
    func version() throws {
        let text = try String(
            contentsOf: Self.root.appendingPathComponent("docs/journal-schema.md"),
            encoding: .utf8
        )
        let line = "| `user_version` | version of this schema: \(JournalSchema.version) |"
        #expect(text.contains(line))
    }
}
