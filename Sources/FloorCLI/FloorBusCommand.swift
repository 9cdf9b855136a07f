import ArgumentParser
import FloorBus

/// The program `floorbus`.
@main
struct FloorBusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "floorbus",
        abstract: "What happens on a call-centre floor, live: a hub, and everything to use it.",
        discussion: """
            Start a hub in one terminal, watch it in a second, publish from a third:

              floorbus hub
              floorbus watch agent/ queue/
              floorbus publish agent agent/bj/sales/4711/ --state ready

            Keys are class/site/unit/entity/ and end in a slash; filters are the beginning of \
            a key, with + for any one segment: queue/+/billing/.

            Exit codes: 0 done; 1 failed or refused, the sentence on stderr says why; 3 no hub \
            answered in time; 4 somebody else changed the key first; 64 the command line is \
            wrong; 65 a roster's file is wrong, or a log is cut off.
            """,
        version: FloorVersion.text,
        subcommands: [
            HubCommand.self,
            PublishCommand.self,
            RemoveCommand.self,
            WatchCommand.self,
            GetCommand.self,
            FlagCommand.self,
            SupporterCommand.self,
            NoteCommand.self,
            StatsCommand.self,
            ReplayCommand.self,
            DemoCommand.self,
            JournalCommand.self,
            RosterCommand.self,
            ReportCommand.self,
            DoctorCommand.self,
        ]
    )

    static func main() async {
        StandardStreams.fill()
        if let problem = CommandLineCheck.problem(in: Self.self) {
            exit(withError: ValidationError(problem))
        }
        do {
            var command = try parsed()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            exit(withError: error)
        }
    }

    private static func parsed() throws -> any ParsableCommand {
        do {
            return try parseAsRoot()
        } catch {
            let words = Array(CommandLine.arguments.dropFirst())
            guard exitCode(for: error) == .validationFailure,
                let problem = CommandLineCheck.unknownOption(in: words, of: Self.self)
            else { throw error }
            throw ValidationError(problem)
        }
    }
}
