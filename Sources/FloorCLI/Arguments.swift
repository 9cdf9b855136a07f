import ArgumentParser
import FloorBus
import FloorText
import Foundation

// From the command line's words to values; each refusal names the rule.

/// A name of the vocabulary on the command line.
struct Named<Value: FloorName>: ExpressibleByArgument {
    let value: Value

    init(_ value: Value) { self.value = value }

    init?(argument: String) {
        guard let value = Value(name: argument) else { return nil }
        self.value = value
    }

    static var allValueStrings: [String] { Value.allCases.map(\.name) }

    var defaultValueDescription: String { value.name }
}

extension Named: Sendable {}

/// A call's overlay on the command line.
struct OverlayArgument: ExpressibleByArgument, Sendable {
    let name: OverlayName

    init?(argument: String) {
        guard let name = OverlayName(rawValue: argument) else { return nil }
        self.name = name
    }

    static var allValueStrings: [String] { OverlayName.allCases.map(\.rawValue) }
    static var defaultCompletionKind: CompletionKind { .list(allValueStrings) }
}

@Sendable func parseKey(_ text: String) throws -> FloorKey {
    do {
        return try FloorKey(text)
    } catch {
        throw ValidationError(error.sentence)
    }
}

@Sendable func parseFilter(_ text: String) throws -> KeyFilter {
    if text.split(separator: "/").contains("*") {
        throw ValidationError(
            "a filter has + for any one segment, not *, and its end is open: queue/+/billing/"
        )
    }
    do {
        return try KeyFilter(text)
    } catch {
        throw ValidationError(error.sentence)
    }
}

@Sendable func parsePrincipal(_ text: String) throws -> String {
    guard (1...Limits.nameBytes).contains(text.utf8.count) else {
        throw ValidationError("a principal has 1 to \(Limits.nameBytes) bytes")
    }
    return text
}

@Sendable func parseSeconds(_ text: String) throws -> Double {
    // A week: longer waits are mistakes, and a sum of durations must not overflow.
    guard let seconds = Double(text), seconds > 0, seconds <= 604_800 else {
        throw ValidationError("write seconds, more than 0 and at most 604800, for example 2.5")
    }
    return seconds
}

/// A revision as `EPOCH.COUNTER`, or as its one number.
@Sendable func parseRevision(_ text: String) throws -> Revision {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    if parts.count == 1, let raw = UInt64(text) { return Revision(rawValue: raw) }
    guard parts.count == 2, let epoch = UInt32(parts[0]), let counter = UInt64(parts[1]),
        epoch < 1 << 24, counter < 1 << Limits.revisionCounterBits
    else {
        throw ValidationError("write a revision as EPOCH.COUNTER, for example 1.42")
    }
    return Revision(epoch: epoch, counter: counter)
}

/// A parser of whole numbers within a range.
func parseNumber<Number: FixedWidthInteger & Sendable>(
    _ range: ClosedRange<Number>
) -> @Sendable (String) throws -> Number {
    { text in
        guard let number = Number(text), range.contains(number) else {
            throw ValidationError(
                "write a whole number from \(range.lowerBound) to \(range.upperBound)"
            )
        }
        return number
    }
}

/// A parser of texts with at most so many bytes.
func parseText(atMost bytes: Int) -> @Sendable (String) throws -> String {
    { text in
        guard text.utf8.count <= bytes else {
            throw ValidationError("it has \(text.utf8.count) bytes; at most \(bytes) are allowed")
        }
        return text
    }
}

/// A figure as `NAME=VALUE:UNIT[:FORMULA[:WINDOW[:N[:THRESHOLD_MS]]]]`.
@Sendable func parseFigure(_ text: String) throws -> Figure {
    guard let equals = text.firstIndex(of: "=") else {
        throw ValidationError(
            "write NAME=VALUE:UNIT[:FORMULA[:WINDOW[:N[:THRESHOLD_MS]]]], for example "
                + "asa=4200:ms:mean:15min:37"
        )
    }
    let name = String(text[..<equals])
    guard (1...32).contains(name.utf8.count) else {
        throw ValidationError("the figure's NAME has 1 to 32 bytes")
    }
    let parts = text[text.index(after: equals)...].split(
        separator: ":",
        omittingEmptySubsequences: false
    ).map(String.init)
    guard (2...6).contains(parts.count) else {
        throw ValidationError("a figure has 2 to 6 parts after '=', and this has \(parts.count)")
    }
    guard let value = Int64(parts[0]) else {
        throw ValidationError("the figure's VALUE '\(parts[0])' is not a whole number")
    }
    var figure = Figure(name, value, try part("UNIT", parts[1]))
    if parts.count > 2 { figure.formula = try part("FORMULA", parts[2]) }
    if parts.count > 3 { figure.window = try part("WINDOW", parts[3]) }
    if parts.count > 4 { figure.n = try count("N", parts[4]) }
    if parts.count > 5 { figure.thresholdMilliseconds = try count("THRESHOLD_MS", parts[5]) }
    return figure
}

private func part<Value: FloorName>(_ field: String, _ text: String) throws -> Value {
    guard let value = Value(name: text) else {
        let names = Value.allCases.map(\.name).joined(separator: ", ")
        throw ValidationError("the figure's \(field) '\(text)' is none of \(names)")
    }
    return value
}

private func count(_ field: String, _ text: String) throws -> UInt32 {
    guard let value = UInt32(text) else {
        throw ValidationError(
            "the figure's \(field) '\(text)' is not a whole number from 0 to \(UInt32.max)"
        )
    }
    return value
}
