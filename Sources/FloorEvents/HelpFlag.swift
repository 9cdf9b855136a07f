// A help flag as an object: where it stands, who has it, what was said (design, vocabulary 5).

/// When each stage of a flag's life was reached, microseconds since 1970 by the hub; 0 = not.
///
/// A flag that goes back to those who wait loses the stages behind it; the journal has them all.
public struct FlagStamps: Sendable, Hashable {
    /// The agent pressed the button; never changes, whatever becomes of the flag.
    public var raised: Int64 = 0
    /// The first supporter's station showed it.
    public var seen: Int64 = 0
    /// A supporter took it.
    public var claimed: Int64 = 0
    /// They began to help.
    public var engaged: Int64 = 0
    /// They gave their answer.
    public var answered: Int64 = 0
    /// The flag's life ended.
    public var ended: Int64 = 0
    /// It was last made louder.
    public var escalated: Int64 = 0
    /// The agent last said that the answer was none.
    public var reopened: Int64 = 0

    /// No stage reached.
    public init() {}
}

/// What only some may read of a flag: it travels under `private/`, never on the tap.
public struct FlagWords: Sendable, Hashable {
    /// Who asks; the name as authenticated.
    public var agent = ""
    /// Where they sit, so that a supporter can come; at most 64 bytes.
    public var seat = ""
    /// The call it is about, as the telephone system names it; at most 64 bytes, empty = none.
    public var callReference = ""
    /// What they ask; at most 1 KiB.
    public var note = ""
    /// The answer; at most 4 KiB.
    public var answer = ""
    /// Where the answer stands in the knowledge base; at most 256 bytes.
    public var knowledge = ""
    /// Whether the category had a standard answer in the catalogue when the flag was raised.
    public var hadStandardAnswer = false
    /// Why it was last rejected or cancelled; at most 256 bytes.
    public var reason = ""
    /// What the agent says of the help, 1 to 5; 0 = nothing, or withdrawn.
    public var rating: UInt8 = 0
    /// In words; at most 1 KiB.
    public var comment = ""
    /// When they last rated, microseconds since 1970.
    public var ratedAt: Int64 = 0
    /// Whether the answer was right, as somebody found later.
    public var verdict = FlagVerdict.unknown
    /// Who found it.
    public var verdictBy = ""
    /// When they did, microseconds since 1970.
    public var verdictAt: Int64 = 0
    /// Supporters whose stations have shown the flag, the first `Limits.flagViewers` of them.
    public var viewers: [String] = []

    /// No words.
    public init() {}
}

/// A help flag as it stands: the payload of every `flag/` and `private/` record of it.
///
/// Under `flag/SITE/TEAM/ID/` travels what any reader of flags may know; under
/// `private/SITE/ASKER/ID/` the same with `words`. The hub alone writes both.
///
///     if flag.status == .pending, flag.claimGeneration == seen.claimGeneration { … }
public struct HelpFlag: Sendable, Hashable {
    /// Where it stands.
    public var status = FlagStatus.raised
    /// What is asked for.
    public var kind = FlagKind.unknown
    /// How the agent would like to be helped.
    public var channelWanted = SupportChannel.unknown
    /// How they are being helped, once somebody has engaged.
    public var channel = SupportChannel.unknown
    /// How the answer came out.
    public var outcome = FlagOutcome.unknown
    /// What made the last change.
    public var cause = FlagCause.person
    /// The customer's stars, 1 to 5; 0 = unknown.
    public var customerStar: UInt8 = 0
    /// How often it has been made louder.
    public var escalation: UInt8 = 0
    /// The fencing token: it grows with every claim and every loss of one.
    public var claimGeneration: UInt32 = 0
    /// How often it was claimed.
    public var claims: UInt16 = 0
    /// How often the agent said that the answer was none.
    public var reopens: UInt16 = 0
    /// How many supporters' stations have shown it.
    public var viewers: UInt16 = 0
    /// Supporters on duty who might take it, when it was raised; zero is said, not hidden.
    public var eligible: UInt16 = 0
    /// Flags that wait for this one's answer.
    public var merged: UInt32 = 0
    /// When each stage was reached.
    public var stamps = FlagStamps()
    /// The flag whose answer this one waits for; zero = none.
    public var incident = FloorID.zero
    /// What it is about, a code of the site's catalogue; at most 32 bytes.
    public var category = ""
    /// Who has it; empty = nobody.
    public var owner = ""
    /// The asker's team: the unit of its `flag/` key.
    public var team = ""
    /// What only some may read; empty in a `flag/` record.
    public var words = FlagWords()

    /// A flag of a kind, raised.
    public init(_ kind: FlagKind) { self.kind = kind }

    /// Whether its life has ended; a flag that waits for an incident's answer is still open.
    public var isEnded: Bool { status.isTerminal }

    /// How urgent it is at a moment: sort by it, highest first.
    ///
    /// What is asked for counts most, each star of the customer as much as 30 s of waiting, and
    /// waiting outweighs everything in the end: nobody waits for ever.
    ///
    /// - Parameter hubTime: the moment, microseconds since 1970.
    /// - Returns: points; only their order means something.
    public func urgency(at hubTime: Int64) -> Int {
        let base: Int
        switch kind {
        case .safety: base = 600
        case .takeover: base = 120
        case .authority: base = 90
        case .systemFault: base = 60
        case .knowledge, .policyBlocker: base = 30
        case .unknown, .personal: base = 0
        }
        let waited = max(0, hubTime.clampedDifference(stamps.raised)) / 1_000_000
        let points = Int64(base + 30 * Int(customerStar) + 60 * Int(escalation))
        return Int(clamping: waited.clampedSum(points))
    }
}

/// What somebody asks the hub to do with a flag: the payload of a flag operation.
///
/// The operation is the record's own; fields it does not use are zero or empty.
public struct FlagRequest: Sendable, Hashable {
    /// The token the flag must have; 0 = any (`claim`, and operations that need no owner).
    public var claimGeneration: UInt32 = 0
    /// `raise`: what is asked for.
    public var kind = FlagKind.unknown
    /// `raise`: the help wanted; `engage`: the help given.
    public var channel = SupportChannel.unknown
    /// `answer`: how it came out.
    public var outcome = FlagOutcome.unknown
    /// `raise`: the customer's stars.
    public var customerStar: UInt8 = 0
    /// `rate`: 1 to 5, or 0 to withdraw.
    public var rating: UInt8 = 0
    /// `verdict`: whether the answer was right.
    public var verdict = FlagVerdict.unknown
    /// `merge`: the flag whose answer this one is to wait for.
    public var incident = FloorID.zero
    /// `raise`: what is asked; `answer`: the answer; `rate`: a comment; `reject`, `cancel`: why.
    public var text = ""
    /// `answer`: where it stands in the knowledge base.
    public var knowledge = ""
    /// `raise`: what it is about.
    public var category = ""
    /// `raise`: the call.
    public var callReference = ""
    /// `raise`: where the agent sits.
    public var seat = ""
    /// `raise` by a telephone system: for whom; empty = for whoever raises it.
    public var agent = ""

    /// Nothing but the operation.
    public init() {}
}
