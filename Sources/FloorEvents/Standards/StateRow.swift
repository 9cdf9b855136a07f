// Converters between the other standards' agent states and FloorBus's, a table each: one row is
// one value. Three rules hold for all:
// - From a standard: what it says becomes session, activity, pending, call and cause; what it
//   does not say stays unknown or none. A value it does not have is a `StandardError`.
// - To a standard: what it has no field for is left out, what it has a field but no value for
//   gives nil, so that nothing false is ever said.
// - Wrap-up comes in two flavours, after which the agent is not ready or is ready; they are
//   `afterCall` with that as `pending`, both ways.
//
// The tables convert to and from `AgentStanding`, an agent's state without its texts: the C library
// fills callers' structs, whose texts it leaves alone.

/// What other standards say of an agent's state: all but texts, overlays and the like.
package struct AgentStanding: Hashable, Sendable {
    /// Logged on or off; other standards have that among the activities.
    package var session: AgentSession
    /// What the agent is doing.
    package var activity: AgentActivity
    /// Where the agent goes next; nil when not said.
    package var pending: AgentActivity?
    /// Where the agent's call is.
    package var call: CallPhase
    /// Who or what changed the state.
    package var cause = StateCause.unknown
    /// The site's reason code; 0 when none.
    package var reasonCode: UInt16 = 0
    /// Whether the agent's telephone works.
    package var deviceInService = true

    /// A standing whose cause and code are not said.
    package init(
        _ activity: AgentActivity,
        session: AgentSession = .loggedOn,
        pending: AgentActivity? = nil,
        call: CallPhase = .none
    ) {
        self.session = session
        self.activity = activity
        self.pending = pending
        self.call = call
    }

    init(_ state: AgentState) {
        self.init(
            state.activity,
            session: state.session,
            pending: state.pending,
            call: state.call
        )
        deviceInService = state.deviceInService
    }

    init(_ row: StateRow) {
        self.init(row.activity, session: row.session, pending: row.pending, call: row.call)
    }
}

extension AgentState {
    init(_ standing: AgentStanding) {
        self.init(activity: standing.activity, cause: standing.cause)
        session = standing.session
        pending = standing.pending
        call = standing.call
        reasonCode = standing.reasonCode
        deviceInService = standing.deviceInService
    }
}

/// One value of a standard, a number or a text, and what it is in FloorBus.
struct StateRow: Sendable {
    let number: Int32
    let text: StaticString
    let activity: AgentActivity
    let session: AgentSession
    let pending: AgentActivity?
    let call: CallPhase

    init(
        _ number: Int32,
        _ activity: AgentActivity,
        session: AgentSession = .loggedOn,
        pending: AgentActivity? = nil,
        call: CallPhase = .none
    ) {
        self.number = number
        text = ""
        self.activity = activity
        self.session = session
        self.pending = pending
        self.call = call
    }

    init(
        _ text: StaticString,
        _ activity: AgentActivity,
        session: AgentSession = .loggedOn,
        pending: AgentActivity? = nil,
        call: CallPhase = .none
    ) {
        number = 0
        self.text = text
        self.activity = activity
        self.session = session
        self.pending = pending
        self.call = call
    }

    /// What an agent is going to do who has this as the pending state; nil where FloorBus has no
    /// such: it does not say that somebody is about to log off.
    var asPending: AgentActivity? { activity == .unknown ? nil : activity }

    /// Whether the row is true of a standing.
    ///
    /// Logged off is one value in every standard, whatever else is said; so is unknown.
    func fits(_ standing: AgentStanding) -> Bool {
        let isLoggedOff = session == .loggedOff
        guard isLoggedOff == (standing.session == .loggedOff) else { return false }
        return isLoggedOff
            || activity == standing.activity && (pending == nil || pending == standing.pending)
    }
}

extension [StateRow] {
    /// The first row that is true of a standing, one that agrees about the call before others.
    func row(for standing: AgentStanding) -> StateRow? {
        var found: StateRow?
        for row in self where row.fits(standing) {
            if row.call == standing.call { return row }
            if found == nil { found = row }
        }
        return found
    }

    /// The row of a number.
    func row(_ number: Int32) -> StateRow? {
        for row in self where row.number == number { return row }
        return nil
    }

    /// The row of a text, which must be the standard's to the letter.
    func row(_ text: String) -> StateRow? {
        for row in self where row.text.reads(text) { return row }
        return nil
    }
}

extension StaticString {
    /// Whether this is a text, byte for byte; `==` takes a Kelvin sign for a K.
    func reads(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { given in
            withUTF8Buffer { own in
                guard own.count == given.count else { return false }
                for index in own.indices {
                    guard unsafe own[index] == given[index] else { return false }
                }
                return true
            }
        }
    }
}
