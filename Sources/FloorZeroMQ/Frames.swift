import CZeroMQ
import FloorPosix

extension ZeroMQSocket {
    /// Sends one frame from a client's DEALER.
    ///
    /// `.wouldBlock` also means: not connected (yet).
    public func send(_ bytes: Span<UInt8>) -> SendOutcome {
        precondition(type == ZMQ_DEALER, "send(_:) is for a clientDealer socket")
        guard let handle = openHandle else { return SendOutcome(-ErrorNumber.notSocket) }
        return SendOutcome(handle.send(bytes))
    }

    /// Receives a message of exactly one frame, not empty, into storage that is used again.
    public func receive(into payload: inout [UInt8]) -> ReceiveOutcome {
        payload.removeAll(keepingCapacity: true)
        return receive { bytes in
            unsafe bytes.withUnsafeBytes { unsafe payload.append(contentsOf: $0) }
        }
    }

    /// Receives a message as `receive(into:)`, and lends its bytes where libzmq has them.
    ///
    /// - Parameter body: called only when the outcome is `.received`; it must not use the socket.
    /// - Returns: what came.
    public func receive(_ body: (Span<UInt8>) -> Void) -> ReceiveOutcome {
        precondition(type == ZMQ_DEALER, "receive(_:) is for a clientDealer socket")
        guard let handle = openHandle else { return .closed }
        let size = frame.receive(from: handle)
        guard size >= 0 else { return .none(size) }
        guard !frame.hasMore, size > 0 else { return drainRest(of: handle, after: 1) }
        unsafe frame.withBytes { unsafe body(Span(_unsafeBytes: $0)) }
        frame.clear()
        return .received
    }

    /// Sends `[key][record]` on the tap to everybody who subscribed a prefix of the key.
    ///
    /// It is `.sent` also when nobody did, or when a slow reader's queue is full and loses it.
    public func publish(key: Span<UInt8>, record: Span<UInt8>) -> SendOutcome {
        precondition(type == ZMQ_XPUB, "publish is for a tapPublisher socket")
        guard let handle = openHandle else { return SendOutcome(-ErrorNumber.notSocket) }
        return SendOutcome(handle.send(key, record))
    }

    /// Receives a message of exactly `[key][record]` from the tap; neither is empty.
    public func receive(key: inout [UInt8], record: inout [UInt8]) -> ReceiveOutcome {
        precondition(type == ZMQ_SUB, "receive(key:record:) is for a tapSubscriber socket")
        guard let handle = openHandle else { return .closed }
        key.removeAll(keepingCapacity: true)
        record.removeAll(keepingCapacity: true)
        let keySize = frame.receive(from: handle)
        guard keySize >= 0 else { return .none(keySize) }
        guard keySize > 0, frame.hasMore else { return drainRest(of: handle, after: 1) }
        frame.copy(into: &key)
        let recordSize = frame.receive(from: handle)
        guard recordSize >= 0 else { return .none(recordSize) }
        guard recordSize > 0, !frame.hasMore else { return drainRest(of: handle, after: 2) }
        frame.copy(into: &record)
        frame.clear()
        return .received
    }

    /// Subscribes the tap to a prefix of keys; the empty prefix to everything.
    ///
    /// - Throws: `ErrorNumber.invalid` above 245 bytes, which libzmq 4.3.4 corrupts (libzmq#4564).
    public func subscribe(_ prefix: [UInt8]) throws(ZeroMQError) {
        try setSubscription(ZMQ_SUBSCRIBE, prefix)
    }

    /// Undoes one `subscribe` of the same prefix.
    public func unsubscribe(_ prefix: [UInt8]) throws(ZeroMQError) {
        try setSubscription(ZMQ_UNSUBSCRIBE, prefix)
    }

    private func setSubscription(_ option: Int32, _ prefix: [UInt8]) throws(ZeroMQError) {
        precondition(type == ZMQ_SUB, "subscribe is for a tapSubscriber socket")
        guard prefix.count <= Limits.subscriptionBytes else {
            throw ZeroMQError(code: ErrorNumber.invalid, operation: .subscribe)
        }
        let handle = try opened(.subscribe, nil)
        let option = SocketOption(number: option, value: .bytes(prefix))
        try check(handle.setOption(option), .subscribe, nil)
    }

    /// Receives the next change of a tap reader's subscriptions.
    ///
    /// Every subscription shows, also one that others have already (`XPUB_VERBOSE`); of the
    /// unsubscriptions only the last of a prefix.
    ///
    /// - Parameter topic: receives the prefix; storage that is used again.
    /// - Returns: what came.
    public func receiveSubscription(topic: inout [UInt8]) -> SubscriptionOutcome {
        precondition(type == ZMQ_XPUB, "subscriptions come to a tapPublisher socket")
        guard let handle = openHandle else { return .from(.closed) }
        topic.removeAll(keepingCapacity: true)
        let size = frame.receive(from: handle)
        guard size >= 0 else { return .from(.none(size)) }
        frame.copy(into: &topic)
        guard !frame.hasMore, let verb = topic.first, verb <= 1 else {
            topic.removeAll(keepingCapacity: true)
            return .from(drainRest(of: handle, after: 1))
        }
        topic.removeFirst()
        frame.clear()
        return verb == 1 ? .subscribed : .unsubscribed
    }
}

/// What a tap publisher's receive call found.
public enum SubscriptionOutcome: Sendable {
    /// A reader subscribed to the topic.
    case subscribed
    /// The last reader of the topic unsubscribed or went away.
    case unsubscribed
    /// There is nothing to receive now.
    case nothing
    /// A reader sent something else; it is gone.
    case malformed(frames: Int)
    /// The socket is not usable any more.
    case failed(ZeroMQError)

    fileprivate static func from(_ outcome: ReceiveOutcome) -> SubscriptionOutcome {
        switch outcome {
        case .received, .nothing: .nothing
        case .malformed(let frames): .malformed(frames: frames)
        case .failed(let error): .failed(error)
        }
    }
}
