import CFloorBus
import FloorEvents
import FloorWire

// FloorEvents' agent state to and from the C header's; the numbers are the same.

extension floorbus_agent_state {
    /// Everything but texts and freshness.
    init(_ state: AgentState) {
        unsafe self.init()
        unsafe session = state.session.rawValue
        unsafe out_of_service = state.deviceInService ? 0 : 1
        unsafe self.state = state.activity.rawValue
        unsafe pending = state.pending?.rawValue ?? 0
        unsafe call = state.call.rawValue
        unsafe overlays = state.overlays.rawValue
        unsafe cause = state.cause.rawValue
        unsafe reason_class = state.reasonClass.rawValue
        unsafe reason_code = state.reasonCode
        unsafe customer_star = state.customerStar
    }
}

extension floorbus_agent_state {
    /// Appends a caller's state as a payload, its texts straight from the caller's memory.
    func append(to payload: inout [UInt8], _ encoding: HostEncoding?) throws(Failure) {
        let state = try unsafe AgentState(numbersOf: self)
        do { try state.appendNumbers(to: &payload) } catch { throw Failure(error) }
        func append(
            _ text: AgentText,
            _ from: floorbus_str,
            _ name: StaticString
        ) throws(Failure) {
            guard unsafe from.len != 0 else { return }
            try unsafe from.withUTF8(name, atMost: text.limit, encoding) {
                AgentState.append(text, $0, to: &payload)
            }
        }
        try unsafe append(.reason, reason, "reason")
        try unsafe append(.deviceExtension, `extension`, "extension")
        try unsafe append(.seat, seat, "seat")
        try unsafe append(.callReference, call_ref, "call_ref")
    }
}

extension AgentState {
    /// A caller's state.
    init(_ state: floorbus_agent_state, _ encoding: HostEncoding?) throws(Failure) {
        var payload: [UInt8] = []
        try unsafe state.append(to: &payload, encoding)
        do { self = try AgentState(payload: payload.span) } catch {
            throw Failure(.internal, error.sentence)
        }
    }

    /// A caller's state but its texts; every number must be one of the vocabulary.
    fileprivate init(numbersOf state: floorbus_agent_state) throws(Failure) {
        self.init(activity: try unsafe named(state.state, "state"))
        session = try unsafe named(state.session, "session")
        guard unsafe state.out_of_service <= 1 else {
            throw Failure(.invalid, "out_of_service is neither 0 nor 1")
        }
        deviceInService = unsafe state.out_of_service == 0
        let pending: AgentActivity = try unsafe named(state.pending, "pending")
        self.pending = pending == .unknown ? nil : pending
        call = try unsafe named(state.call, "call")
        overlays = CallOverlays(rawValue: try unsafe bits(state.overlays, allOverlays, "overlays"))
        cause = try unsafe named(state.cause, "cause")
        reasonClass = try unsafe named(state.reason_class, "reason_class")
        reasonCode = unsafe state.reason_code
        customerStar = unsafe state.customer_star
        guard customerStar <= 5 else { throw Failure(.invalid, "customer_star is more than 5") }
    }
}

/// Every bit of FLOORBUS_OVERLAY_*.
private let allOverlays = UInt8(
    FLOORBUS_OVERLAY_HELP_SEEKING | FLOORBUS_OVERLAY_MONITORED | FLOORBUS_OVERLAY_WHISPERED
        | FLOORBUS_OVERLAY_BARGED | FLOORBUS_OVERLAY_MUTED | FLOORBUS_OVERLAY_RECORDING_PAUSED
)

/// A caller's bits, which must all mean something.
func bits<Bits: FixedWidthInteger>(
    _ bits: Bits,
    _ known: Bits,
    _ field: StaticString
) throws(Failure) -> Bits {
    guard bits & ~known == 0 else {
        throw Failure(.invalid, field.description + " has bits that mean nothing")
    }
    return bits
}

func named<Name: FloorName>(
    _ number: UInt8,
    _ field: StaticString
) throws(Failure) -> Name {
    guard let name = Name(rawValue: number) else {
        throw Failure(
            .invalid,
            "\(number) is no " + field.description + " of FloorBus; take the header's names, never "
                + "another system's numbers"
        )
    }
    return name
}
