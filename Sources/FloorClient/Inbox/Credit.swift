import FloorEvents

/// How many bytes of DELIVER the hub may still send (rule 6 of docs/wire-protocol.md).
///
/// Invariant: granted − used + pending + held = window + debt. So unread events never hold much
/// more than the window, even over many links.
struct Credit {
    let window: Int
    /// Total told to the hub on this link.
    private(set) var granted: UInt64 = 0
    /// Total charged on this link.
    private(set) var used: UInt64 = 0
    /// Charges of messages whose records are not all taken yet, of earlier links too.
    private(set) var held = 0
    /// Charges returned but not told to the hub yet.
    private(set) var pending = 0
    /// Credit given to a fresh link beyond the window, because the hub needs a least one.
    private(set) var debt = 0

    init(window: Int) { self.window = window }

    /// Credit for HELLO on a fresh link.
    mutating func openLink() -> UInt64 {
        let free = window - held
        let initial = max(Limits.creditMinimumBytes, free)
        debt = initial - free
        pending = 0
        used = 0
        granted = UInt64(initial)
        return granted
    }

    /// What a DELIVER of this many bytes costs.
    static func price(_ bytes: Int) -> Int { max(Limits.deliverMinimumCharge, bytes) }

    /// Takes a DELIVER's charge; false when the hub sent more than it may.
    mutating func charge(_ amount: Int) -> Bool {
        guard granted - used >= UInt64(amount) else { return false }
        used += UInt64(amount)
        held += amount
        return true
    }

    /// Returns a charge: its records have been taken.
    ///
    /// The debt is paid with it, but for what the hub needs: with less than a quarter of the
    /// window left it could send no values either, and events that nobody takes would starve them.
    mutating func give(_ amount: Int) {
        precondition(amount <= held, "Credit: more is returned than is held")
        held -= amount
        let isShort = granted - used < UInt64(window / 4)
        let paid = isShort ? 0 : min(debt, amount)
        debt -= paid
        pending += amount - paid
    }

    /// Whether it is time to tell the hub: a quarter is free, or less than a quarter is left.
    var isDue: Bool {
        pending > 0 && (pending >= window / 4 || granted - used < UInt64(window / 4))
    }

    /// The new total for CREDIT.
    mutating func announce() -> UInt64 {
        granted += UInt64(pending)
        pending = 0
        return granted
    }
}
