import ArgumentParser
import FloorBus
import FloorWire
import FloorZeroMQ

/// `floorbus doctor`.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Look at a hub and this machine, and say what to do where something is wrong.",
        discussion: """
            A line for each thing: ok, warn or fail, and a sentence. With --data it looks at a \
            hub's data directory too; the hub may be running. A small file is written there \
            and removed again.

            The exit code is 1 when something failed, 3 when no hub answered, else 0.

            Examples:
              floorbus doctor
              floorbus doctor --connect tcp://10.0.0.5:7410 --json
              floorbus doctor --data /var/lib/floorbus
            """
    )

    @OptionGroup var hub: HubOptions
    @OptionGroup var timeout: TimeoutOptions

    @Option(help: ArgumentHelp("A hub's data directory.", valueName: "directory"))
    var data: String?

    func run() async throws {
        try await reporting {
            var worst = Finding.Status.ok
            func show(_ finding: Finding) throws {
                if hub.isJSON { try Output.json(finding) } else { try Output.line(finding.text) }
                if finding.status == .fail || worst == .ok { worst = finding.status }
            }
            try show(program)
            var visit: HubVisit?
            var isReachable = true
            do {
                visit = try await HubVisit(hub, timeout)
                for finding in visit?.findings(at: hub.endpoint) ?? [] { try show(finding) }
            } catch let failure as CommandFailure {
                try show(Finding("endpoint", .fail, failure.sentence))
                isReachable = failure.status != .notReachable
            }
            try show(MachineChecks.descriptors())
            if let data {
                for finding in MachineChecks.disk(data) { try show(finding) }
                for finding in JournalChecks.all(data, lineage: visit?.lineage) {
                    try show(finding)
                }
            }
            if !isReachable { throw ExitCode(ExitStatus.notReachable.rawValue) }
            if worst == .fail { throw ExitCode(ExitStatus.failed.rawValue) }
        }
    }

    private var program: Finding {
        Finding(
            "program",
            .ok,
            "floorbus \(FloorVersion.text), libzmq \(ZeroMQContext.libraryVersion), "
                + "protocol FBP/\(FrameHeader.version)"
        )
    }
}
