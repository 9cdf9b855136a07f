public import FloorEvents

/// The names of a call's overlays, which have bits and not numbers.
public enum OverlayName: String, CaseIterable, Sendable {
    case helpSeeking
    case monitored
    case whispered
    case barged
    case muted
    case recordingPaused

    /// The overlay's bit.
    public var bit: CallOverlays {
        switch self {
        case .helpSeeking: .helpSeeking
        case .monitored: .monitored
        case .whispered: .whispered
        case .barged: .barged
        case .muted: .muted
        case .recordingPaused: .recordingPaused
        }
    }

    /// The names of the overlays that are there.
    public static func names(of overlays: CallOverlays) -> [String] {
        allCases.filter { overlays.contains($0.bit) }.map(\.rawValue)
    }
}

extension AgentState {
    /// The state as one JSON object; its fields are in docs/cli.md, "watch and get".
    public func json() throws -> String { try JSONText.line(AgentJSON(self)) }

    /// Reads a state from the JSON that `json()` writes.
    ///
    ///     try AgentState(json: #"{"state": "notReady", "reason_class": "meal"}"#)
    ///
    /// A field that is missing has the value of `AgentState(activity: .unknown)`; texts may be
    /// longer than a payload takes, which says so.
    ///
    /// - Throws: `JSONTextError` with the field that is wrong, also for one that is not known.
    public init(json text: String) throws(JSONTextError) {
        self = try JSONText.read(AgentJSON.self, from: text).state
    }

    /// The state in a few words.
    public var summary: String {
        if session == .loggedOff { return "loggedOff" }
        var words = [activity.name]
        if let pending { words.append("then \(pending.name)") }
        if reasonClass != .none { words.append("for \(reasonClass.name)") }
        if !reason.isEmpty { words.append("(\(PlainText.printable(reason)))") }
        if call != .none { words.append("call \(call.name)") }
        words += OverlayName.names(of: overlays)
        if !deviceInService { words.append("device down") }
        if !seat.isEmpty { words.append("seat \(PlainText.printable(seat))") }
        return words.joined(separator: " ")
    }
}

/// An agent's state and its JSON.
struct AgentJSON: Codable {
    var state: AgentState

    init(_ state: AgentState) { self.state = state }

    func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: FieldName.self)
        try fields.encode(state.session.name, forKey: "session")
        try fields.encode(state.deviceInService, forKey: "device_in_service")
        try fields.encode(state.activity.name, forKey: "state")
        try fields.encodeIfPresent(state.pending?.name, forKey: "pending")
        try fields.encode(state.call.name, forKey: "call")
        try fields.encode(OverlayName.names(of: state.overlays), forKey: "overlays")
        try fields.encode(state.cause.name, forKey: "cause")
        try fields.encode(state.reasonClass.name, forKey: "reason_class")
        try fields.encode(state.reasonCode, forKey: "reason_code")
        try fields.encode(state.reason, forKey: "reason")
        try fields.encode(state.customerStar, forKey: "star")
        try fields.encode(state.deviceExtension, forKey: "extension")
        try fields.encode(state.seat, forKey: "seat")
        try fields.encode(state.callReference, forKey: "call_ref")
    }

    init(from decoder: any Decoder) throws {
        let fields = try JSONFields(
            decoder,
            known: [
                "session", "device_in_service", "state", "pending", "call", "overlays", "cause",
                "reason_class", "reason_code", "reason", "star", "extension", "seat", "call_ref",
            ]
        )
        state = AgentState(activity: try fields.named("state") ?? .unknown)
        state.session = try fields.named("session") ?? state.session
        state.deviceInService = try fields.flag("device_in_service") ?? state.deviceInService
        state.pending = try fields.named("pending")
        state.call = try fields.named("call") ?? state.call
        for name in try fields.texts("overlays") ?? [] {
            guard let overlay = OverlayName(rawValue: name) else {
                let names = OverlayName.allCases.map(\.rawValue).joined(separator: ", ")
                throw fields.error("overlays", "is a list of " + names)
            }
            state.overlays.insert(overlay.bit)
        }
        state.cause = try fields.named("cause") ?? state.cause
        state.reasonClass = try fields.named("reason_class") ?? state.reasonClass
        state.reasonCode = try fields.number("reason_code") ?? 0
        state.reason = try fields.text("reason") ?? ""
        state.customerStar = try fields.number("star") ?? 0
        state.deviceExtension = try fields.text("extension") ?? ""
        state.seat = try fields.text("seat") ?? ""
        state.callReference = try fields.text("call_ref") ?? ""
    }
}
