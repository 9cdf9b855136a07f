import FloorPosix

/// What became of a send; nothing was sent unless it says `sent`.
public enum SendOutcome: Sendable {
    /// The message is in the socket's queue, whole.
    case sent
    /// The peer's queue is full, or there is no connection yet. Try again later.
    case wouldBlock
    /// ROUTER only: that peer is gone and its id never comes back.
    case unreachable
    /// The socket is not usable any more.
    case failed(ZeroMQError)

    init(_ result: Int32) {
        self =
            switch result {
            case 0...: .sent
            case -ErrorNumber.tryAgain: .wouldBlock
            case -ErrorNumber.hostUnreachable: .unreachable
            default: .failed(ZeroMQError(code: -result, operation: .send))
            }
    }
}

/// What a receive call found.
public enum ReceiveOutcome: Sendable {
    /// A message of the right shape is in the caller's storage.
    case received
    /// There is nothing to receive now.
    case nothing
    /// A message of the wrong shape came and is gone: that many frames, not counting a ROUTER's
    /// routing id. With the right number of frames, a frame that must not be empty was.
    case malformed(frames: Int)
    /// The socket is not usable any more.
    case failed(ZeroMQError)

    /// From a receive that delivered no frame.
    static func none(_ result: Int32) -> ReceiveOutcome {
        result == -ErrorNumber.tryAgain
            ? .nothing : .failed(ZeroMQError(code: -result, operation: .receive))
    }

    /// From a socket that is closed.
    static var closed: ReceiveOutcome { none(-ErrorNumber.notSocket) }
}
