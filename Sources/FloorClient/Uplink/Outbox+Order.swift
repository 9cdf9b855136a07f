import FloorEvents
import FloorWire

extension Outbox {
    /// Whether a newer operation on a key of the state lane makes an older one void.
    func isOlder(_ old: Int, than new: Int) -> Bool {
        guard operations[old].ticket.rawValue < operations[new].ticket.rawValue else {
            return false
        }
        let left = records.bytes.span.extracting(view(old).key)
        let right = records.bytes.span.extracting(view(new).key)
        guard KeyRules.kind(of: left)?.lane == .state, left.count == right.count else {
            return false
        }
        for index in 0..<left.count where left[index] != right[index] { return false }
        return true
    }

    /// Takes out waiting operations on a key of the state lane that a newer one supersedes:
    /// said later they would set an older value.
    mutating func takeSuperseded(by slot: Int) -> Operation? {
        guard let place = retries.firstIndex(where: { isOlder($0.slot, than: slot) }) else {
            return nil
        }
        let operation = operations[retries[place].slot]
        log?.end(operation)
        release(retries[place].slot)
        retries.remove(at: place)
        return operation
    }

    /// A queued operation that supersedes this waiting one, if any.
    func successor(of slot: Int) -> Int? {
        // Events are not superseded, and a refusal may be of all there are.
        let kind = KeyRules.kind(of: records.bytes.span.extracting(view(slot).key))
        guard kind?.lane == .state else { return nil }
        for index in 0..<queue.count where queue[index] >= 0 {
            if isOlder(slot, than: Int(queue[index])) { return Int(queue[index]) }
        }
        return nil
    }

    /// The records of every operation the hub will apply anew.
    var unnumberedRecords: [[UInt8]] {
        var found: [[UInt8]] = []
        for index in numbered..<queue.count { found.append(copy(Int(queue[index])).record) }
        for retry in retries { found.append(copy(retry.slot).record) }
        return found
    }

    /// Gives operations whose wait is over their place at the end.
    mutating func requeue(at now: Int64) {
        guard !retries.isEmpty else { return }
        for retry in retries where retry.due <= now {
            log?.place(operations[retry.slot], sequence: first + UInt64(queue.count))
            queue.append(Int32(retry.slot))
        }
        retries.removeAll { $0.due <= now }
    }

    /// Everything without a result, in order, taken out: the client is closed.
    ///
    /// What waits to be tried again was not applied, and the hub has said why.
    mutating func drain() -> [(Operation, FloorStatus)] {
        var left: [(Operation, FloorStatus)] = []
        for index in 0..<queue.count where queue[index] >= 0 {
            let operation = operations[Int(queue[index])]
            if !operation.isAnswered { left.append((operation, .closed)) }
        }
        for retry in retries {
            let operation = operations[retry.slot]
            left.append((operation, operation.deferral == .ok ? .closed : operation.deferral))
        }
        self = Outbox(capacity: capacity)
        return left
    }
}

// Operations that the hub has had tried again.

extension Outbox {
    /// Why the hub lets operations wait; nil when it lets none.
    var deferral: FloorStatus? { deferredCount > 0 ? lastDeferral : nil }

    /// Operations have been answered at last.
    mutating func endDeferrals(in sequences: Range<UInt64>) {
        for sequence in sequences {
            let slot = Int(queue[Int(sequence - first)])
            if slot >= 0 { endDeferral(slot) }
        }
    }

    /// An operation has been answered at last, or is no operation any more.
    mutating func endDeferral(_ slot: Int) {
        guard operations[slot].deferral != .ok else { return }
        operations[slot].deferral = .ok
        deferredCount -= 1
    }
}

extension Outbox {
    /// Takes answered operations out of the queue, from a place on: all, or those on flags and
    /// notes.
    ///
    /// A hub that died before it had stored what it refused does not know their numbers; done
    /// again they could come out otherwise than was told. A value or an event may come again.
    mutating func dropAnswered(from start: Int, all: Bool) {
        var dropped: Set<Int32> = []
        for index in start..<queue.count where queue[index] >= 0 {
            let slot = Int(queue[index])
            guard operations[slot].isAnswered else { continue }
            if all || view(slot).header(records.bytes.span).operation?.isRefusable == true {
                dropped.insert(queue[index])
            }
        }
        guard !dropped.isEmpty else { return }
        queue.keep { slot in !dropped.contains(slot) }
        for slot in dropped.sorted() { release(Int(slot)) }
    }

    /// Takes the places of operations that wait to be tried again out of the queue.
    mutating func dropVoids(from start: Int) {
        var index = -1
        queue.keep { slot in
            index += 1
            return index < start || slot >= 0
        }
    }
}

extension RecordOperation {
    /// Whether what it comes to depends on what others have done before it.
    fileprivate var isRefusable: Bool {
        switch self {
        case .put, .delete, .append: false
        default: true
        }
    }
}
