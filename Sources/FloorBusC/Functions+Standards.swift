// swift-format-ignore-file: AlwaysUseLowerCamelCase, AllPublicDeclarationsHaveDocumentation

// The names are those of include/floorbus.h, where each function is documented.
public import CFloorBus
import FloorEvents

// MARK: CSTA III

@c @implementation
public func floorbus_state_from_csta(
    _ agent_state: Int32,
    _ pending: Int32,
    _ out: UnsafeMutablePointer<floorbus_agent_state>?
) -> floorbus_status {
    answer { () throws(Failure) in
        let pending = pending == Int32(FLOORBUS_NO_PENDING) ? nil : pending
        let standing: AgentStanding
        do throws(StandardError) {
            standing = try AgentStanding(csta: agent_state, pending: pending)
        } catch { throw Failure(error) }
        try unsafe put(standing, into: out)
    }
}

@c @implementation
public func floorbus_state_to_csta(
    _ state: UnsafePointer<floorbus_agent_state>?,
    _ agent_state: UnsafeMutablePointer<Int32>?,
    _ pending: UnsafeMutablePointer<Int32>?
) -> floorbus_status {
    answer { () throws(Failure) in
        guard let agent_state = unsafe agent_state else { throw .missing("agent_state") }
        guard let pending = unsafe pending else { throw .missing("pending") }
        guard let said = try unsafe standing(state).csta else {
            throw Failure(noValueIn: .csta)
        }
        unsafe agent_state.pointee = said.state
        unsafe pending.pointee = said.pending ?? Int32(FLOORBUS_NO_PENDING)
    }
}

@c @implementation
public func floorbus_state_from_csta_xml(
    _ text: floorbus_str,
    _ pending: floorbus_str,
    _ out: UnsafeMutablePointer<floorbus_agent_state>?
) -> floorbus_status {
    answer { () throws(Failure) in
        let text = try unsafe text.text("text", atMost: Limits.reasonBytes, nil)
        let pending = try unsafe pending.text("pending", atMost: Limits.reasonBytes, nil)
        let standing: AgentStanding
        do throws(StandardError) {
            standing = try AgentStanding(cstaXML: text, pending: pending)
        } catch { throw Failure(error) }
        try unsafe put(standing, into: out)
    }
}

@c @implementation
public func floorbus_state_to_csta_xml(
    _ state: UnsafePointer<floorbus_agent_state>?,
    _ text: UnsafeMutablePointer<floorbus_str>?,
    _ pending: UnsafeMutablePointer<floorbus_str>?
) -> floorbus_status {
    answer { () throws(Failure) in
        guard let text = unsafe text else { throw .missing("text") }
        guard let pending = unsafe pending else { throw .missing("pending") }
        guard let said = try unsafe standing(state).cstaXML else {
            throw Failure(noValueIn: .csta)
        }
        unsafe text.pointee = floorbus_str(said.state)
        unsafe pending.pointee = floorbus_str(said.pending)
    }
}

// MARK: TSAPI and TAPI

@c @implementation
public func floorbus_state_from_tsapi(
    _ agent_state: Int32,
    _ out: UnsafeMutablePointer<floorbus_agent_state>?
) -> floorbus_status {
    answer { () throws(Failure) in
        let standing: AgentStanding
        do throws(StandardError) { standing = try AgentStanding(tsapi: agent_state) } catch {
            throw Failure(error)
        }
        try unsafe put(standing, into: out)
    }
}

@c @implementation
public func floorbus_state_to_tsapi(
    _ state: UnsafePointer<floorbus_agent_state>?,
    _ agent_state: UnsafeMutablePointer<Int32>?
) -> floorbus_status {
    answer { () throws(Failure) in
        guard let agent_state = unsafe agent_state else { throw .missing("agent_state") }
        guard let said = try unsafe standing(state).tsapi else {
            throw Failure(noValueIn: .tsapi)
        }
        unsafe agent_state.pointee = said
    }
}

@c @implementation
public func floorbus_state_from_avaya(
    _ agent_state: Int32,
    _ talk_state: Int32,
    _ pending_work_mode: Int32,
    _ out: UnsafeMutablePointer<floorbus_agent_state>?
) -> floorbus_status {
    answer { () throws(Failure) in
        let standing: AgentStanding
        do throws(StandardError) {
            standing = try AgentStanding(
                avaya: agent_state,
                talkState: talk_state,
                pendingWorkMode: pending_work_mode
            )
        } catch { throw Failure(error) }
        try unsafe put(standing, into: out)
    }
}

@c @implementation
public func floorbus_state_to_avaya(
    _ state: UnsafePointer<floorbus_agent_state>?,
    _ agent_state: UnsafeMutablePointer<Int32>?,
    _ talk_state: UnsafeMutablePointer<Int32>?,
    _ pending_work_mode: UnsafeMutablePointer<Int32>?
) -> floorbus_status {
    answer { () throws(Failure) in
        guard let agent_state = unsafe agent_state else { throw .missing("agent_state") }
        guard let talk_state = unsafe talk_state else { throw .missing("talk_state") }
        guard let mode = unsafe pending_work_mode else { throw .missing("pending_work_mode") }
        guard let said = try unsafe standing(state).avaya else {
            throw Failure(noValueIn: .tsapi)
        }
        unsafe agent_state.pointee = said.state
        unsafe talk_state.pointee = said.talkState
        unsafe mode.pointee = said.pendingWorkMode
    }
}

@c @implementation
public func floorbus_state_from_tapi2(
    _ agent_state: UInt32,
    _ next_state: UInt32,
    _ out: UnsafeMutablePointer<floorbus_agent_state>?
) -> floorbus_status {
    answer { () throws(Failure) in
        let standing: AgentStanding
        do throws(StandardError) {
            standing = try AgentStanding(tapi2: agent_state, next: next_state)
        } catch { throw Failure(error) }
        try unsafe put(standing, into: out)
    }
}

@c @implementation
public func floorbus_state_to_tapi2(
    _ state: UnsafePointer<floorbus_agent_state>?,
    _ agent_state: UnsafeMutablePointer<UInt32>?,
    _ next_state: UnsafeMutablePointer<UInt32>?
) -> floorbus_status {
    answer { () throws(Failure) in
        guard let agent_state = unsafe agent_state else { throw .missing("agent_state") }
        guard let next_state = unsafe next_state else { throw .missing("next_state") }
        guard let said = try unsafe standing(state).tapi2 else {
            throw Failure(noValueIn: .tapi2)
        }
        unsafe agent_state.pointee = said.state
        unsafe next_state.pointee = said.next
    }
}

@c @implementation
public func floorbus_state_from_tapi3(
    _ agent_state: Int32,
    _ out: UnsafeMutablePointer<floorbus_agent_state>?
) -> floorbus_status {
    answer { () throws(Failure) in
        let standing: AgentStanding
        do throws(StandardError) { standing = try AgentStanding(tapi3: agent_state) } catch {
            throw Failure(error)
        }
        try unsafe put(standing, into: out)
    }
}

@c @implementation
public func floorbus_state_to_tapi3(
    _ state: UnsafePointer<floorbus_agent_state>?,
    _ agent_state: UnsafeMutablePointer<Int32>?
) -> floorbus_status {
    answer { () throws(Failure) in
        guard let agent_state = unsafe agent_state else { throw .missing("agent_state") }
        guard let said = try unsafe standing(state).tapi3 else {
            throw Failure(noValueIn: .tapi3)
        }
        unsafe agent_state.pointee = said
    }
}

// MARK: Finesse

@c @implementation
public func floorbus_state_from_finesse(
    _ text: floorbus_str,
    _ pending: floorbus_str,
    _ reason_code: UInt16,
    _ out: UnsafeMutablePointer<floorbus_agent_state>?
) -> floorbus_status {
    answer { () throws(Failure) in
        let text = try unsafe text.text("text", atMost: Limits.reasonBytes, nil)
        let pending = try unsafe pending.text("pending", atMost: Limits.reasonBytes, nil)
        let standing: AgentStanding
        do throws(StandardError) {
            standing = try AgentStanding(finesse: text, pending: pending, reasonCode: reason_code)
        } catch { throw Failure(error) }
        try unsafe put(standing, into: out, .reasonCode)
    }
}

@c @implementation
public func floorbus_state_to_finesse(
    _ state: UnsafePointer<floorbus_agent_state>?,
    _ text: UnsafeMutablePointer<floorbus_str>?,
    _ pending: UnsafeMutablePointer<floorbus_str>?
) -> floorbus_status {
    answer { () throws(Failure) in
        guard let text = unsafe text else { throw .missing("text") }
        guard let pending = unsafe pending else { throw .missing("pending") }
        guard let said = try unsafe standing(state).finesse else {
            throw Failure(noValueIn: .finesse)
        }
        unsafe text.pointee = floorbus_str(said.state)
        unsafe pending.pointee = floorbus_str(said.pending)
    }
}

// MARK: Asterisk

@c @implementation
public func floorbus_state_from_asterisk(
    _ device_state: Int32,
    _ paused: Int32,
    _ in_call: Int32,
    _ paused_reason: floorbus_str,
    _ out: UnsafeMutablePointer<floorbus_agent_state>?
) -> floorbus_status {
    answer { () throws(Failure) in
        guard 0...1 ~= paused, 0...1 ~= in_call else {
            throw Failure(.invalid, "paused and in_call of Asterisk are 0 or 1")
        }
        let reason = try unsafe paused_reason.text("paused_reason", atMost: Limits.reasonBytes, nil)
        let standing: AgentStanding
        do throws(StandardError) {
            standing = try AgentStanding(
                asterisk: device_state,
                paused: paused == 1,
                inCall: in_call == 1,
                pausedReason: reason
            )
        } catch { throw Failure(error) }
        try unsafe put(standing, into: out, .outOfService)
    }
}

@c @implementation
public func floorbus_state_to_asterisk(
    _ state: UnsafePointer<floorbus_agent_state>?,
    _ device_state: UnsafeMutablePointer<Int32>?,
    _ paused: UnsafeMutablePointer<Int32>?,
    _ in_call: UnsafeMutablePointer<Int32>?
) -> floorbus_status {
    answer { () throws(Failure) in
        guard let device_state = unsafe device_state else { throw .missing("device_state") }
        guard let paused = unsafe paused else { throw .missing("paused") }
        guard let in_call = unsafe in_call else { throw .missing("in_call") }
        guard let said = try unsafe standing(state).asterisk else {
            throw Failure(noValueIn: .asterisk)
        }
        unsafe device_state.pointee = said.deviceState
        unsafe paused.pointee = said.paused ? 1 : 0
        unsafe in_call.pointee = said.inCall ? 1 : 0
    }
}

// MARK: FreeSWITCH

@c @implementation
public func floorbus_state_from_freeswitch(
    _ status: floorbus_str,
    _ text: floorbus_str,
    _ out: UnsafeMutablePointer<floorbus_agent_state>?
) -> floorbus_status {
    answer { () throws(Failure) in
        let status = try unsafe status.text("status", atMost: Limits.reasonBytes, nil)
        let text = try unsafe text.text("text", atMost: Limits.reasonBytes, nil)
        let standing: AgentStanding
        do throws(StandardError) {
            standing = try AgentStanding(freeSwitch: status, state: text)
        } catch { throw Failure(error) }
        try unsafe put(standing, into: out)
    }
}

@c @implementation
public func floorbus_state_to_freeswitch(
    _ state: UnsafePointer<floorbus_agent_state>?,
    _ status: UnsafeMutablePointer<floorbus_str>?,
    _ text: UnsafeMutablePointer<floorbus_str>?
) -> floorbus_status {
    answer { () throws(Failure) in
        guard let status = unsafe status else { throw .missing("status") }
        guard let text = unsafe text else { throw .missing("text") }
        guard let said = try unsafe standing(state).freeSwitch else {
            throw Failure(noValueIn: .freeSwitch)
        }
        unsafe status.pointee = floorbus_str(said.status)
        unsafe text.pointee = floorbus_str(said.state)
    }
}

// MARK: shared

/// A field that only one standard says.
private enum OneMore {
    case nothing
    case reasonCode
    case outOfService
}

/// Writes what a standard says into the caller's struct, and leaves everything else alone.
@inline(never)
private func put(
    _ standing: AgentStanding,
    into out: UnsafeMutablePointer<floorbus_agent_state>?,
    _ oneMore: OneMore = .nothing
) throws(Failure) {
    try unsafe checkStruct(out, "out")
    guard let out = unsafe out else { return }
    unsafe out.pointee.session = standing.session.rawValue
    unsafe out.pointee.state = standing.activity.rawValue
    unsafe out.pointee.pending = standing.pending?.rawValue ?? 0
    unsafe out.pointee.call = standing.call.rawValue
    unsafe out.pointee.cause = standing.cause.rawValue
    switch oneMore {
    case .nothing: break
    case .reasonCode: unsafe out.pointee.reason_code = standing.reasonCode
    case .outOfService: unsafe out.pointee.out_of_service = standing.deviceInService ? 0 : 1
    }
}

/// What of a caller's state the standards can say.
@inline(never)
private func standing(
    _ state: UnsafePointer<floorbus_agent_state>?
) throws(Failure) -> AgentStanding {
    let state = try unsafe readStruct(state, "state")
    let pending: AgentActivity = try unsafe named(state.pending, "pending")
    var standing = AgentStanding(
        try unsafe named(state.state, "state"),
        session: try unsafe named(state.session, "session"),
        pending: pending == .unknown ? nil : pending,
        call: try unsafe named(state.call, "call")
    )
    standing.deviceInService = unsafe state.out_of_service == 0
    return standing
}

extension Failure {
    @inline(never)
    fileprivate init(_ error: StandardError) { self.init(.invalid, error.sentence) }

    @inline(never)
    fileprivate init(noValueIn standard: AgentStandard) {
        self.init(
            .notFound,
            standard.name + " has no value for this agent state; docs/standards.md lists those "
                + "there are"
        )
    }
}

extension floorbus_str {
    /// A constant, which ends with a NUL: a StaticString of another length than one is that.
    fileprivate init(_ constant: StaticString) {
        unsafe self.init()
        unsafe ptr = UnsafeRawPointer(constant.utf8Start).assumingMemoryBound(to: CChar.self)
        unsafe len = constant.utf8CodeUnitCount
    }
}
