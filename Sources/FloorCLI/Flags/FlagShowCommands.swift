import ArgumentParser
import FloorBus
import FloorText

/// `floorbus flag list`.
struct FlagListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List open help flags, the most urgent first.",
        discussion: """
            Lists the flags that you may see: an agent their own ones, a supervisor those of \
            their teams. Prints nothing and exits with 0 when there is none. To see them change, \
            use 'floorbus watch flag/SITE/', or as an agent 'floorbus watch private/SITE/NAME/'.
            """
    )

    @Argument(help: "The beginning of the keys wanted.", transform: parseFilter)
    var filter: KeyFilter?

    @Flag(help: "Also those that have ended and can still be rated.")
    var all = false

    @OptionGroup var hub: HubOptions
    @OptionGroup var timeout: TimeoutOptions

    func validate() throws {
        if let filter, filter.text.split(separator: "/").first != "flag" {
            throw ValidationError("give the beginning of flags' keys, for example flag/bj/")
        }
    }

    func run() async throws {
        let wanted = try filter ?? parseFilter("flag/")
        // Whoever may see no flags but their own finds them under their words.
        let own = try parseFilter("private/+/" + FloorKey.segment(encoding: hub.identity) + "/")
        let patience = Duration.seconds(timeout.timeout)
        try await reporting {
            try await hub.exchange(timeout: timeout) { client throws(FloorBusError) in
                do throws(FloorBusError) {
                    return try await client.getReadable(wanted, timeout: patience)
                } catch {
                    guard error.status == .denied else { throw error }
                    let refusal = error
                    do throws(FloorBusError) {
                        return try await client.getReadable(own, timeout: patience)
                    } catch {
                        // Of what was asked for, not of what was tried in its place.
                        throw error.status == .denied ? refusal : error
                    }
                }
            } then: { answer in
                try show(answer.records, wanted)
                if answer.isPartial { Output.noteLeftOut(wanted, hub.identity) }
            }
        }
    }

    private func show(_ records: [FloorRecord], _ wanted: KeyFilter) throws {
        var lines: [(key: FloorKey, flag: HelpFlag)] = []
        for record in records {
            guard let found = try FoundFlag(record), all || !found.flag.isEnded,
                wanted.matches(found.key)
            else { continue }
            lines.append((found.key, found.flag))
        }
        let now = records.compactMap(\.hubTime).max()?.microsecondsSince1970 ?? 0
        lines.sort {
            // Who is answered waits for nobody.
            let (done, other) = ($0.flag.status == .answered, $1.flag.status == .answered)
            guard done == other else { return other }
            let (left, right) = ($0.flag.urgency(at: now), $1.flag.urgency(at: now))
            guard left == right else { return left > right }
            let (first, second) = ($0.flag.stamps.raised, $1.flag.stamps.raised)
            return first == second ? $0.key < $1.key : first < second
        }
        if hub.isJSON {
            for line in lines { try Output.json(FlagText(line.key, line.flag)) }
            return
        }
        guard !lines.isEmpty else { return }
        let rows = lines.map { key, flag in
            [
                key.entity, key.segments[1] + "/" + key.segments[2], flag.status.name,
                flag.kind.name, flag.category, flag.owner, Output.time(flag.stamps.raised),
            ].map(Output.printable)
        }
        let headings = ["flag", "team", "status", "kind", "category", "owner", "raised"]
        for line in Output.table(headings, rows) { try Output.line(line) }
    }
}

/// `floorbus flag show`.
struct FlagShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show one help flag with every time stamp, and its words if you may read them."
    )

    @OptionGroup var options: FlagOptions

    func run() async throws {
        try await reporting {
            try await options.hub.exchange(timeout: options.timeout) {
                client throws(FloorBusError) in
                let id = options.flag.id
                guard
                    let found = try await client.flag(
                        id,
                        timeout: .seconds(options.timeout.timeout)
                    )
                else {
                    throw FloorBusError(
                        .notFound,
                        "there is no flag \(id.text) that \(client.principal) may see, or it was "
                            + "forgotten after its time"
                    )
                }
                return (found.key, found.flag)
            } then: { key, flag in
                let line = FlagText(key, flag)
                if options.hub.isJSON { return try Output.json(line) }
                for text in line.sheet { try Output.line(text) }
            }
        }
    }
}
