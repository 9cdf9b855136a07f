import ArgumentParser
import FloorBus

/// `floorbus flag`: help flags from the command line.
struct FlagCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "flag",
        abstract: "Raise, show, claim, answer and rate help flags.",
        discussion: """
            A flag is given by its id (32 hexadecimal digits) or its key, flag/SITE/TEAM/ID/. \
            Each operation is printed once the hub's journal has it.

            A claim lasts as long as somebody of the claimant's name is connected, and for the \
            team's lease (15 s) after that: use --hold, or answer in time.

            Examples:
              floorbus flag raise --key flag/bj/sales/ --category refund --kind authority
              floorbus flag list
              floorbus flag claim ID --as sun
              floorbus flag answer ID --as sun --text "yes, up to 50"
              floorbus flag rate ID --as ana --stars 5

            Exit codes beside the usual: 4 somebody else has the flag.
            """,
        subcommands: [
            FlagRaiseCommand.self, FlagListCommand.self, FlagShowCommand.self,
            FlagSeenCommand.self, FlagClaimCommand.self, FlagEngageCommand.self,
            FlagReleaseCommand.self, FlagRejectCommand.self, FlagAnswerCommand.self,
            FlagCloseCommand.self, FlagReopenCommand.self, FlagCancelCommand.self,
            FlagMergeCommand.self, FlagEscalateCommand.self, FlagRateCommand.self,
            FlagVerdictCommand.self,
        ]
    )
}

/// A flag on the command line: its key, or its id alone.
enum FlagName: ExpressibleByArgument, Sendable {
    case key(FloorKey)
    case id(FloorID)

    // What is neither is told with the rule for both: no key's own reason would help.
    init?(argument: String) {
        if let id = FloorID(argument) {
            self = .id(id)
        } else if let key = try? FloorKey(argument), key.kind == .flag,
            FloorID(key.entity) != nil
        {
            self = .key(key)
        } else {
            return nil
        }
    }

    var id: FloorID {
        switch self {
        case .key(let key): FloorID(key.entity) ?? .zero
        case .id(let id): id
        }
    }

    /// A key under which the hub takes operations on the flag: it finds it by its id.
    func operationKey() throws(FloorBusError) -> FloorKey {
        switch self {
        case .key(let key): key
        case .id(let id): try FloorKey(flag: id)
        }
    }
}

/// What every command about one flag takes.
struct FlagOptions: ParsableArguments {
    @Argument(help: ArgumentHelp("The flag's id, or its key.", valueName: "flag"))
    var flag: FlagName

    @OptionGroup var hub: HubOptions
    @OptionGroup var timeout: TimeoutOptions

    /// Does one operation, says what came of it, and stays on if asked to.
    ///
    /// - Parameters:
    ///   - operation: what to do.
    ///   - generation: the claim's token; 0 = that of one's own present claim, when `needsClaim`.
    ///   - needsClaim: whether only the owner may do it.
    ///   - hold: seconds to stay connected afterwards.
    ///   - change: what the operation says.
    /// - Throws: `ExitCode` after a sentence, when it was not done.
    func perform(
        _ operation: RecordOperation,
        generation: UInt32 = 0,
        needsClaim: Bool = false,
        hold: Double? = nil,
        _ change: @escaping @Sendable (inout FlagRequest) -> Void = { _ in }
    ) async throws {
        try await reporting {
            try await hub.exchange(timeout: timeout) { client throws(FloorBusError) in
                let key = try flag.operationKey()
                var request = FlagRequest()
                request.claimGeneration = generation
                change(&request)
                if needsClaim, generation == 0 {
                    request.claimGeneration = try await ownGeneration(client)
                }
                return (key, try await client.changeFlag(key, operation, request))
            } then: { key, result in
                try show(operation, key, result)
            } staying: { _, result in
                if case .done = result { hold } else { nil }
            }
        }
    }

    /// The token of the claim that whoever asks has; 0, which no claim has, when they have none.
    private func ownGeneration(
        _ client: FloorBusClient
    ) async throws(FloorBusError) -> UInt32 {
        let found = try await client.flag(flag.id, timeout: .seconds(timeout.timeout))
        guard let known = found?.flag, known.owner.exact == client.principal.exact else { return 0 }
        return known.claimGeneration
    }

    private func show(
        _ operation: RecordOperation,
        _ key: FloorKey,
        _ result: FlagResult
    ) throws {
        let line = FlagResultLine(operation, key, result, by: hub.identity)
        if hub.isJSON {
            try Output.json(line)
        } else if case .done = result {
            let token = line.claimGen.map { " claim-gen \($0)" } ?? ""
            try Output.line("\(key.entity) \(line.result)\(token)")
        }
        switch result {
        case .done: return
        case .lost: throw CommandFailure(.conflict, line.sentence)
        default: throw CommandFailure(.failed, line.sentence)
        }
    }
}

/// What became of an operation, as JSON and as a sentence.
struct FlagResultLine: Encodable {
    var flagId: String
    var operation: String
    var result: String
    var owner: String?
    var claimGen: UInt32?
    var detail: String?

    init(_ operation: RecordOperation, _ key: FloorKey, _ result: FlagResult, by name: String) {
        flagId = key.entity
        self.operation = operation.name
        switch result {
        case .done(let generation):
            self.result = operation == .claim ? "won" : "done"
            if operation == .claim { owner = name }
            claimGen = generation
        case .lost(let holder):
            self.result = "lost"
            owner = holder
        case .notEligible(let reason):
            self.result = "notEligible"
            detail = reason
        case .notFound: self.result = "notFound"
        case .wrongState(let state):
            self.result = "wrongState"
            detail = state
        case .expired: self.result = "expired"
        case .exists(let id):
            self.result = "exists"
            detail = id.text
        }
    }

    /// What is so for good.
    private var already: String {
        let over: [FlagStatus] = [.answered, .closed, .cancelled, .unanswered]
        return over.contains { $0.name == detail } ? " already" : ""
    }

    /// The state that it is in, or what the hub says of it.
    private var state: String {
        let said = detail ?? ""
        guard FlagStatus(name: said) != nil else { return Output.printable(said) }
        return "it is " + said + already
    }

    /// Why it was not done.
    var sentence: String {
        let what = "could not \(operation) the flag \(flagId): "
        switch result {
        case "lost":
            let holder = owner.flatMap { $0.isEmpty ? nil : Output.printable($0) }
            return what + (holder.map { "\($0) has it" } ?? "nobody has it, or its token is old")
        case "notEligible": return what + "not allowed: " + Output.printable(detail ?? "")
        case "notFound": return what + "there is no such flag, or it was forgotten"
        case "wrongState": return what + state
        case "expired": return what + "the time for it is over"
        case "exists": return what + "the agent has another open flag, " + (detail ?? "")
        default: return what + result
        }
    }
}
