import FloorImport
import Foundation
import Testing

/// One kind of trouble: the test's own input, and where there is one, the folder beside the tree
/// with the same trouble in other words.
struct TroubledLog: Sendable, CustomTestStringConvertible {
    var path: String
    var queue: String
    /// What a member's number is written behind.
    var prefix: String

    var testDescription: String { path }

    func agent(_ number: Int) -> String { prefix + String(number) }

    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()

    /// The inputs of a kind.
    ///
    /// - Parameters:
    ///   - own: the file's name among the tests' logs.
    ///   - shared: its path among the folders beside the tree.
    ///   - prefix: of members' names there.
    /// - Returns: one or two.
    static func all(_ own: String, _ shared: String, prefix: String = "SIP/") -> [TroubledLog] {
        let mine = TroubledLog(
            path: root.appendingPathComponent("logs/" + own).path,
            queue: "care",
            prefix: "PJSIP/70"
        )
        let folder = root.deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("shared/cases/")
        let path = folder.appendingPathComponent(shared).path
        guard FileManager.default.fileExists(atPath: path) else { return [mine] }
        return [mine, TroubledLog(path: path, queue: "sales", prefix: prefix)]
    }
}

/// Every person's last state and every queue's last level.
struct FloorEnd {
    var agents: [String: AgentStep.State] = [:]
    var queues: [String: QueueLevel] = [:]

    init(_ played: Played) {
        for step in played.agents { agents[step.agent] = step.state }
        for level in played.queues { queues[level.queue] = level }
    }

    var waiting: Int { queues.values.reduce(0) { $0 + $1.waiting } }

    var busy: [String] {
        agents.filter { if case .busy = $0.value { true } else { false } }.keys.sorted()
    }
}

@Suite("Logs as they really are")
struct CaseTests {
    private func read(
        _ log: TroubledLog,
        _ options: ImportOptions = ImportOptions()
    ) throws
        -> (played: Played, end: FloorEnd, damage: ImportError?)
    {
        let found = try playDamaged(log.path, .asteriskQueueLog, options: options)
        return (found.played, FloorEnd(found.played), found.damage)
    }

    @Test(
        "A member that is added paused joins paused",
        arguments: TroubledLog.all(
            "added-paused",
            "02-addmember-paused/queue_log",
            prefix: "PJSIP/"
        )
    )
    func addedPaused(_ log: TroubledLog) throws {
        let end = try read(log).end
        #expect(end.agents[log.agent(1)] == .paused(reason: ""))
        #expect(end.agents[log.agent(2)] == .paused(reason: ""))
        #expect(end.agents[log.agent(3)] == .ready)
    }

    @Test(
        "A transfer of any release ends the conversation; an extension is never seconds",
        arguments: TroubledLog.all("transfers", "03-transfer-columns/queue_log")
    )
    func transfers(_ log: TroubledLog) throws {
        let (played, end, _) = try read(log)
        let agents = try played.totals(.asteriskQueueLog).agents
        #expect(agents[log.agent(1)]?.talkSeconds == 90)
        // The line says nothing of it: it is from one line's time to the other's.
        #expect(agents[log.agent(2)]?.talkSeconds == 40)
        #expect(end.agents == [log.agent(1): .ready, log.agent(2): .ready])
        #expect(played.report.oddities == ["number-missing": 1])
    }

    @Test(
        "An exit without its wait is an exit",
        arguments: TroubledLog.all("old-exits", "04-exits-old/queue_log")
    )
    func exits(_ log: TroubledLog) throws {
        let (played, end, _) = try read(log)
        #expect(end.waiting == 0)
        #expect(end.queues[log.queue]?.timedOut == 2)
        let exits = played.calls.map(\.step).filter { $0 != .enqueued }
        #expect(
            exits == [
                .timedOut(waitSeconds: 30), .exitedOther(waitSeconds: 10),
                .timedOut(waitSeconds: 10),
            ]
        )
        #expect(played.report.skipped == [:])
        #expect(played.report.oddities == ["number-missing": 2])
    }

    @Test(
        "A block of NUL bytes costs no line",
        arguments: TroubledLog.all("nul-block", "06-nul-block/short")
    )
    func nulBlock(_ log: TroubledLog) throws {
        let (played, end, _) = try read(log)
        #expect(end.waiting == 0 && end.busy == [])
        #expect(played.report.rowsUsed == 5 && played.report.skipped == [:])
        #expect(played.report.oddities == ["nul-block": 1])
    }

    @Test(
        "A byte order mark, CR LF and UTF-16 are read",
        arguments: TroubledLog.all("mark", "07-bom-crlf/bom")
            + TroubledLog.all("wide", "07-bom-crlf/utf16")
    )
    func marks(_ log: TroubledLog) throws {
        let (played, end, _) = try read(log)
        #expect(played.report.rowsUsed == 3 && played.report.skipped == [:])
        #expect(end.agents == [log.agent(1): .ready] && end.waiting == 0)
        #expect(end.queues[log.queue]?.answered == 1)
    }

    @Test(
        "Padding, parts and bytes behind a gzip file cost no line",
        arguments: TroubledLog.all("padded.gz", "08-gz-padding/zeros.gz")
            + TroubledLog.all("parts.gz", "08-gz-padding/multi.gz")
            + TroubledLog.all("trailing.gz", "08-gz-padding/crlf.gz")
    )
    func gzipEnds(_ log: TroubledLog) throws {
        let (played, end, damage) = try read(log)
        #expect(damage == nil)
        #expect(played.report.rowsUsed == 3 && end.busy == [] && end.waiting == 0)
        let isTrailing = log.path.hasSuffix("trailing.gz") || log.path.hasSuffix("crlf.gz")
        #expect(played.report.oddities == (isTrailing ? ["trailing-bytes": 2] : [:]))
    }

    @Test(
        "A file that is cut off gives every line there is, and then says so",
        arguments: TroubledLog.all("cut.gz", "08-gz-padding/cut.gz")
    )
    func cutFile(_ log: TroubledLog) throws {
        let (played, end, damage) = try read(log)
        #expect(damage?.rule == "the gzip data ends too early: the file was cut off")
        // The last line is cut in the middle of its event; it can mean one thing only.
        #expect(played.report.rowsUsed == 3)
        #expect(end.waiting == 0 && end.busy == [])
        #expect(end.queues[log.queue]?.answered == 1)
    }

    @Test(
        "A telephone that rang before its member was removed does not bring them back",
        arguments: TroubledLog.all("rings-after-removal", "10-rna-after-remove/queue_log")
    )
    func ringsAfterRemoval(_ log: TroubledLog) throws {
        let end = try read(log).end
        #expect(end.agents == [log.agent(1): .loggedOff])
    }

    @Test(
        "Nobody is busy for ever because an end was never written",
        arguments: TroubledLog.all("lost-end", "11-no-complete/queue_log")
    )
    func lostEnd(_ log: TroubledLog) throws {
        let (played, end, _) = try read(log)
        #expect(end.agents == [log.agent(1): .ready] && end.waiting == 0)
        #expect(played.report.oddities == ["talk-without-end": 1])
    }

    @Test(
        "A map makes one person of a member's name and interface",
        arguments: TroubledLog.all("two-names", "13-name-and-interface/queue_log")
    )
    func twoNames(_ log: TroubledLog) throws {
        var options = ImportOptions()
        try withFile(
            Array(
                """
                # Who is who
                Local/7004@agents/n = Ana Ruiz
                Local/1004@from-queue/n=JIM SMITH

                """.utf8
            )
        ) { try options.readNames(path: $0) }
        let end = try read(log, options).end
        #expect(end.agents.count == 1)
        #expect(end.agents.values.allSatisfy { $0 == .loggedOff })
    }

    @Test(
        "Whoever is paused and taken back under two names together is one person without a map",
        arguments: TroubledLog.all("two-names", "13-name-and-interface/queue_log")
    )
    func twoNamesFound(_ log: TroubledLog) throws {
        let (played, end, _) = try read(log)
        #expect(played.report.oddities == ["name-linked": 1])
        #expect(end.agents.count == 2, "the interface was somebody until it was found")
        #expect(end.agents.values.allSatisfy { $0 == .loggedOff })
    }

    @Test("Two people who pause at once are not taken for one")
    func twoPeople() throws {
        let rows = [
            "1|M|q|SIP/1|ADDMEMBER|", "1|M|q|SIP/2|ADDMEMBER|", "5|c|q|Ana|CONNECT|1|x|1",
            "9|c|q|Ana|COMPLETEAGENT|1|4|1", "10|NONE|q|Ana|PAUSE|", "10|NONE|NONE|SIP/1|PAUSEALL|",
            "11|NONE|q|Ana|UNPAUSE|", "11|NONE|NONE|SIP/2|UNPAUSEALL|",
            "12|NONE|q|Ana|PAUSE|", "12|NONE|NONE|SIP/1|PAUSEALL|",
        ]
        let played = try play(rows, .asteriskQueueLog)
        #expect(played.report.oddities["name-linked"] == nil)
    }

    @Test(
        "An export of a database is read, with fractions of seconds",
        arguments: TroubledLog.all("export.csv", "14-database-export/export.csv")
            + TroubledLog.all("export-with-bars", "14-database-export/queue_log")
    )
    func export(_ log: TroubledLog) throws {
        let (played, end, _) = try read(log)
        #expect(
            played.calls.map(\.timestampSeconds) == [1_717_408_059, 1_717_408_071, 1_717_408_191]
        )
        #expect(
            played.calls.map(\.step) == [
                .enqueued, .answered(waitSeconds: 12), .talkEnded(talkSeconds: 120),
            ]
        )
        #expect(end.busy == [] && played.report.skipped == [:])
        var options = ImportOptions()
        options.local = { $0 - 3 * 3_600 }
        let moved = try read(log, options).played
        #expect(moved.calls.first?.timestampSeconds == 1_717_397_259)
    }

    @Test(
        "Seconds with a fraction are seconds",
        arguments: TroubledLog.all("fractions", "14-database-export/fraction")
    )
    func fractions(_ log: TroubledLog) throws {
        let played = try read(log).played
        #expect(played.calls.map(\.timestampSeconds) == [1_717_397_259, 1_717_397_271])
    }

    @Test(
        "After a restart nobody is known to be there before their first sign of life",
        arguments: TroubledLog.all("restart", "37-restart-persistent/queue_log")
    )
    func restart(_ log: TroubledLog) throws {
        let end = try read(log).end
        #expect(end.agents == [log.agent(1): .unknown, log.agent(2): .ready])
    }

    @Test(
        "Eight calls are eight calls",
        arguments: TroubledLog.all("eight-calls", "35-service-level/queue_log")
    )
    func eightCalls(_ log: TroubledLog) throws {
        let (played, end, _) = try read(log)
        #expect(played.report.oddities == [:])
        let level = try #require(end.queues[log.queue])
        #expect(level.offered == 8 && level.answered == 4 && level.abandoned == 3)
        #expect(level.timedOut == 1)
    }
}
