/// Asterisk's device states (devicestate.h), of a member who is neither paused nor in a call of
/// the queue.
private let deviceStates: [StateRow] = [
    StateRow(0, .unknown),  // UNKNOWN
    StateRow(1, .ready),  // NOT_INUSE
    StateRow(2, .busy),  // INUSE
    StateRow(3, .busy),  // BUSY
    StateRow(4, .unknown),  // INVALID
    StateRow(5, .unknown),  // UNAVAILABLE
    StateRow(6, .reserved, call: .alerting),  // RINGING
    StateRow(7, .busy),  // RINGINUSE
    StateRow(8, .busy, call: .held),  // ONHOLD
]

/// The device states' names, as DEVICE_STATE() and the event DeviceStateChange have them.
private let deviceStateNames: [StaticString] = [
    "UNKNOWN", "NOT_INUSE", "INUSE", "BUSY", "INVALID", "UNAVAILABLE", "RINGING", "RINGINUSE",
    "ONHOLD",
]

/// What app_queue gives as reason when it pauses a member who did not answer (`rna`).
private let autoPause: StaticString = "Auto-Pause"

extension AgentStanding {
    /// As `AgentState`'s, which documents it.
    package init(
        asterisk deviceState: Int32,
        paused: Bool,
        inCall: Bool,
        pausedReason: String
    ) throws(StandardError) {
        guard let row = deviceStates.row(deviceState) else {
            throw StandardError(.asterisk, "device state", number: Int64(deviceState))
        }
        self.init(row)
        deviceInService = deviceState != 4 && deviceState != 5
        // A telephone that is free is free: app_queue takes InCall back only after it has noted the
        // call, and sends no event then, so that the last one of a call says both.
        if inCall && activity != .ready {
            activity = .busy
            pending = paused ? .notReady : nil
            call = call == .held ? .held : .connected
        } else if paused {
            activity = .notReady
            call = .none
        }
        if paused, autoPause.reads(pausedReason) { cause = .ringNoAnswer }
    }

    /// The number of a device state's name.
    static func deviceState(named name: String) throws(StandardError) -> Int32 {
        guard let number = deviceStateNames.firstIndex(where: { $0.reads(name) }) else {
            throw StandardError(.asterisk, "device state", text: name)
        }
        return Int32(number)
    }

    /// As `AgentState.asterisk`.
    package var asterisk: (deviceState: Int32, paused: Bool, inCall: Bool)? {
        guard session != .loggedOff else { return nil }
        let working: Int32? = deviceInService ? nil : 5
        switch (activity, pending) {
        case (.unknown, nil): return (working ?? 0, false, false)
        case (.notReady, nil): return (working ?? 1, true, false)
        case (.ready, nil): return deviceInService ? (1, false, false) : nil
        case (.reserved, nil): return deviceInService ? (6, false, false) : nil
        case (.busy, nil), (.busy, .ready?), (.busy, .notReady?):
            return (working ?? (call == .held ? 8 : 2), pending == .notReady, true)
        default: return nil
        }
    }
}
