import FloorEvents
import FloorWire

extension Outbox {
    /// Ends an operation that waits: a newer one has overtaken it, and said later it would set an
    /// older value.
    mutating func takeWaiting(_ slot: Int) -> Operation {
        let operation = operations[slot]
        log?.end(operation)
        release(slot)
        return operation
    }

    /// The records of every operation the hub will apply anew.
    var unnumberedRecords: [[UInt8]] {
        var found: [[UInt8]] = []
        for index in numbered..<queue.count { found.append(copy(Int(queue[index])).record) }
        for slot in waiting { found.append(copy(slot).record) }
        return found
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
        for slot in waiting {
            let operation = operations[slot]
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
            let (bytes, view) = record(slot)
            if all || view.header(bytes.span).operation?.isRefusable == true {
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
