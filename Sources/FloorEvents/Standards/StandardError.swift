/// Another system's way to say what an agent is doing; docs/standards.md has every value.
public enum AgentStandard: UInt8, CaseIterable, Sendable, Hashable {
    case csta
    case tsapi
    case tapi2
    case tapi3
    case finesse
    case asterisk
    case freeSwitch

    /// The name in sentences for people.
    public var name: String {
        switch self {
        case .csta: "CSTA III (ECMA-269)"
        case .tsapi: "TSAPI"
        case .tapi2: "TAPI 2"
        case .tapi3: "TAPI 3"
        case .finesse: "Finesse"
        case .asterisk: "Asterisk"
        case .freeSwitch: "FreeSWITCH mod_callcenter"
        }
    }
}

/// A value that a standard does not have: nothing was converted, for a guess would be published.
///
///     do { state = try AgentState(tsapi: 7) } catch { log(error.sentence) }
public struct StandardError: Error, Hashable, Sendable {
    /// The standard that lacks the value.
    public let standard: AgentStandard
    /// Which of the standard's fields the value was given for.
    public let field: String
    /// The value, a text in quotes.
    public let value: String

    @inline(never)
    init(_ standard: AgentStandard, _ field: String, number: Int64) {
        self.standard = standard
        self.field = field
        value = String(number)
    }

    @inline(never)
    init(_ standard: AgentStandard, _ field: String, text: String) {
        self.standard = standard
        self.field = field
        value = "\"" + text + "\""
    }

    /// What is wrong, and where to look.
    public var sentence: String {
        value + " is no " + field + " of " + standard.name
            + "; docs/standards.md lists those there are"
    }
}
