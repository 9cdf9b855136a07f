import ArgumentParser
import FloorBus
import FloorRosterFile

/// The program's exit codes beside 64, which is ArgumentParser's for a wrong command line.
enum ExitStatus: Int32 {
    /// It did not work, or the hub refused it.
    case failed = 1
    /// No hub answered within the time.
    case notReachable = 3
    /// Somebody else changed the key first.
    case conflict = 4
    /// No hub has answered, and the outbox file keeps it for the next run.
    case kept = 5
    /// A file is not what it should be (EX_DATAERR of sysexits.h).
    case badData = 65
}

/// Why a command ends badly: a sentence for people, an exit code for programs.
struct CommandFailure: Error, Sendable {
    let status: ExitStatus
    let sentence: String

    init(_ status: ExitStatus, _ sentence: String) {
        self.status = status
        self.sentence = sentence
    }

    init(_ error: FloorBusError) {
        switch error.status {
        case .conflict: self.init(.conflict, error.sentence)
        case .offline: self.init(.notReachable, error.sentence)
        default: self.init(.failed, error.sentence)
        }
    }

    /// A roster's file that cannot be used, problem by problem.
    init(_ error: RosterFileError) {
        let most = 100
        var lines = error.lines.prefix(most).map { Output.printable($0) }
        if error.lines.count > most { lines.append("and \(error.lines.count - most) more") }
        self.init(.badData, lines.joined(separator: "\nfloorbus: "))
    }

    static func kept(in outbox: String, at endpoint: String) -> String {
        "the hub at \(endpoint) has not answered; kept in \(outbox), will be sent by the next run "
            + "with this --outbox"
    }

    static func kept(in outbox: String, because reason: String) -> String {
        "\(Output.printable(reason)); kept in \(outbox), will be sent by the next run with this "
            + "--outbox"
    }

    /// The hub refuses the session.
    init(_ refusal: FloorBusError, at endpoint: String) {
        self.init(.failed, "\(endpoint): " + Output.printable(refusal.sentence))
    }

    /// No session came about: the hub's reason if it gave one, this machine's if it could not even
    /// try, else that nobody was there.
    static func noSession(
        _ client: FloorBusClient,
        at endpoint: String,
        after seconds: Double
    ) -> CommandFailure {
        if let refusal = client.refusal { return CommandFailure(refusal, at: endpoint) }
        if let trouble = client.linkFailure { return CommandFailure(.failed, trouble.sentence) }
        return CommandFailure(
            .notReachable,
            "no hub answered at \(endpoint) within \(seconds) s; start one with 'floorbus hub', "
                + "or name another with --connect"
        )
    }
}

/// Runs a command's work; a failure becomes its sentence on stderr and its exit code.
func reporting(_ body: () async throws -> Void) async throws {
    do {
        try await body()
    } catch let failure as CommandFailure {
        Output.note(failure.sentence)
        throw ExitCode(failure.status.rawValue)
    } catch let error as RosterFileError {
        let failure = CommandFailure(error)
        Output.note(failure.sentence)
        throw ExitCode(failure.status.rawValue)
    } catch let error as FloorBusError {
        let failure = CommandFailure(error)
        Output.note(failure.sentence)
        throw ExitCode(failure.status.rawValue)
    }
}
