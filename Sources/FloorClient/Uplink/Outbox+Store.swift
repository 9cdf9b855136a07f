import FloorEvents
import FloorWire

// The outbox beside memory: taking over what an earlier process left, and writing it anew.

extension Outbox {
    /// Whether memory has something that the store has not: nothing may be sent.
    var isBehind: Bool { log?.isBehind ?? false }

    /// The first unacknowledged operation as the hub may be told: not beyond what is stored, or
    /// the hub forgets results that the next process still needs (race R31).
    var firstToTell: UInt64 {
        guard let log, log.isBehind else { return first }
        return min(first, log.first)
    }

    /// Takes over what a store held, before anything else is in the outbox.
    ///
    /// All of it counts as numbered: the earlier process may have sent it.
    mutating func restore(_ contents: OutboxContents, _ log: OutboxLog) {
        first = contents.first
        for _ in contents.first..<contents.next { queue.append(-1) }
        for kept in contents.operations {
            var operation = Operation(ticket: Ticket(rawValue: kept.ticket))
            operation.time = kept.time
            operation.isNumbered = true
            operation.isRecovered = true
            operation.sequence = kept.sequence
            let home = records.append(kept.record.count)
            records.write(home, kept.record.span)
            operation.home = home
            let slot = place(operation)
            unansweredRecovered += 1
            bytes += kept.record.count
            _ = noteLatest(slot)
            if kept.sequence == 0 {
                wait(slot, until: 0)
            } else {
                queue[Int(kept.sequence - first)] = Int32(slot)
            }
        }
        numbered = queue.count
        restored = queue.count
        self.log = log
        for slot in waiting where successor(of: slot) != nil { end(slot) }
    }

    /// Leaves out sequences that the hub knows and the store has lost, as after a power cut.
    ///
    /// They were operations that nobody has any more; new ones are numbered behind them.
    mutating func insertLost(_ places: Range<Int>) {
        guard places.count <= Limits.outboxOperationsCeiling else { return }
        var later: [Int32] = []
        for index in places.lowerBound..<queue.count { later.append(queue[index]) }
        queue.truncate(to: places.lowerBound)
        while queue.count < places.upperBound { queue.append(-1) }
        for slot in later { queue.append(slot) }
        numbered = places.upperBound
        log?.renumber()
    }

    /// Takes out an earlier process's leased values that are older than a lease lasts.
    ///
    /// Nobody vouches for them any more. Only what the hub has not seen, before `welcome`.
    ///
    /// - Returns: how many.
    mutating func dropOutdated(after last: UInt64, before oldest: Int64) -> Int {
        guard let restored else { return 0 }
        let before = count
        for index in 0..<restored where queue[index] >= 0 && first + UInt64(index) > last {
            let slot = Int(queue[index])
            guard isOutdated(slot, before: oldest) else { continue }
            end(slot)
            queue[index] = -1
        }
        for slot in waiting where isOutdated(slot, before: oldest) { end(slot) }
        return before - count
    }

    private mutating func end(_ slot: Int) {
        log?.end(operations[slot])
        release(slot)
    }

    private func isOutdated(_ slot: Int, before oldest: Int64) -> Bool {
        let operation = operations[slot]
        let (bytes, view) = record(slot)
        let header = view.header(bytes.span)
        return operation.time != 0 && operation.time < oldest && header.operation == .put
            && !header.flags.contains(.unleased)
    }

    /// Writes the store anew if it needs that.
    mutating func catchUp(at now: Int64) {
        guard let log else { return }
        if count == 0 { log.forgetAll(first: first, next: first + UInt64(queue.count)) }
        guard log.needsWriting((bytes, count), at: now) else { return }
        var places: [Removed?] = []
        for index in 0..<queue.count {
            places.append(queue[index] < 0 ? nil : copy(Int(queue[index])))
        }
        log.write(
            first: first,
            places: places,
            waiting: waiting.map { copy($0) },
            at: now
        )
    }
}

// Which place each operation has.

extension Outbox {
    /// Notes which sequence each operation has, after some were given others.
    mutating func notePlaces() {
        for index in 0..<queue.count where queue[index] >= 0 {
            operations[Int(queue[index])].sequence = first + UInt64(index)
        }
    }

    /// An operation of an earlier process has its result, or is none any more.
    mutating func endRecovered(_ slot: Int) {
        guard operations[slot].isRecovered else { return }
        operations[slot].isRecovered = false
        unansweredRecovered -= 1
    }
}
