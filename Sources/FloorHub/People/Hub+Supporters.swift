import FloorEvents
import FloorRoster
import FloorWire

// Who is there to help: a supporter says whether he is available, the hub says what he has in
// hand; both stand in his presence.

/// What somebody has in hand, as far as the journal knows.
struct SupporterLoad {
    var claimed = 0
    var engaged = 0
}

extension Hub {
    /// Whether somebody of this name has a session.
    func isPresent(_ name: String) -> Bool {
        guard let key = try? FloorKey(.presence, site: "-", unit: "-", entity: name) else {
            return false
        }
        return (principals[key]?.sessions ?? 0) > 0
    }

    /// Supporters on duty who may take an agent's flag.
    func eligibleSupporters(for agent: String) -> Int {
        var count = 0
        for supporter in supporters
        where supporter.sessions > 0 && supporter.name != agent && !manages(supporter, agent)
            && supporter.permissions.roles.contains(.supporter)
        {
            count += 1
        }
        return count
    }

    /// A supporter says whether he is there to help: a PUT of his own presence key.
    mutating func putDuty(
        _ session: Session,
        _ header: RecordHeader,
        _ key: Span<UInt8>,
        _ payload: Span<UInt8>,
        _ effects: inout HubEffects
    ) -> ResultRun {
        var result = ResultRun(header.producerSequence, .ok)
        let principal = session.principal
        guard principal.presenceKey.bytes.holds(key, at: 0),
            key.count == principal.presenceKey.bytes.count
        else {
            result.status = .denied
            result.owner = "another's presence"
            return result
        }
        guard holds(.supporter, session) else {
            result.status = .denied
            result.owner = "no supporter"
            return result
        }
        guard header.schema == PayloadSchema.presence,
            let wish = try? Presence(payload: payload).supporter,
            wish == .available || wish == .offFloor || wish == .onBreak
        else {
            result.status = .invalid
            return result
        }
        setDuty(principal, wish)
        result.revision = tellPresence(principal, &effects)
        return result
    }

    private mutating func setDuty(_ principal: Principal, _ duty: SupporterState) {
        if principal.duty == .available { supporters.removeAll { $0 === principal } }
        principal.duty = duty
        if duty == .available { supporters.append(principal) }
    }

    /// What a restored presence says of a supporter's duty.
    mutating func restoreDuty(_ presence: Presence, _ key: FloorKey) {
        guard let principal = principals[key] else { return }
        switch presence.supporter {
        case .offFloor, .onBreak: setDuty(principal, presence.supporter)
        case .available, .committed, .engaged: setDuty(principal, .available)
        case .unknown: break
        }
    }

    /// A committed change of a flag, as its owners' load.
    mutating func noteLoad(_ change: FlagChange, _ effects: inout HubEffects) {
        let before = change.before?.flag
        let after = change.after.flag
        guard before?.status != after.status || before?.owner != after.owner else { return }
        if let before, before.isHeld {
            changeLoad(of: before.owner, engaged: before.status == .engaged, by: -1)
        }
        if after.isHeld { changeLoad(of: after.owner, engaged: after.status == .engaged, by: 1) }
        if let before, before.isHeld { tellLoad(before.owner, &effects) }
        if after.isHeld, before?.owner != after.owner || before?.isHeld != true {
            tellLoad(after.owner, &effects)
        }
    }

    mutating func changeLoad(of owner: String, engaged: Bool, by change: Int) {
        var load = loads[owner] ?? SupporterLoad()
        load.claimed += change
        if engaged { load.engaged += change }
        loads[owner] = load.claimed == 0 ? nil : load
    }

    private mutating func tellLoad(_ owner: String, _ effects: inout HubEffects) {
        guard let key = try? FloorKey(.presence, site: "-", unit: "-", entity: owner),
            let principal = principals[key]
        else { return }
        tellPresence(principal, &effects)
    }

    /// Says who is there, and with what in hand.
    @discardableResult
    mutating func tellPresence(
        _ principal: Principal,
        _ effects: inout HubEffects
    ) -> Revision {
        var presence = Presence(sessions: UInt32(principal.sessions), since: stamp())
        tellHelp(&presence, of: principal.name, duty: principal.duty)
        let key = principal.presenceKey.bytes
        return putPresence(key.span, presence, &effects)
    }

    /// Says in a presence what somebody has in hand, or else whether he is there to help.
    func tellHelp(_ presence: inout Presence, of name: String, duty: SupporterState) {
        let load = loads[name] ?? SupporterLoad()
        presence.flags = UInt16(clamping: load.claimed)
        presence.supporter = duty
        if load.claimed > 0 { presence.supporter = load.engaged > 0 ? .engaged : .committed }
    }
}
