import FloorEvents
import FloorWire

// Which operation is the newest of its key, and which wait to be tried again. Nothing here looks at
// all operations: publishing takes the same time however many there are.

extension Outbox {
    /// Notes a restored operation, if it is on a key of the state lane, as the newest of its key.
    mutating func noteLatest(_ slot: Int) -> Int? {
        let (bytes, view) = record(slot)
        let key = bytes.span.extracting(view.key)
        guard KeyRules.kind(of: key)?.lane == .state else { return nil }
        return noteLatest(slot, key, ByteIndex.hash(key))
    }

    /// Notes an operation on a key of the state lane as the newest of its key.
    ///
    /// - Returns: the one that was.
    mutating func noteLatest(_ slot: Int, _ key: Span<UInt8>, _ hash: UInt32) -> Int? {
        let old = findLatest(key, hash)
        if let old {
            // What is taken over from a store need not come in the order of the tickets.
            guard operations[old].ticket.rawValue < operations[slot].ticket.rawValue else {
                operations[slot].keyHash = hash
                return nil
            }
            forgetLatest(old)
        }
        latest.insert(hash, slot)
        operations[slot].noteLatest(hash)
        return old
    }

    /// The newest operation on this one's key, if that is another; nil for events too, which are
    /// not superseded.
    func successor(of slot: Int) -> Int? {
        guard !operations[slot].isLatest else { return nil }
        let (bytes, view) = record(slot)
        return findLatest(bytes.span.extracting(view.key), operations[slot].keyHash)
    }

    func findLatest(_ key: Span<UInt8>, _ hash: UInt32) -> Int? {
        latest.find(hash) { other in
            let (bytes, view) = record(other)
            return view.key.count == key.count && bytes.holds(key, at: view.key.lowerBound)
        }
    }

    mutating func forgetLatest(_ slot: Int) {
        guard operations[slot].isLatest else { return }
        latest.remove(operations[slot].keyHash, slot)
        operations[slot].isLatest = false
    }
}

// Values that give way in a full outbox.

extension Outbox {
    /// An operation that was published while another one of its key waited to be sent.
    struct Overtaken {
        var slot: Int
        var ticket: Ticket
    }

    /// Whether an operation may go for a newer one of its key: a value that no hub can know.
    private func mayGiveWay(_ slot: Int) -> Bool {
        let operation = operations[slot]
        return !operation.isNumbered && !operation.isConditional && !operation.isWaiting
            && !operation.isAnswered
    }

    /// A newer operation of its key has come: it is among the first to give way.
    mutating func noteOvertaken(_ slot: Int) {
        guard overtaken != nil, mayGiveWay(slot) else { return }
        overtaken?.append(Overtaken(slot: slot, ticket: operations[slot].ticket))
    }

    /// Finds what has been overtaken so far: once after a session, for nobody needs it before.
    private mutating func findOvertaken() {
        var found = Ring<Overtaken>()
        looked += UInt64(queue.count - numbered)
        for index in numbered..<queue.count where queue[index] >= 0 {
            let slot = Int(queue[index])
            guard mayGiveWay(slot), let newer = successor(of: slot),
                !operations[newer].isConditional
            else { continue }
            found.append(Overtaken(slot: slot, ticket: operations[slot].ticket))
        }
        overtaken = found
    }

    /// Takes out the oldest value that a newer one of its key has overtaken, or else the one of
    /// this key, if the operation to come overtakes it; nil when there is none.
    ///
    /// Its place stays, void: the others keep theirs, and events their order. For use while there
    /// is no session, whose opening closes the gaps.
    mutating func giveWay(to key: Span<UInt8>, overtakes: Bool, at boot: Int64) -> Operation? {
        if overtaken == nil { findOvertaken() }
        while let next = overtaken?.popFirst() {
            looked += 1
            let operation = operations[next.slot]
            if operation.ticket == next.ticket, operation.home != nil, mayGiveWay(next.slot) {
                return takeOut(next.slot, at: boot)
            }
        }
        guard overtakes, let slot = findLatest(key, ByteIndex.hash(key)), mayGiveWay(slot) else {
            return nil
        }
        return takeOut(slot, at: boot)
    }

    private mutating func takeOut(_ slot: Int, at boot: Int64) -> Operation {
        let operation = operations[slot]
        log?.end(operation)
        queue[Int(operation.sequence - first)] = -1
        voids += 1
        release(slot)
        // As many as operations: closing the gaps costs each of them little.
        if voids > max(Limits.outboxOperations, count) {
            dropVoids(from: numbered)
            voids = 0
            log?.renumber()
            notePlaces()
            catchUp(at: boot)
        }
        return operation
    }
}

// Operations that wait.

extension Outbox {
    /// An operation waits from now on.
    mutating func wait(_ slot: Int, until due: Int64) {
        operations[slot].isWaiting = true
        retries.append(Retry(slot: slot, ticket: operations[slot].ticket, due: due))
        nextRetry = min(nextRetry, due)
    }

    /// Whether what was noted of an operation that waits still holds.
    func isWaiting(_ retry: Retry) -> Bool {
        operations[retry.slot].isWaiting && operations[retry.slot].ticket == retry.ticket
    }

    /// The slots of all operations that wait, in the order in which they came to.
    var waiting: [Int] { retries.filter { isWaiting($0) }.map { $0.slot } }

    /// Gives operations whose wait is over their place at the end.
    mutating func requeue(at now: Int64) {
        guard nextRetry <= now else { return }
        var later: [Retry] = []
        nextRetry = .max
        looked += UInt64(retries.count)
        for retry in retries where isWaiting(retry) {
            guard retry.due <= now else {
                later.append(retry)
                nextRetry = min(nextRetry, retry.due)
                continue
            }
            operations[retry.slot].isWaiting = false
            operations[retry.slot].sequence = first + UInt64(queue.count)
            log?.place(operations[retry.slot], sequence: operations[retry.slot].sequence)
            queue.append(Int32(retry.slot))
        }
        retries = later
    }
}
