import ArgumentParser
import FloorBus
import FloorText

/// `floorbus publish agent`.
struct PublishAgentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agent",
        abstract: "Publish what an agent is doing.",
        discussion: """
            The record holds the whole state: what is not said is unknown or none.

            Examples:
              floorbus publish agent agent/bj/sales/4711/ --state ready
              floorbus publish agent agent/bj/sales/4711/ --state notReady \\
                --reason-class meal --pending ready --seat B12
              floorbus publish agent agent/bj/sales/4711/ --state busy --call connected \\
                --overlay helpSeeking --star 5 --call-ref 1795307963.17
              floorbus publish agent agent/bj/sales/4711/ --session loggedOff
            """
    )

    @Argument(help: "The agent: agent/SITE/UNIT/NAME/.", transform: parseKey)
    var key: FloorKey

    @Option(help: "What the agent is doing.")
    var state: Named<AgentActivity>?

    @Option(help: "Whether the agent is logged on. (default: loggedOn)")
    var session: Named<AgentSession>?

    @Option(help: "Where the agent goes when the present work ends.")
    var pending: Named<AgentActivity>?

    @Option(help: "Who or what changed the state.")
    var cause = Named(StateCause.api)

    @Option(help: "The class of the reason.")
    var reasonClass = Named(ReasonClass.none)

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The site's own reason code.", valueName: "0-65535"),
        transform: parseNumber(0...UInt16.max)
    )
    var reasonCode: UInt16 = 0

    @Option(
        help: ArgumentHelp("The site's own label of the reason.", valueName: "text"),
        transform: parseText(atMost: Limits.reasonBytes)
    )
    var reason = ""

    @Option(help: "Where the agent's call is.")
    var call = Named(CallPhase.none)

    @Option(
        name: .customLong("overlay"),
        help: "What lies over the call; may be repeated."
    )
    var overlays: [OverlayArgument] = []

    @Option(
        help: ArgumentHelp("The call's reference.", valueName: "text"),
        transform: parseText(atMost: Limits.shortTextBytes)
    )
    var callRef = ""

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The customer's stars; 0 = unknown.", valueName: "0-5"),
        transform: parseNumber(0...5)
    )
    var star: UInt8 = 0

    @Option(
        name: .customLong("extension"),
        help: ArgumentHelp("The agent's extension.", valueName: "text"),
        transform: parseText(atMost: Limits.shortTextBytes)
    )
    var deviceExtension = ""

    @Option(
        help: ArgumentHelp("The agent's seat.", valueName: "text"),
        transform: parseText(atMost: Limits.shortTextBytes)
    )
    var seat = ""

    @Flag(name: .customLong("device-down"), help: "The agent's telephone does not work.")
    var isDeviceDown = false

    @OptionGroup var stateOptions: StateOptions
    @OptionGroup var publishing: PublishingOptions

    func validate() throws {
        try checkKind(key, .agent, as: "agent")
        if state == nil, session == nil {
            throw ValidationError(
                "say what the agent is doing with --state, or --session loggedOff"
            )
        }
    }

    func run() async throws {
        try await publishing.publish(.agent(agentState), to: key, stateOptions)
    }

    var agentState: AgentState {
        var agent = AgentState(activity: state?.value ?? .unknown, cause: cause.value)
        agent.session = session?.value ?? .loggedOn
        agent.deviceInService = !isDeviceDown
        agent.pending = pending?.value
        agent.call = call.value
        for overlay in overlays { agent.overlays.insert(overlay.name.bit) }
        agent.reasonClass = reasonClass.value
        agent.reasonCode = reasonCode
        agent.reason = reason
        agent.customerStar = star
        agent.deviceExtension = deviceExtension
        agent.seat = seat
        agent.callReference = callRef
        return agent
    }
}

/// Throws when a key is of another kind than the command publishes.
func checkKind(_ key: FloorKey, _ kind: RecordKind, as command: String) throws {
    guard key.kind == kind else {
        throw ValidationError(
            "the key \(Output.printable(key.text)) is of the class \(key.kind.name), but "
                + "'publish \(command)' needs a key that begins with \(kind.name)/"
        )
    }
}
