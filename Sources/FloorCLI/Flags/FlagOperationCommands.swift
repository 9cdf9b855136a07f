import ArgumentParser
import FloorBus
import FloorRosterFile

// One command for each thing that may be done with a flag.

/// The claim's token, for what only an owner may do.
struct ClaimOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The token that claiming gave. (default: that of your present claim)",
            valueName: "number"
        )
    )
    var claimGen: UInt32 = 0
}

/// Staying on, so that a claim lasts.
struct HoldOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Seconds to stay connected afterwards, so that the claim lasts.",
            valueName: "seconds"
        ),
        transform: parseSeconds
    )
    var hold: Double?
}

/// `floorbus flag seen`.
struct FlagSeenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "seen",
        abstract: "Say that your station shows the flag; the agent sees that somebody looks."
    )

    @OptionGroup var options: FlagOptions

    func run() async throws { try await options.perform(.seen) }
}

/// `floorbus flag claim`.
struct FlagClaimCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "claim",
        abstract: "Take a flag; exactly one of those who try wins, the others learn who."
    )

    @OptionGroup var options: FlagOptions
    @OptionGroup var staying: HoldOptions

    func run() async throws { try await options.perform(.claim, hold: staying.hold) }
}

/// `floorbus flag engage`.
struct FlagEngageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "engage",
        abstract: "Begin to help: at the desk, by chat, whispering, joining or taking over."
    )

    @OptionGroup var options: FlagOptions
    @OptionGroup var claim: ClaimOptions
    @OptionGroup var staying: HoldOptions

    @Option(help: "How.")
    var channel = Named(SupportChannel.desk)

    func run() async throws {
        let channel = channel.value
        try await options.perform(
            .engage,
            generation: claim.claimGen,
            needsClaim: true,
            hold: staying.hold
        ) { $0.channel = channel }
    }
}

/// `floorbus flag release`.
struct FlagReleaseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "release",
        abstract: "Give a flag that you claimed back to those who wait."
    )

    @OptionGroup var options: FlagOptions
    @OptionGroup var claim: ClaimOptions

    func run() async throws {
        try await options.perform(.release, generation: claim.claimGen, needsClaim: true)
    }
}

/// `floorbus flag reject`.
struct FlagRejectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reject",
        abstract: "Give a flag that you claimed to others, and say why."
    )

    @OptionGroup var options: FlagOptions
    @OptionGroup var claim: ClaimOptions

    @Option(help: "Why.", transform: parseText(atMost: Limits.flagReasonBytes))
    var reason: String

    func run() async throws {
        let reason = reason
        try await options.perform(.reject, generation: claim.claimGen, needsClaim: true) {
            $0.text = reason
        }
    }
}

/// `floorbus flag answer`.
struct FlagAnswerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "answer",
        abstract: "Answer a flag that you claimed; flags merged into it get the same answer."
    )

    @OptionGroup var options: FlagOptions
    @OptionGroup var claim: ClaimOptions

    @Option(help: "The answer.", transform: parseText(atMost: Limits.flagAnswerBytes))
    var text = ""

    @Option(
        help: "Where it stands in the knowledge base.",
        transform: parseText(atMost: Limits.knowledgeBytes)
    )
    var knowledge = ""

    @Option(help: "How it came out. (default: answered, with --text or --knowledge)")
    var outcome: Named<FlagOutcome>?

    func validate() throws {
        guard !text.isEmpty || !knowledge.isEmpty || outcome != nil else {
            throw ValidationError("an answer has --text, --knowledge or --outcome")
        }
    }

    func run() async throws {
        let (text, knowledge, outcome) = (text, knowledge, outcome?.value ?? .answered)
        try await options.perform(.answer, generation: claim.claimGen, needsClaim: true) {
            $0.text = text
            $0.knowledge = knowledge
            $0.outcome = outcome
        }
    }
}

/// `floorbus flag close`.
struct FlagCloseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "close",
        abstract: "Say that you have been helped; without it an answered flag closes by itself."
    )

    @OptionGroup var options: FlagOptions

    func run() async throws { try await options.perform(.close) }
}

/// `floorbus flag reopen`.
struct FlagReopenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reopen",
        abstract: "Say that the answer was none: others are asked again."
    )

    @OptionGroup var options: FlagOptions

    func run() async throws { try await options.perform(.reopen) }
}

/// `floorbus flag cancel`.
struct FlagCancelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel",
        abstract: "Take a flag back that nobody has begun to help with."
    )

    @OptionGroup var options: FlagOptions

    @Option(help: "Why.", transform: parseText(atMost: Limits.flagReasonBytes))
    var reason = ""

    func run() async throws {
        let reason = reason
        try await options.perform(.cancel) { $0.text = reason }
    }
}

/// `floorbus flag merge`.
struct FlagMergeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "Let a flag wait for another's answer: one answer reaches all who asked."
    )

    @OptionGroup var options: FlagOptions

    @Option(
        help: ArgumentHelp("The id of the flag whose answer it is to wait for.", valueName: "id"),
        transform: parseFlagID
    )
    var into: FloorID

    func run() async throws {
        let incident = into
        try await options.perform(.merge) { $0.incident = incident }
    }
}

/// `floorbus flag escalate`.
struct FlagEscalateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "escalate",
        abstract: "Make a flag louder, before it does so by itself."
    )

    @OptionGroup var options: FlagOptions

    func run() async throws { try await options.perform(.escalate) }
}

/// `floorbus flag rate`.
struct FlagRateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rate",
        abstract: "Rate the help you got; again to change it, --withdraw to take it back."
    )

    @OptionGroup var options: FlagOptions

    @Option(help: "1 to 5.", transform: parseNumber(1...5))
    var stars: UInt8?

    @Flag(help: "Take the rating back.")
    var withdraw = false

    @Option(help: "In words.", transform: parseText(atMost: Limits.flagCommentBytes))
    var comment = ""

    func validate() throws {
        guard (stars == nil) == withdraw else {
            throw ValidationError("say either --stars N or --withdraw")
        }
    }

    func run() async throws {
        let (stars, comment) = (stars ?? 0, comment)
        try await options.perform(.rate) {
            $0.rating = stars
            $0.text = comment
        }
    }
}

/// `floorbus flag verdict`.
struct FlagVerdictCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verdict",
        abstract: "Say whether a flag's answer was right, as a supporter or supervisor found."
    )

    @OptionGroup var options: FlagOptions

    @Argument(help: "What was found; unknown takes it back.")
    var verdict: Named<FlagVerdict>

    func run() async throws {
        let verdict = verdict.value
        try await options.perform(.verdict) { $0.verdict = verdict }
    }
}

@Sendable private func parseFlagID(_ text: String) throws -> FloorID {
    guard let id = FloorID(text) else {
        throw ValidationError("a flag's id is 32 hexadecimal digits")
    }
    return id
}

@Sendable private func parseDuty(_ text: String) throws -> SupporterState {
    let states: [SupporterState] = [.available, .onBreak, .offFloor]
    if let state = states.first(where: { $0.name == text }) { return state }
    let meant = Spelling.nearest(text, states.map(\.name)).map { "; did you mean '\($0)'?" }
    throw ValidationError("say available, break or offFloor" + (meant ?? "; the rest the hub says"))
}

/// `floorbus supporter`.
struct SupporterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "supporter",
        abstract: "Say that you are there to help, and stay until SIGINT.",
        discussion: """
            Whoever raises a flag is told how many are. With break or offFloor the program ends \
            at once; what you said holds until you say something else.

            Examples:
              floorbus supporter available --as sun
              floorbus supporter break --as sun
            """
    )

    @Argument(help: "available, break or offFloor.", transform: parseDuty)
    var state: SupporterState

    @OptionGroup var staying: HoldOptions
    @OptionGroup var hub: HubOptions
    @OptionGroup var timeout: TimeoutOptions

    func run() async throws {
        let state = state
        try await reporting {
            try await hub.exchange(timeout: timeout) { client throws(FloorBusError) in
                try await client.setDuty(state)
            } then: {
                try Output.line("\(Output.printable(hub.identity)) \(state.name)")
            } staying: {
                state == .available ? staying.hold ?? Double(Int32.max) : nil
            }
        }
    }
}
