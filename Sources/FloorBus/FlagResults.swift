public import FloorEvents

/// What an agent asks for when they raise a help flag.
///
///     var help = HelpRequest(.authority, category: "refund")
///     help.text = "may I refund 80?"
///     let receipt = try await client.raiseFlag(help, site: "bj", team: "sales")
public struct HelpRequest: Sendable, Hashable {
    /// What is asked for.
    public var kind: FlagKind
    /// What it is about: a code of the site's catalogue, at most 32 bytes.
    public var category: String
    /// The question; at most 1 KiB, read by supporters alone.
    public var text = ""
    /// How the agent would like to be helped.
    public var channel = SupportChannel.unknown
    /// The customer's stars, 1 to 5; 0 = unknown.
    public var customerStar: UInt8 = 0
    /// The call it is about, at most 64 bytes; when that call ends, the flag is cancelled.
    public var callReference = ""
    /// Where the agent sits; at most 64 bytes.
    public var seat = ""
    /// For whom, when a telephone system raises it; empty = for oneself.
    public var agent = ""

    /// A request with default values.
    public init(_ kind: FlagKind, category: String) {
        self.kind = kind
        self.category = category
    }

    var request: FlagRequest {
        var request = FlagRequest()
        request.kind = kind
        request.category = category
        request.text = text
        request.channel = channel
        request.customerStar = customerStar
        request.callReference = callReference
        request.seat = seat
        request.agent = agent
        return request
    }
}

/// What raising a flag came to.
public struct FlagReceipt: Sendable, Hashable {
    /// The flag's id.
    public let id: FloorID
    /// The flag's key, `flag/SITE/TEAM/ID/`.
    public let key: FloorKey
    /// Whether it is new; false when the agent has one open for the call, which is this one.
    public let isNew: Bool
    /// Supporters on duty who may take it; zero means that nobody is there now.
    ///
    /// For a flag that was open already it is 0 and says nothing.
    public let eligibleSupporters: Int
    /// The standard answer of its category, from the hub's catalogue: show it at once.
    ///
    /// Whoever is helped by it cancels the flag; reports count that as a question it has spared.
    public let standardAnswer: String?
    /// The open flag about the same that others wait for, whose answer this one hears too.
    public let incident: FloorID?
}

/// What became of a flag operation.
public enum FlagResult: Sendable, Hashable {
    /// It is done, for a claim: won. The token goes into the operations that need one.
    case done(claimGeneration: UInt32)
    /// Somebody else has the flag, or a claim was lost meanwhile; empty = nobody has it now.
    case lost(to: String)
    /// Who asks may not do that, and why: "manages the asker", "not the asker", …
    case notEligible(String)
    /// There is no such flag, or it was forgotten after its time.
    case notFound
    /// The flag is in a state where that makes no sense; its name, as `FlagStatus.name`.
    case wrongState(String)
    /// The time for it is over.
    case expired
    /// The agent has another open flag for the call.
    case exists(FloorID)

    init(_ result: PublishResult, of key: FloorKey) throws(FloorBusError) {
        switch result.status {
        case .ok: self = .done(claimGeneration: result.number)
        case .conflict: self = .lost(to: result.text)
        case .denied: self = .notEligible(result.text)
        case .notFound: self = .notFound
        case .wrongState: self = .wrongState(result.text)
        case .expired: self = .expired
        case .exists: self = .exists(FloorID(result.text) ?? .zero)
        default: throw FloorBusError(result, of: key)
        }
    }
}
