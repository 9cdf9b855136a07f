import ArgumentParser
import FloorBus

/// `floorbus publish queue`.
struct PublishQueueCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queue",
        abstract: "Publish how full a queue is.",
        discussion: """
            The record holds the whole level: what is not said is zero. Publish when the \
            longest wait began, not how old it is: its age changes all the time.

            \(figureHelp)

            Examples:
              floorbus publish queue queue/bj/calls/billing/ --waiting 3 \\
                --oldest-enqueued-at 2026-03-01T09:00:00Z --offered 120 --answered 110
              floorbus publish queue queue/bj/calls/billing/ --waiting 0 \\
                --figure serviceLevel=870:permille:SL.answered:15min:37:20000
            """
    )

    @Argument(help: "The queue: queue/SITE/UNIT/NAME/.", transform: parseKey)
    var key: FloorKey

    @Option(
        parsing: .unconditional,
        help: "Contacts waiting now.",
        transform: parseNumber(0...UInt32.max)
    )
    var waiting: UInt32

    @Option(
        help: ArgumentHelp(
            "When the one waiting longest joined: microseconds since 1970 or "
                + "2026-03-01T09:00:00Z.",
            valueName: "moment"
        ),
        transform: parseMoment
    )
    var oldestEnqueuedAt: Int64 = 0

    @OptionGroup(title: "Counters within the window") var counters: CounterOptions
    @OptionGroup(title: "Agents who serve the queue") var agents: QueueAgentOptions

    @Option(help: "The time over which the counters count.")
    var window = Named(FigureWindow.sinceStart)

    @Option(
        name: .customLong("figure"),
        help: ArgumentHelp("A computed figure; may be repeated.", valueName: "figure"),
        transform: parseFigure
    )
    var figures: [Figure] = []

    @OptionGroup var stateOptions: StateOptions
    @OptionGroup var publishing: PublishingOptions

    func validate() throws {
        try checkKind(key, .queue, as: "queue")
        try checkFigures(figures)
    }

    func run() async throws {
        var level = QueueLevel(waiting: waiting)
        level.oldestEnqueuedAt = oldestEnqueuedAt
        level.counters = counters.counters
        level.agents = agents.agents
        level.window = window.value
        level.figures = figures
        try await publishing.publish(.queue(level), to: key, stateOptions)
    }
}

/// What came into a queue and how it left.
struct CounterOptions: ParsableArguments {
    @Option(help: "Contacts that joined.", transform: parseNumber(0...UInt32.max))
    var offered: UInt32 = 0
    @Option(help: "Contacts an agent answered.", transform: parseNumber(0...UInt32.max))
    var answered: UInt32 = 0
    @Option(help: "Contacts that gave up.", transform: parseNumber(0...UInt32.max))
    var abandoned: UInt32 = 0
    @Option(help: "Of these, the short ones.", transform: parseNumber(0...UInt32.max))
    var abandonedShort: UInt32 = 0
    @Option(help: "Sent to another queue.", transform: parseNumber(0...UInt32.max))
    var overflowed: UInt32 = 0
    @Option(help: "Left as the wait was too long.", transform: parseNumber(0...UInt32.max))
    var timedOut: UInt32 = 0
    @Option(help: "Left by pressing a key.", transform: parseNumber(0...UInt32.max))
    var exitedByKey: UInt32 = 0
    @Option(help: "Took a call-back.", transform: parseNumber(0...UInt32.max))
    var callbackTaken: UInt32 = 0

    var counters: QueueLevel.Counters {
        var result = QueueLevel.Counters()
        result.offered = offered
        result.answered = answered
        result.abandoned = abandoned
        result.abandonedShort = abandonedShort
        result.overflowed = overflowed
        result.timedOut = timedOut
        result.exitedByKey = exitedByKey
        result.callbackTaken = callbackTaken
        return result
    }
}

/// The agents of a queue by what they do.
struct QueueAgentOptions: ParsableArguments {
    @Option(help: "Logged on.", transform: parseNumber(0...UInt32.max))
    var loggedOn: UInt32 = 0
    @Option(help: "Ready.", transform: parseNumber(0...UInt32.max))
    var ready: UInt32 = 0
    @Option(help: "Being offered a contact.", transform: parseNumber(0...UInt32.max))
    var reserved: UInt32 = 0
    @Option(help: "On a contact of a queue.", transform: parseNumber(0...UInt32.max))
    var busyInbound: UInt32 = 0
    @Option(help: "On a call they made outside.", transform: parseNumber(0...UInt32.max))
    var busyOutbound: UInt32 = 0
    @Option(help: "On a call inside the house.", transform: parseNumber(0...UInt32.max))
    var busyInternal: UInt32 = 0
    @Option(help: "In after-call work.", transform: parseNumber(0...UInt32.max))
    var afterCall: UInt32 = 0
    @Option(help: "Not ready.", transform: parseNumber(0...UInt32.max))
    var notReady: UInt32 = 0
    @Option(help: "Busy for another queue.", transform: parseNumber(0...UInt32.max))
    var busyOther: UInt32 = 0

    var agents: QueueLevel.Agents {
        var result = QueueLevel.Agents()
        result.loggedOn = loggedOn
        result.ready = ready
        result.reserved = reserved
        result.busyInbound = busyInbound
        result.busyOutbound = busyOutbound
        result.busyInternal = busyInternal
        result.afterCall = afterCall
        result.notReady = notReady
        result.busyOther = busyOther
        return result
    }
}
