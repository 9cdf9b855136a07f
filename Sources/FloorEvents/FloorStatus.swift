/// How an operation came out: the numbers of the wire and of the C header.
///
/// Zero is success, everything else negative, as `floorbus_status` in `floorbus.h`.
public enum FloorStatus: Int32, CaseIterable, Sendable, Hashable, Error {
    case ok = 0
    case invalid = -1
    case noMemory = -2
    case timedOut = -3
    case again = -4
    case closed = -5
    case wrongState = -6
    case badHandle = -7
    case forked = -8
    case wrongABI = -9
    case offline = -10
    case notAuthenticated = -11
    case denied = -12
    case conflict = -13
    case notFound = -14
    case exists = -15
    case expired = -16
    case tooBig = -17
    case limit = -18
    case badKey = -19
    case fenced = -20
    case storage = -21
    case protocolError = -22
    case truncated = -23
    case unsupported = -24
    case `internal` = -99

    /// Whether the same operation may succeed later without a change.
    public var isRetryable: Bool { self == .storage || self == .limit }

    /// What is wrong, as the start of a sentence for a person.
    public var sentence: String { constantSentence.description }

    /// The sentence as a constant, which C can be given without a copy.
    public var constantSentence: StaticString {
        switch self {
        case .ok: "done"
        case .invalid: "a value is not allowed here"
        case .noMemory: "out of memory"
        case .timedOut: "no answer in time"
        case .again: "nothing is ready now; try again"
        case .closed: "the client or hub is closed"
        case .wrongState: "not possible in the present state"
        case .badHandle: "not a handle of this library, or already closed"
        case .forked: "this process is a fork of one that has a client; fork first, then open"
        case .wrongABI: "header and library differ in their binary interface"
        case .offline: "not connected to a hub"
        case .notAuthenticated: "the hub does not know this identity"
        case .denied: "this identity may not do that"
        case .conflict: "somebody else changed it first"
        case .notFound: "there is no such thing"
        case .exists: "it exists already"
        case .expired: "its time has passed"
        case .tooBig: "larger than the limit"
        case .limit: "a limit is reached; try again later"
        case .badKey: "the key is not well-formed"
        case .fenced: "another session has taken over"
        case .storage: "the journal or the outbox file cannot store now; try again later"
        case .protocolError: "the other side broke the protocol"
        case .truncated: "the buffer is too small"
        case .unsupported: "this hub does not offer that"
        case .internal: "an error inside FloorBus"
        }
    }
}
