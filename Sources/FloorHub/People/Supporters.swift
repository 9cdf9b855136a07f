import FloorEvents
import FloorRoster
import FloorWire

/// What somebody has in hand, as far as the journal knows.
struct SupporterLoad {
    var claimed = 0
    var engaged = 0
}

/// Who is there to help, and with what in hand.
///
/// Invariant: `available` holds exactly those whose duty is `available`; a load is that of
/// committed claims alone.
struct Supporters {
    private(set) var available: [Principal] = []
    private(set) var loads: [ExactName: SupporterLoad] = [:]

    /// A supporter says whether they are there to help.
    mutating func setDuty(_ principal: Principal, _ duty: SupporterState) {
        if principal.duty == .available { available.removeAll { $0 === principal } }
        principal.duty = duty
        if duty == .available { available.append(principal) }
    }

    /// What a restored presence says of a supporter's duty.
    mutating func restoreDuty(_ presence: Presence, _ principal: Principal) {
        switch presence.supporter {
        case .offFloor, .onBreak: setDuty(principal, presence.supporter)
        case .available, .committed, .engaged: setDuty(principal, .available)
        case .unknown: break
        }
    }

    /// Supporters on duty who may take an agent's flag and have their hands free.
    func eligible(for agent: String, _ flag: FloorKey, _ grants: Grants) -> Int {
        var count = 0
        for supporter in available
        where supporter.sessions > 0 && supporter.name.exact != agent.exact
            && !grants.manages(supporter, agent)
            && supporter.permissions.roles.contains(.supporter)
            && (grants.isOpen || supporter.permissions.mayPublish(flag.bytes.span))
            && (loads[supporter.name.exact]?.claimed ?? 0) < Limits.flagsInHand
        {
            count += 1
        }
        return count
    }

    mutating func changeLoad(of owner: String, engaged: Bool, by change: Int) {
        var load = loads[owner.exact] ?? SupporterLoad()
        load.claimed += change
        if engaged { load.engaged += change }
        loads[owner.exact] = load.claimed == 0 ? nil : load
    }

    /// A committed change of a flag: whose load it has changed.
    mutating func note(_ change: FlagChange) -> [String] {
        let before = change.before?.flag
        let after = change.after.flag
        guard before?.status != after.status || before?.owner.exact != after.owner.exact
        else { return [] }
        var changed: [String] = []
        if let before, before.isHeld {
            changeLoad(of: before.owner, engaged: before.status == .engaged, by: -1)
        }
        if after.isHeld { changeLoad(of: after.owner, engaged: after.status == .engaged, by: 1) }
        if let before, before.isHeld { changed.append(before.owner) }
        if after.isHeld, before?.owner.exact != after.owner.exact || before?.isHeld != true {
            changed.append(after.owner)
        }
        return changed
    }

    /// Says in a presence what somebody has in hand, or else whether they are there to help.
    func tellHelp(_ presence: inout Presence, of name: String, duty: SupporterState) {
        let load = loads[name.exact] ?? SupporterLoad()
        presence.flags = UInt16(clamping: load.claimed)
        presence.supporter = duty
        if load.claimed > 0 { presence.supporter = load.engaged > 0 ? .engaged : .committed }
    }
}
