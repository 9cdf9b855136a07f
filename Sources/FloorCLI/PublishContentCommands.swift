import ArgumentParser
import FloorBus
import FloorRosterFile
import Foundation

let figureHelp = """
    A figure is NAME=VALUE:UNIT[:FORMULA[:WINDOW[:N[:THRESHOLD_MS]]]].
    UNIT is one of \(names(FigureUnit.self)).
    FORMULA is one of \(names(Formula.self)).
    WINDOW is one of \(names(FigureWindow.self)).
    """

private func names<Value: FloorName>(_ type: Value.Type) -> String {
    Value.allCases.map(\.name).joined(separator: ", ")
}

/// Throws when there are more figures than a record holds.
func checkFigures(_ figures: [Figure]) throws {
    guard figures.count <= Limits.figuresPerRecord else {
        throw ValidationError(
            "\(figures.count) figures are given; at most \(Limits.figuresPerRecord) are allowed"
        )
    }
}

/// `floorbus publish team`.
struct PublishTeamCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "team",
        abstract: "Publish a team's figures.",
        discussion: """
            \(figureHelp)

            Example:
              floorbus publish team team/bj/sales/all/ --figure asa=4200:ms:mean:15min:37
            """
    )

    @Argument(help: "The team: team/SITE/UNIT/NAME/.", transform: parseKey)
    var key: FloorKey

    @Option(
        name: .customLong("figure"),
        help: ArgumentHelp("A figure; once or more.", valueName: "figure"),
        transform: parseFigure
    )
    var figures: [Figure]

    @OptionGroup var stateOptions: StateOptions
    @OptionGroup var publishing: PublishingOptions

    func validate() throws {
        try checkKind(key, .team, as: "team")
        try checkFigures(figures)
    }

    func run() async throws {
        try await publishing.publish(.team(TeamFigures(figures)), to: key, stateOptions)
    }
}

/// Where the bytes of a custom value or an event come from.
struct ContentOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The content as text.", valueName: "text"))
    var text: String?

    @Option(
        help: ArgumentHelp("The content from a file; - is stdin.", valueName: "path")
    )
    var file: String?

    @Option(help: ArgumentHelp("The content as hexadecimal digits.", valueName: "digits"))
    var hex: String?

    @Option(
        help: ArgumentHelp("The content's layout, for its readers.", valueName: "0-65535"),
        transform: parseNumber(0...UInt16.max)
    )
    var schema: UInt16

    func validate() throws {
        let given = [text, file, hex].count { $0 != nil }
        guard given == 1 else {
            throw ValidationError("say the content with one of --text, --file and --hex")
        }
        if let hex, Self.bytes(hex: hex) == nil {
            throw ValidationError("--hex must be pairs of hexadecimal digits, for example 00ff")
        }
    }

    /// The content; throws when the file cannot be read or the content is too long.
    func bytes() throws -> [UInt8] {
        let bytes: [UInt8]
        if let file {
            bytes = try Self.read(file)
        } else if let hex {
            bytes = Self.bytes(hex: hex) ?? []
        } else {
            bytes = Array((text ?? "").utf8)
        }
        guard bytes.count <= Limits.payloadBytes else {
            throw CommandFailure(
                .failed,
                "the content has more than \(Limits.payloadBytes) bytes, the most a record "
                    + "carries; publish where it can be fetched instead"
            )
        }
        return bytes
    }

    private static func read(_ path: String) throws -> [UInt8] {
        do {
            let handle =
                path == "-"
                ? FileHandle.standardInput
                : try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            var bytes: [UInt8] = []
            // One byte more than allowed is enough to know that it is too long.
            while bytes.count <= Limits.payloadBytes,
                let part = try handle.read(upToCount: Limits.payloadBytes + 1 - bytes.count),
                !part.isEmpty
            {
                bytes.append(contentsOf: part)
            }
            return bytes
        } catch {
            throw CommandFailure(
                .failed,
                "the file \(Output.printable(path)) cannot be read: "
                    + SystemReason.of(error)
            )
        }
    }

    static func bytes(hex: String) -> [UInt8]? {
        let digits = Array(hex.utf8)
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            let pair = String(decoding: digits[index..<index + 2], as: UTF8.self)
            // UInt8(_:radix:) alone would take a sign.
            guard pair.allSatisfy(\.isHexDigit), let byte = UInt8(pair, radix: 16) else {
                return nil
            }
            bytes.append(byte)
        }
        return bytes
    }
}

/// `floorbus publish custom`.
struct PublishCustomCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "custom",
        abstract: "Publish an application's own last value.",
        discussion: """
            At most 16 KiB. The schema numbers the content's layout, as its readers know it.

            Examples:
              floorbus publish custom custom/bj/screens/lobby/ --text '{"page":3}' --schema 1
              floorbus publish custom custom/bj/screens/lobby/ --file page.json --schema 1 \\
                --expected-revision 1.42
            """
    )

    @Argument(help: "The value: custom/SITE/UNIT/NAME/.", transform: parseKey)
    var key: FloorKey
    @OptionGroup var content: ContentOptions
    @OptionGroup var stateOptions: StateOptions
    @OptionGroup var publishing: PublishingOptions

    func validate() throws { try checkKind(key, .custom, as: "custom") }

    func run() async throws {
        try await reporting {
            let bytes = try content.bytes()
            try await publishing.publish(
                .custom(bytes, schema: content.schema),
                to: key,
                stateOptions
            )
        }
    }
}

/// `floorbus publish event`.
struct PublishEventCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "event",
        abstract: "Publish an application's own event.",
        discussion: """
            Every event reaches every subscriber, in order; at most 16 KiB each.

            Example:
              floorbus publish event event/bj/billing/call-17/ --text enqueued --schema 1
            """
    )

    @Argument(help: "What it is about: event/SITE/UNIT/NAME/.", transform: parseKey)
    var key: FloorKey
    @OptionGroup var content: ContentOptions
    @OptionGroup var publishing: PublishingOptions

    func validate() throws { try checkKind(key, .event, as: "event") }

    func run() async throws {
        try await reporting {
            let bytes = try content.bytes()
            try await publishing.publish(.event(bytes, schema: content.schema), to: key)
        }
    }
}
