import FloorEvents
import FloorRoster

/// One authenticated name and its live sessions.
final class Principal {
    /// The name as bytes: two names that Unicode calls equal are two names.
    let presenceKey: FloorKey
    /// Its place in the hub's roster; nil without one.
    ///
    /// As of its last HELLO, or of the last roster while it has a session.
    var person: Int?
    /// What it may do, as of the same.
    var permissions = Permissions.everything
    /// Which of the records it may read are for it, as of the same.
    var discretion = Discretion.none
    /// Its share of the hub's tables.
    let account = Account(isSystem: true)
    var sessions = 0
    /// Producers the hub remembers, oldest first; without one the principal is forgotten.
    var producers: [Producer] = []
    /// Wills of sessions that ended without BYE, waiting for their grace to pass.
    var wills = 0
    /// The name as text, which flags carry.
    let name: String
    /// What it last said of helping others; `available`, `onBreak`, `offFloor` or nothing.
    var duty = SupporterState.unknown
    /// Boot time since which it has no session.
    var goneSince: Int64

    init(presenceKey: FloorKey, now: Int64) {
        self.presenceKey = presenceKey
        name = presenceKey.entity
        goneSince = now
    }
}
