/// Avaya's private data beside TSAPI's agent state (attpriv.h): whether the agent is on a call,
/// which AgentState_t cannot say, and where the agent goes after it.
private let onCall: Int32 = 0  // TS_ON_CALL
private let idle: Int32 = 1  // TS_IDLE

/// ATTWorkMode_t; -1 is WM_NONE.
///
/// Automatic and manual are both ready.
private let workModes: [StateRow] = [
    StateRow(1, .notReady),  // WM_AUX_WORK
    StateRow(2, .afterCall),  // WM_AFTCAL_WK
    StateRow(3, .ready),  // WM_AUTO_IN
    StateRow(4, .ready),  // WM_MANUAL_IN
]
private let noWorkMode: Int32 = -1

extension AgentStanding {
    /// As `AgentState`'s, which documents it.
    package init(
        avaya number: Int32,
        talkState: Int32,
        pendingWorkMode: Int32
    ) throws(StandardError) {
        try self.init(tsapi: number)
        guard talkState == onCall || talkState == idle else {
            throw StandardError(.tsapi, "talk state", number: Int64(talkState))
        }
        if talkState == onCall {
            // A call in auxiliary or after-call work ends there; one of a ready agent the work mode
            // ends, which is not said.
            pending = activity == .notReady || activity == .afterCall ? activity : nil
            activity = .busy
            call = .connected
        }
        guard pendingWorkMode != noWorkMode else { return }
        guard let mode = workModes.row(pendingWorkMode) else {
            throw StandardError(.tsapi, "work mode", number: Int64(pendingWorkMode))
        }
        if mode.activity != activity { pending = mode.activity }
    }

    /// As `AgentState.avaya`.
    package var avaya: (state: Int32, talkState: Int32, pendingWorkMode: Int32)? {
        let isBusy = activity == .busy
        var idling = self
        if isBusy {
            idling.activity = session == .loggedOn ? .ready : .unknown
        }
        guard let state = idling.tsapi else { return nil }
        let talkState = isBusy ? onCall : idle
        // The flavours of wrap-up are numbers of their own.
        guard let pending, activity != .afterCall else { return (state, talkState, noWorkMode) }
        guard let mode = workModes.first(where: { $0.activity == pending }) else { return nil }
        return (state, talkState, mode.number)
    }
}
