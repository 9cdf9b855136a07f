import ArgumentParser
import FloorBus
import FloorText

/// `floorbus note`.
struct NoteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "note",
        abstract: "Send, list, acknowledge and withdraw notes and alerts.",
        discussion: """
            Examples:
              floorbus note send --key note/bj/sales/ --text "new tariff from noon"
              floorbus note send --key note/bj/-/ --to 4711 --kind reminder --text "call back"
              floorbus note list
              floorbus note ack ID
            """,
        subcommands: [
            NoteSendCommand.self, NoteListCommand.self, NoteAckCommand.self,
            NoteWithdrawCommand.self,
        ]
    )
}

/// `floorbus note send`.
struct NoteSendCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "send",
        abstract: "Send a note, and print its id."
    )

    @Option(
        help: ArgumentHelp("note/SITE/TEAM/, with - for all of them.", valueName: "key"),
        transform: parseNotePlace
    )
    var key: NotePlace

    @Option(help: "What it says.", transform: parseText(atMost: Limits.noteBytes))
    var text: String

    @Option(help: "What kind of note: announcement, reminder, alert or kudos.")
    var kind = Named(NoteKind.announcement)

    @Option(
        help: ArgumentHelp("For one person alone.", valueName: "principal"),
        transform: parseText(atMost: Limits.nameBytes)
    )
    var to = ""

    @Option(help: "For holders of a role; may be said again.", transform: parseRole)
    var role: [Roles] = []

    @Flag(help: "To be shown at once, also to somebody on a call.")
    var urgent = false

    @Option(
        help: ArgumentHelp("When it is over. (default: in 24 hours)", valueName: "moment"),
        transform: parseMoment
    )
    var until: Int64 = 0

    @OptionGroup var hub: HubOptions
    @OptionGroup var timeout: TimeoutOptions

    func run() async throws {
        var note = FloorNote(kind.value, text: text)
        note.person = to
        for role in role { note.roles.insert(role) }
        note.priority = urgent ? .urgent : .normal
        note.expiresAt = until
        let (place, sent) = (key, note)
        try await reporting {
            try await hub.exchange(timeout: timeout) { client throws(FloorBusError) in
                try await client.sendNote(sent, site: place.site, team: place.team)
            } then: { receipt in
                guard hub.isJSON else { return try Output.line(receipt.id.text) }
                try Output.json(["noteId": receipt.id.text, "key": receipt.key.text])
            }
        }
    }
}

/// `floorbus note list`.
struct NoteListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List notes and alerts that are not over, oldest first.",
        discussion: "Prints nothing and exits with 0 when there is none."
    )

    @Flag(help: "Also those that are over.")
    var all = false

    @Option(
        help: ArgumentHelp(
            "Of notes to you, and of receipts of yours, those of a site alone.",
            valueName: "site"
        )
    )
    var mine: String?

    @OptionGroup var hub: HubOptions
    @OptionGroup var timeout: TimeoutOptions

    func run() async throws {
        let site = mine.map { FloorKey.segment(encoding: $0) } ?? "+"
        let name = FloorKey.segment(encoding: hub.identity)
        let wanted = [
            try parseFilter("note/"), try parseFilter("personal/" + site + "/" + name + "/"),
        ]
        let patience = Duration.seconds(timeout.timeout)
        try await reporting {
            try await hub.exchange(timeout: timeout) { client throws(FloorBusError) in
                var records: [FloorRecord] = []
                for filter in wanted {
                    records += try await client.getReadable(filter, timeout: patience).records
                }
                return records
            } then: { records in
                try show(records)
            }
        }
    }

    /// One line a note: a sender has it under its own key, and under theirs with who has read it.
    private func show(_ records: [FloorRecord]) throws {
        var lines: [FloorID: (key: FloorKey, note: FloorNote)] = [:]
        for record in records.sorted(by: { $0.revision < $1.revision }) {
            guard let note = try record.note, let id = FloorID(record.key.entity) else { continue }
            guard var known = lines[id] else {
                lines[id] = (record.key, note)
                continue
            }
            // Receipts do not end with the note; everything else is the same.
            if note.status.isEnded { known.note.status = note.status }
            if note.receipts >= known.note.receipts {
                known.note.receipts = note.receipts
                known.note.readers = note.readers
                known.note.waiting = note.waiting
            }
            if record.key.kind == .note { known.key = record.key }
            lines[id] = known
        }
        let shown = lines.values.filter { all || !$0.note.status.isEnded }.sorted {
            ($0.note.sentAt, $0.key.entity) < ($1.note.sentAt, $1.key.entity)
        }
        if hub.isJSON {
            for line in shown { try Output.json(NoteText(line.key, line.note)) }
            return
        }
        guard !shown.isEmpty else { return }
        let rows = shown.map { key, note in
            [
                key.entity, note.status.name, note.kind.name, note.sender,
                note.readBy(for: hub.identity), note.text,
            ].map(Output.printable)
        }
        let headings = ["note", "status", "kind", "from", "by", "text"]
        for line in Output.table(headings, rows) { try Output.line(line) }
    }
}

extension FloorNote {
    /// Who has read it, for a sender, who alone is told; of an alert that somebody takes care of,
    /// who.
    fileprivate func readBy(for name: String) -> String {
        guard acknowledgedBy.isEmpty else { return acknowledgedBy }
        guard sender.utf8.elementsEqual(name.utf8) else { return "" }
        let count = addressed == 0 ? "\(receipts) read" : "\(receipts) of \(addressed) read"
        return waiting.isEmpty ? count : count + ", not " + waiting.joined(separator: ", ")
    }
}

/// A note on the command line: its key, or its id alone.
struct NoteName: ExpressibleByArgument, Sendable {
    let id: FloorID
    private let key: FloorKey?

    // What is neither is told with the rule for both: no key's own reason would help.
    init?(argument: String) {
        if let id = FloorID(argument) {
            self.id = id
            key = nil
        } else if let key = try? FloorKey(argument), key.kind == .note,
            let id = FloorID(key.entity)
        {
            self.id = id
            self.key = key
        } else {
            return nil
        }
    }

    /// A key under which the hub takes operations on the note: it finds it by its id.
    func operationKey() throws(FloorBusError) -> FloorKey {
        if let key { return key }
        do {
            return try FloorKey(.note, site: "-", unit: "-", entity: id.text)
        } catch {
            throw FloorBusError(.badKey, error.sentence)
        }
    }
}

/// What the commands about one note take.
struct NoteOptions: ParsableArguments {
    @Argument(help: ArgumentHelp("The note's id, or its key.", valueName: "note"))
    var note: NoteName

    @OptionGroup var hub: HubOptions
    @OptionGroup var timeout: TimeoutOptions

    func perform(
        _ what: String,
        _ body:
            @escaping @Sendable (FloorBusClient, FloorKey) async throws(FloorBusError)
            -> FlagResult
    ) async throws {
        try await reporting {
            try await hub.exchange(timeout: timeout) { client throws(FloorBusError) in
                try await body(client, try note.operationKey())
            } then: { result in
                guard case .done = result else {
                    throw CommandFailure(.failed, "could not \(what) the note: \(result.words)")
                }
                guard hub.isJSON else { return try Output.line("\(note.id.text) done") }
                try Output.json(["noteId": note.id.text, "result": "done"])
            }
        }
    }
}

extension FlagResult {
    fileprivate var words: String {
        switch self {
        case .done: "done"
        case .lost(let owner): owner + " was faster"
        case .notEligible(let reason): "not allowed: " + Output.printable(reason)
        case .notFound: "there is no such note, or it was forgotten"
        case .wrongState(let state): "it is " + state
        case .expired: "its time is over"
        case .exists: "there is one already"
        }
    }
}

/// `floorbus note ack`.
struct NoteAckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ack",
        abstract: "Say that you have read a note; of an alert, that you take care of it."
    )

    @OptionGroup var options: NoteOptions

    func run() async throws {
        try await options.perform("acknowledge") { client, key throws(FloorBusError) in
            try await client.acknowledgeNote(key)
        }
    }
}

/// `floorbus note withdraw`.
struct NoteWithdrawCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "withdraw",
        abstract: "Take a note back that you have sent."
    )

    @OptionGroup var options: NoteOptions

    func run() async throws {
        try await options.perform("withdraw") { client, key throws(FloorBusError) in
            try await client.withdrawNote(key)
        }
    }
}

/// Where a note goes: `note/SITE/TEAM/`.
struct NotePlace: Sendable {
    var site: String
    var team: String
}

@Sendable func parseNotePlace(_ text: String) throws -> NotePlace {
    // The sentence says how it is written, which holds the key's own reasons.
    guard let place = try? FloorKey(text + "x/"), place.kind == .note else {
        throw ValidationError("write note/SITE/TEAM/, for example note/bj/sales/ or note/bj/-/")
    }
    return NotePlace(site: place.segments[1], team: place.segments[2])
}

@Sendable func parseRole(_ text: String) throws -> Roles {
    guard let role = Roles(name: text) else {
        let names = Roles.each.map(\.name).joined(separator: ", ")
        throw ValidationError("'\(text)' is none of \(names)")
    }
    return role
}
