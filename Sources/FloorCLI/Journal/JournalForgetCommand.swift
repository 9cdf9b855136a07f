import ArgumentParser
import FloorBus
import FloorJournal
import FloorRosterFile
import Foundation

/// `floorbus journal forget`.
struct JournalForgetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forget",
        abstract: "Take one person's name and words out of the journal; counts stay.",
        discussion: """
            The hub must be stopped; it needs as much free space again meanwhile. The name becomes \
            a random one, the words become empty, and an event says that it was done. What others \
            wrote is kept with the name blotted out. docs/reports.md says what goes and what \
            stays. Copies of the directory are not touched.
            """
    )

    @OptionGroup var options: JournalOptionsGroup

    @Argument(help: ArgumentHelp("The person's name as authenticated.", valueName: "person"))
    var person: String

    @Option(
        name: .customLong("as"),
        help: ArgumentHelp("Who you are, for the event. (default: $USER)", valueName: "principal"),
        transform: parsePrincipal
    )
    var principal: String?

    @Option(
        name: .customLong("called"),
        help: ArgumentHelp(
            "What others call the person in notes and answers; may be repeated. (default: the "
                + "name that --roster has)",
            valueName: "name"
        )
    )
    var called: [String] = []

    @Option(help: ArgumentHelp("The roster that has the person's name.", valueName: "file"))
    var roster: String?

    func run() async throws {
        try await options.withJournal { journal in
            let calledBy = try called + rosterNames()
            let by = principal ?? ProcessInfo.processInfo.environment["USER"] ?? ""
            guard let done = try journal.forget(person, calledBy: calledBy, by: by) else {
                throw CommandFailure(.failed, "the journal has nothing of that name")
            }
            if options.isJSON {
                try Output.json(ForgetLine(done))
            } else {
                try Output.line(
                    "\(done.events) events, \(done.history) changes, \(done.kept) flags' records, "
                        + "\(done.values) values, \(done.producers) producers; the name is now "
                        + done.pseudonym
                )
            }
            guard done.doubtful > 0 else { return }
            Output.note(
                "\(done.doubtful) payloads that FloorBus has no layout for hold these digits, "
                    + "perhaps as a number; they were left as they are:"
            )
            for revision in done.doubtfulRevisions {
                Output.note("left: \(revision.epoch).\(revision.counter)")
            }
        }
    }

    private func rosterNames() throws -> [String] {
        guard let roster else { return [] }
        let people = try RosterFile.read(roster).people
        return people.filter { $0.id.utf8.elementsEqual(person.utf8) }.map(\.name)
    }
}

private struct ForgetLine: Encodable {
    var pseudonym: String
    var events: Int
    var history: Int
    var kept: Int
    var values: Int
    var producers: Int
    var doubtful: Int

    init(_ done: ForgottenPerson) {
        pseudonym = done.pseudonym
        events = done.events
        history = done.history
        kept = done.kept
        values = done.values
        producers = done.producers
        doubtful = done.doubtful
    }
}
