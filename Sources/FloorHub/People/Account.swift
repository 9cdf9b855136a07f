import FloorEvents

/// What a principal may hold only so much of: nobody can use up another's share of a table.
enum Quota: Int, CaseIterable {
    case keys, tombstones, bytes, flags, notes, subscriptions, requests, producers, sessions

    /// What a client is told when it meets the quota.
    var sentence: String {
        switch self {
        case .keys: "your keys are as many as one principal may have"
        case .tombstones: "you deleted as many keys as may be remembered of one principal"
        case .bytes: "your values take as much memory as one principal may have"
        case .flags: "your open flags are as many as one principal may have"
        case .notes: "your notes are as many as one principal may have"
        case .subscriptions: "your subscriptions are as many as one principal may have"
        case .requests: "your questions under way are as many as one principal may have"
        case .producers: "your producers are as many as are remembered of one principal"
        case .sessions: "your sessions are as many as one principal may have"
        }
    }
}

/// One principal's share of the hub's tables: what it holds, and the most it may.
///
/// Invariant: every count is that of the things charged to the account and not given back.
final class Account {
    private var held = [Int](repeating: 0, count: Quota.allCases.count)
    /// Whether the shares of the `system` role hold: a bridge owns everybody's keys.
    var isSystem: Bool

    init(isSystem: Bool) { self.isSystem = isSystem }

    /// How much is held.
    subscript(quota: Quota) -> Int { held[quota.rawValue] }

    /// Most of it.
    func limit(_ quota: Quota) -> Int {
        let share = isSystem ? Limits.systemShare : Limits.share
        switch quota {
        case .keys: return share.keys
        case .tombstones: return share.tombstones
        case .bytes: return share.bytes
        case .flags: return share.flags
        case .notes: return share.notes
        case .subscriptions: return share.subscriptions
        case .requests: return share.requests
        case .producers: return share.producers
        case .sessions: return share.sessions
        }
    }

    /// Whether so much more may be taken.
    func has(roomFor amount: Int = 1, _ quota: Quota) -> Bool {
        held[quota.rawValue] + amount <= limit(quota)
    }

    /// Charges something; the caller has asked whether there is room.
    func take(_ amount: Int = 1, _ quota: Quota) { held[quota.rawValue] += amount }

    /// Gives something back.
    func giveBack(_ amount: Int = 1, _ quota: Quota) {
        held[quota.rawValue] -= amount
        assert(held[quota.rawValue] >= 0, "Account: more is given back than was taken")
    }
}
