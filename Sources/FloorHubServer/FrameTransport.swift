import FloorHub
import FloorZeroMQ

/// Frames in and out of links, whatever carries them: a socket of ZeroMQ, queues of this process.
///
/// The loop holds a list of these and knows no more of them. A link's number (`LinkID`) has the
/// transport's place in that list in its upper half and the transport's own number for the link in
/// its lower one; a number is never given twice. One frame is one message of the protocol.
///
/// - Thread: the holder of the hub's lock, one at a time. Nothing here blocks.
protocol FrameTransport: AnyObject {
    /// What to poll for reading; empty for one that wakes the loop by itself.
    var descriptors: [Int32] { get }

    /// Receives one message; the transport's links take turns.
    ///
    /// - Parameters:
    ///   - take: gets the message, lent for the call, and whose it is.
    ///   - refuse: gets whose message it was when it was not exactly one frame.
    ///   - bind: gets who is at a link's other end, once, before the link's first message; not
    ///     called where nobody vouches for anybody.
    /// - Returns: false when there is none.
    /// - Throws: why the transport cannot be used any more.
    func receiveOne(
        _ take: (LinkID, Span<UInt8>) -> Void,
        malformed refuse: (LinkID) -> Void,
        identity bind: (LinkID, LinkIdentity) -> Void
    ) throws(HubServerError) -> Bool

    /// Sends one message, whole or not at all.
    func send(_ bytes: Span<UInt8>, to link: LinkID) -> SendOutcome

    /// Whether something has come of which polling will not tell: a use may swallow the edge.
    func isReadable() throws(HubServerError) -> Bool

    /// The same, asked only of what was sent to since `forgetSends`: it may be a system call.
    func isReadableAfterSends() throws(HubServerError) -> Bool

    /// From now on sends count for `isReadableAfterSends`.
    func forgetSends()

    /// Ends every link.
    func close()
}

/// The numbers of one transport's links.
struct LinkNumbers {
    private let place: UInt64

    /// - Parameter place: in the loop's list.
    init(place: Int) { self.place = UInt64(place) << 32 }

    /// The link with a number of the transport's own.
    func link(_ number: UInt32) -> LinkID { LinkID(place | UInt64(number)) }

    /// The place of a link's transport.
    static func place(_ link: LinkID) -> Int { Int(link.rawValue >> 32) }

    /// The transport's own number for a link.
    static func number(_ link: LinkID) -> UInt32 { UInt32(truncatingIfNeeded: link.rawValue) }
}
