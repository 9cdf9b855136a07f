import ArgumentParser
import FloorBus
import FloorImport
import UnixSignals

/// `floorbus replay`.
struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Publish what a telephone system's log tells, and count what arrives.",
        discussion: """
            Publishes agent states (agent/SITE/floor/NAME/), queue levels \
            (queue/SITE/calls/NAME/) and one event for each step of a call \
            (event/SITE/QUEUE/CALL/). A second client subscribes to them and computes the \
            totals from what it receives; the publisher is never more than \
            \(ReplayWindow.limit) records ahead of it. Without a hub (--connect or \
            FLOORBUS_ENDPOINT) it runs one inside.

            Formats: anonymous-bank (tab-separated, 17 columns) and asterisk-queue-log (of \
            Asterisk 1.2 to 23, or exported from a database); plain or gzip. Rows that cannot \
            be used are skipped and counted by cause; what is odd and used is counted too.

            --follow goes on at the log's end with what is written there, over its rotation, \
            until SIGINT: a bridge for a site that has nothing but the log. Values then last as \
            long as this program.

            It exits with 0 when the subscriber received every event, with 1 when it was told \
            of a gap or events are missing, with 65 when the log is cut off or damaged: what \
            is there is published, and its totals printed. SIGINT ends it early; the totals \
            so far are printed.

            Examples:
              floorbus replay 1999-01.tsv.gz --format anonymous-bank --speed max
              floorbus replay queue_log --format asterisk-queue-log --speed 10 --site hq
              floorbus replay queue_log --format asterisk-queue-log --follow --site hq
              floorbus replay 1999-01.tsv.gz --format anonymous-bank --day 990107 --json
            """
    )

    @Argument(help: "The log; plain or gzip.", completion: .file())
    var file: String

    @Option(help: "The log's format.")
    var format: ReplayFormat

    @Option(
        help: ArgumentHelp("The site in the keys.", valueName: "name"),
        transform: parseSite
    )
    var site = "replay"

    @Option(
        help: ArgumentHelp(
            "How many times as fast as the log's clock, or max.",
            valueName: "factor"
        ),
        transform: parseSpeed
    )
    var speed = ReplaySpeed.max

    @Option(help: ArgumentHelp("Only this day.", valueName: "yymmdd"))
    var day: String?

    @Option(
        help: ArgumentHelp(
            "The longest pause between two lines, whatever the log's clock says.",
            valueName: "seconds"
        ),
        transform: parseSeconds
    )
    var maxPause: Double = 60

    @Flag(help: "Go on at the log's end with what is written there, until SIGINT.")
    var follow = false

    @Option(
        help: ArgumentHelp(
            "The log's character set, as iconv names it. (default: UTF-8)",
            valueName: "name"
        )
    )
    var charset: String?

    @Option(
        name: .customLong("map"),
        help: ArgumentHelp(
            "A file of INTERFACE = NAME lines: who is one person under two names.",
            valueName: "file"
        ),
        completion: .file()
    )
    var map: String?

    @Option(
        help: ArgumentHelp(
            "The zone of dates and times without one, in an export. (default: UTC)",
            valueName: "zone"
        ),
        transform: parseZone
    )
    var zone: FloorZone?

    @OptionGroup var silence: SilenceOptions

    @OptionGroup var hub: HubOptions

    func run() async throws {
        try await reporting {
            let script: FloorScript
            do throws(ImportError) {
                script = try FloorScript(
                    path: file,
                    format: format.format,
                    day: day,
                    options: try importOptions()
                )
            } catch {
                throw CommandFailure(.failed, error.description)
            }
            let report = try await replay(script)
            if report.damage == nil, let day, script.report.rowsUsed == 0, !report.wasStopped {
                throw CommandFailure(
                    .failed,
                    "\(file): no row is of the day \(day); "
                        + "\(script.report.rowsOfOtherDays) rows are of other days"
                )
            }
            for example in script.report.examples { Output.note("skipped " + example.description) }
            if script.report.rowsUsed == 0, let damage = report.damage {
                throw CommandFailure(.failed, damage)
            }
            if hub.isJSON {
                try Output.json(report)
            } else {
                for line in report.lines() { try Output.line(line) }
            }
            if let damage = report.damage {
                throw CommandFailure(.badData, damage)
            }
            guard report.isGood else {
                throw CommandFailure(
                    .failed,
                    "the subscriber received \(report.subscriber.events) of "
                        + "\(report.published.events) events, with \(report.subscriber.gaps) "
                        + "gaps and \(report.subscriber.resyncs) resyncs; "
                        + "\(report.published.refused) were refused"
                )
            }
        }
    }

    private func importOptions() throws(ImportError) -> ImportOptions {
        var options = ImportOptions()
        options.charset = charset
        options.follows = follow
        if let zone {
            // The offset at about that time; off by an hour at most in the nights of a change.
            options.local = { seconds in
                let (micro, _) = seconds.multipliedReportingOverflow(by: 1_000_000)
                let guess = seconds - Int64(zone.offset(at: micro))
                return seconds - Int64(zone.offset(at: guess * 1_000_000))
            }
        }
        if let map { try options.readNames(path: map) }
        return options
    }

    private func replay(_ script: FloorScript) async throws -> ReplayReport {
        let embedded = hub.givenEndpoint == nil ? try EmbeddedHub() : nil
        defer { embedded?.stop() }
        let publisher = try client(of: embedded)
        let subscriber = try client(of: embedded)
        let window = ReplayWindow()
        let records = ReplayRecords(site: site)
        let filters = try records.filters()
        let reader = ReplaySubscriber(
            format: format.format,
            client: subscriber,
            subscription: try subscriber.subscribe(toAny: filters),
            producer: publisher.producer,
            filters: filters.count,
            window: window
        )
        let reading = Task { await reader.run() }
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm, .sigquit)
        let listening = Task { for await _ in signals { window.stop() } }
        let watchdog = ReplayWatchdog(window: window, client: publisher, timeout: wait)
        let watching = Task { await watchdog.run() }
        let start = ContinuousClock.now
        var work = ReplayPublisher(
            script: script,
            records: records,
            clock: ReplayClock(speed: speed, longest: .seconds(maxPause)),
            client: publisher,
            window: window,
            timeout: wait,
            isLeased: follow
        )
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await work.run()) } catch { outcome = .failure(error) }
        let elapsed = ContinuousClock.now - start
        let refused = publisher.statistics.refused
        listening.cancel()
        watching.cancel()
        reading.cancel()
        let received = await reading.value
        await publisher.close(flush: .zero)
        await subscriber.close(flush: .zero)
        try outcome.get()
        return ReplayReport(
            received,
            window.now,
            script.report,
            work.clock.skipped,
            damage: work.damage,
            refused: Int(refused),
            elapsed: elapsed
        )
    }

    private var wait: Duration { .seconds(silence.timeout) }

    private func client(of embedded: EmbeddedHub?) throws -> FloorBusClient {
        let options = FloorBusClient.Options(
            principal: hub.identity,
            application: "floorbus replay"
        )
        return try embedded?.connect(options)
            ?? FloorBusClient(endpoints: [hub.endpoint], options: options)
    }
}

/// A log's format on the command line.
enum ReplayFormat: String, CaseIterable, ExpressibleByArgument {
    case anonymousBank = "anonymous-bank"
    case asteriskQueueLog = "asterisk-queue-log"

    var format: LogFormat {
        switch self {
        case .anonymousBank: .anonymousBank
        case .asteriskQueueLog: .asteriskQueueLog
        }
    }
}

@Sendable func parseSite(_ text: String) throws -> String {
    do {
        _ = try FloorKey(.agent, site: text, unit: "-", entity: "-")
    } catch {
        throw ValidationError("the site cannot stand in a key: " + error.sentence)
    }
    return text
}

@Sendable func parseSpeed(_ text: String) throws -> ReplaySpeed {
    if text == "max" { return .max }
    guard let factor = Double(text), factor >= 0.001, factor <= 1_000_000 else {
        throw ValidationError("write max, or a number from 0.001 to 1000000")
    }
    return .times(factor)
}
