import Foundation
import Testing

extension RoleDayTests {
    /// Every command of the help and every example of the help and the documents is run, under the
    /// roster that the documents begin with.
    @Suite("Examples", .timeLimit(.minutes(5)))
    struct ExampleTests {
        /// What has no example: run here, in this order, behind the examples of its group.
        private static let more = [
            "floorbus flag show ID", "floorbus flag verdict ID correct", "floorbus flag reopen ID",
            "floorbus flag seen ID", "floorbus flag claim ID", "floorbus flag engage ID",
            "floorbus flag release ID", "floorbus flag claim ID",
            "floorbus flag reject ID --reason 'not mine'",
            "floorbus flag raise --key flag/bj/sales/ --category refund --call c2",
            "floorbus flag merge ID --into FIRST",
            "floorbus flag raise --key flag/bj/sales/ --category refund --call c3",
            "floorbus flag cancel ID", "floorbus flag escalate FIRST", "floorbus flag claim FIRST",
            "floorbus flag engage FIRST", "floorbus flag answer FIRST --text yes",
            "floorbus flag close FIRST",
            "floorbus note send --key note/bj/sales/ --text mistaken", "floorbus note withdraw ID",
            "floorbus journal check --data DIR", "floorbus journal export --data DIR",
            "floorbus report supporters --data DIR --from 1h",
            "floorbus report queues --data DIR --from today",
            "floorbus report categories --data DIR --from yesterday --top 3",
        ]

        /// What needs the hub stopped.
        private static let afterwards = [
            "floorbus journal forget 4711 --data DIR", "floorbus journal compact --data DIR",
        ]

        /// Lines beside examples of the program, which are not run here, by their beginnings.
        private static let elsewhere = [
            "./scripts/demo": "builds a release; the same as 'floorbus demo', which is run",
            "./scripts/test": "this test is a part of it",
            "./scripts/fuzz": "a build of its own; fuzzing is no part of the tests",
            "./scripts/build-c-library": "a stage of scripts/test",
            "cc program.c": "scripts/test-c",
            "build/lib/libfloorbus.a": "the rest of a line that scripts/test-c runs",
            "./scripts/build-command": "takes minutes; scripts/test-install runs what it builds",
            "sudo ": "changes the machine; scripts/test-install does it in a folder",
        ]

        @Test(
            "Every command, and every example of the help and of the documents, does what it says"
        )
        func all() async throws {
            let book = try await CommandBook()
            let documents = book.lines.map(\.text).filter { $0.hasPrefix("floorbus") }
            #expect(book.leaves.count > 40 && documents.count > 8, "\(book.commands.map(\.name))")
            let file = RoleFloor.rosterFile.path
            try await withFolder { folder in
                let data = folder.appending(path: "data").path
                try await withHub(["--roster", file]) { other, _ in
                    try await RoleFloor.open(["--data", data]) { floor, hub in
                        let run = try ExampleRun(book, at: floor.endpoint, other: other, in: folder)
                        try await floor.withSupporter {
                            try await Self.go(book, run, documents)
                        }
                        hub.signal(SIGTERM)
                        #expect(await hub.outcome().status == 0)
                        for line in Self.afterwards { try await run.run(line) }
                        let missing = Set(book.leaves.map(\.name)).subtracting(run.ran)
                        #expect(missing.isEmpty, "no example runs \(missing.sorted())")
                        let help = Set(book.commands.flatMap(\.examples))
                        let lines = help.union(documents).count
                        #expect(run.count == lines + Self.more.count + Self.afterwards.count)
                    }
                }
            }
        }

        /// Each example once, however often it is written: a group's behind those of its commands,
        /// and what has none behind its group's.
        private static func go(
            _ book: CommandBook,
            _ run: ExampleRun,
            _ documents: [String]
        ) async throws {
            var known: Set<String> = []
            var rest = more
            for command in book.commands {
                for line in command.examples where known.insert(line).inserted {
                    try await run.run(line)
                }
                let own = rest.filter { command.path.count == 1 && $0.hasPrefix(start(command)) }
                rest.removeAll { own.contains($0) }
                for line in own { try await run.run(line) }
            }
            #expect(rest.isEmpty, "\(rest)")
            for line in documents where known.insert(line).inserted { try await run.run(line) }
        }

        private static func start(_ command: CommandBook.Command) -> String {
            "floorbus " + command.name + " "
        }

        @Test(
            "What else stands beside examples in documents is known, with the reason it is not run"
        )
        func others() async throws {
            let lines = try await CommandBook().lines.filter { !$0.text.hasPrefix("floorbus") }
            var unused = Set(Self.elsewhere.keys)
            for line in lines {
                let known = Self.elsewhere.keys.first { line.text.hasPrefix($0) }
                #expect(known != nil, "\(line.document): what runs \"\(line.text)\"?")
                if let known { unused.remove(known) }
            }
            #expect(unused.isEmpty, "no document has \(unused)")
        }

        @Test("Every part of a roster in the documents is one that the check has nothing against")
        func rosters() async throws {
            let page = URL(filePath: #filePath).deletingLastPathComponent()
                .appending(path: "../../../docs/roster.md")
            let parts = try String(contentsOf: page, encoding: .utf8)
                .components(separatedBy: "```yaml\n").dropFirst()
                .map { $0.components(separatedBy: "```")[0] }
            #expect(parts.count == 2)
            let rest = """
                teams: [{ site: bj, team: sales }, { site: ny, team: sales }]
                people: [{ id: ana, roles: agent }]

                """
            try await withFolder { folder in
                let file = folder.appending(path: "roster.yaml")
                let whole = try String(contentsOf: RoleFloor.rosterFile, encoding: .utf8)
                for text in [whole] + parts.map({ rest + $0 }) {
                    try Data(text.utf8).write(to: file)
                    let outcome = try await Program.run("roster", "check", file.path)
                    #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
                }
            }
        }

        @Test("Every command has its help, with its options, and its place in docs/cli.md")
        func help() async throws {
            let book = try await CommandBook()
            let file = URL(filePath: #filePath).deletingLastPathComponent()
                .appending(path: "../../../docs/cli.md")
            let page = try String(contentsOf: file, encoding: .utf8)
            for command in book.commands {
                let outcome = try await Program.run(["help"] + command.path)
                #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(command.name)")
                let text = outcome.lines.joined(separator: " ")
                for option in command.options.subtracting(["--help", "--version"]) {
                    #expect(text.contains(option), "\(command.name) \(option)")
                }
                #expect(!command.abstract.isEmpty)
                let words = command.isGroup ? command.path : command.path + ["--help"]
                let other = try await Program.run(words)
                #expect(other.status == 0 && other.lines == outcome.lines, "\(words)")
                guard command.path.count == 1 else { continue }
                let rows = page.split(separator: "\n").filter { $0.hasPrefix("| `\(command.name)") }
                #expect(!rows.isEmpty, "docs/cli.md has no row for \(command.name)")
            }
        }
    }
}
