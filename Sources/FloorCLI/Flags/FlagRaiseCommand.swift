import ArgumentParser
import FloorBus

/// `floorbus flag raise`.
struct FlagRaiseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "raise",
        abstract: "Raise a help flag, and print its id and how many are there to help."
    )

    @Option(
        help: ArgumentHelp(
            "flag/SITE/TEAM/; the flag's id is added. With the id it is raised under that id.",
            valueName: "key"
        ),
        transform: parseFlagPlace
    )
    var key: FlagPlace

    @Option(
        help: "What it is about: a code of the site's catalogue.",
        transform: parseText(atMost: Limits.categoryBytes)
    )
    var category: String

    @Option(help: "What is asked for.")
    var kind = Named(FlagKind.knowledge)

    @Option(
        help: "The question; only supporters read it.",
        transform: parseText(atMost: Limits.flagNoteBytes)
    )
    var text = ""

    @Option(help: "How you would like to be helped.")
    var channel = Named(SupportChannel.unknown)

    @Option(help: "The customer's stars, 1 to 5; 0 = unknown.", transform: parseNumber(0...5))
    var star: UInt8 = 0

    @Option(
        name: .customLong("call"),
        help: "The call it is about; when that ends, so does the flag.",
        transform: parseText(atMost: Limits.shortTextBytes)
    )
    var call = ""

    @Option(help: "Where you sit.", transform: parseText(atMost: Limits.shortTextBytes))
    var seat = ""

    @Option(
        help: "For whom, when a telephone system raises it.",
        transform: parseText(atMost: Limits.nameBytes)
    )
    var agent = ""

    @OptionGroup var hub: HubOptions
    @OptionGroup var timeout: TimeoutOptions

    private var help: HelpRequest {
        var help = HelpRequest(kind.value, category: category)
        help.text = text
        help.channel = channel.value
        help.customerStar = star
        help.callReference = call
        help.seat = seat
        help.agent = agent
        return help
    }

    func run() async throws {
        let (place, help) = (key, help)
        try await reporting {
            try await hub.exchange(timeout: timeout) { client throws(FloorBusError) in
                let receipt = try await client.raiseFlag(
                    help,
                    site: place.site,
                    team: place.team,
                    id: place.id
                )
                let found = try await client.flag(receipt.id, timeout: .seconds(timeout.timeout))
                return (receipt, found?.flag)
            } then: { receipt, flag in
                try show(receipt, flag)
            }
        }
    }

    private func show(_ receipt: FlagReceipt, _ flag: HelpFlag?) throws {
        let status = flag?.status ?? .raised
        if hub.isJSON {
            return try Output.json(
                RaiseLine(
                    flagId: receipt.id.text,
                    key: receipt.key.text,
                    status: status.name,
                    isNew: receipt.isNew,
                    eligible: receipt.isNew ? receipt.eligibleSupporters : nil,
                    answer: status == .answered ? flag?.words.answer : nil,
                    standardAnswer: receipt.standardAnswer,
                    incident: receipt.incident?.text
                )
            )
        }
        try Output.line("\(receipt.id.text) \(status.name)")
        if !receipt.isNew {
            guard status == .answered else {
                Output.note("that flag was open already: what you say now is not in it")
                let way =
                    call.isEmpty
                    ? "cancel that one first: floorbus flag cancel \(receipt.id.text)"
                    : "raise it without --call"
                return Output.note("for another question " + way)
            }
            let answer = Output.printable(flag?.words.answer ?? "")
            Output.note("that flag is answered already" + (answer.isEmpty ? "" : ": " + answer))
            let id = receipt.id.text
            Output.note("to be asked again: floorbus flag reopen \(id)")
            return Output.note("for another question: floorbus flag close \(id), and raise it")
        } else if let incident = receipt.incident {
            let answer = status == .answered ? flag?.words.answer : nil
            if let answer {
                return Output.note("others asked the same: \(Output.printable(answer))")
            }
            Output.note("others wait for the same: it hears the answer to \(incident.text)")
        } else if receipt.eligibleSupporters == 0 {
            Output.note("nobody is on duty to take it now; it waits, and is made louder")
        }
        if let answer = receipt.standardAnswer {
            Output.note("the standard answer: \(Output.printable(answer))")
            Output.note("if that is all you need: floorbus flag cancel \(receipt.id.text)")
        }
    }
}

/// What raising came to, as JSON.
private struct RaiseLine: Encodable {
    var flagId: String
    var key: String
    var status: String
    var isNew: Bool
    var eligible: Int?
    var answer: String?
    var standardAnswer: String?
    var incident: String?
}

/// Where a flag is to be raised: `flag/SITE/TEAM/`, perhaps with the id.
struct FlagPlace: Sendable {
    var site: String
    var team: String
    var id: FloorID?
}

@Sendable func parseFlagPlace(_ text: String) throws -> FlagPlace {
    // What is no whole key may be the beginning of one, which is looked at below.
    if let key = try? FloorKey(text) {
        let parts = key.segments
        guard key.kind == .flag, let id = FloorID(parts[3]), id.text == parts[3], id != .zero
        else {
            throw ValidationError("a flag's id is 32 small hexadecimal digits, not all of them 0")
        }
        return FlagPlace(site: parts[1], team: parts[2], id: id)
    }
    // The sentence says how it is written, which holds the key's own reasons.
    guard let place = try? FloorKey(text + "x/"), place.kind == .flag else {
        throw ValidationError("write flag/SITE/TEAM/, for example flag/bj/sales/")
    }
    return FlagPlace(site: place.segments[1], team: place.segments[2], id: nil)
}
