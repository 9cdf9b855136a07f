import FloorEvents
import FloorWire

// State records are read from the table when sent, so a slow reader gets the present value, once.

extension Reader {
    /// Fills a DELIVER with values: changed ones and those a snapshot owes, by turns first.
    ///
    /// The snapshots' cursors use up units of work.
    func addState(
        _ lane: borrowing StateLane,
        _ frame: inout DeliverFrame,
        _ work: inout Int,
        _ counts: HubLedger,
        _ out: inout [UInt8]
    ) {
        addFreshness(&frame, counts, &out)
        servesOwedNext.toggle()
        if servesOwedNext {
            addOwed(lane, &frame, limit: frame.capacity / 2, &work, &out)
            addDirty(lane, &frame, counts, &out)
        } else {
            addDirty(lane, &frame, counts, &out)
        }
        addOwed(lane, &frame, limit: frame.capacity, &work, &out)
    }

    /// Says once for a producer what its values, which the reader has, are worth now.
    private func addFreshness(
        _ frame: inout DeliverFrame,
        _ ledger: HubLedger,
        _ out: inout [UInt8]
    ) {
        while let lease = freshness.first {
            // Values that came under another lease since are told of for themselves.
            if !lease.isEmpty {
                guard frame.fits(RecordHeader.size, out) else { return }
                ledger.counts.work += 1
                frame.addFreshness(lease, &out)
            }
            freshness.removeFirst()
        }
    }

    private func addDirty(
        _ lane: borrowing StateLane,
        _ frame: inout DeliverFrame,
        _ ledger: HubLedger,
        _ out: inout [UInt8]
    ) {
        while hasDirty {
            let slot = firstDirty
            guard frame.fits(lane.recordSize(slot), out) else { return }
            let key = takeDirty()
            let passedOver = lane.changes(slot) &- key.changesBefore &- 1
            ledger.counts.work += 1
            ledger.counts.coalesced += UInt64(passedOver)
            frame.add(
                lane.record(slot),
                flags: passedOver > 0 ? [.coalesced] : [],
                coalesced: passedOver,
                &out
            )
        }
    }

    /// Serves subscriptions whose snapshot cursor is not through, in their order.
    private func addOwed(
        _ lane: borrowing StateLane,
        _ frame: inout DeliverFrame,
        limit: Int,
        _ work: inout Int,
        _ out: inout [UInt8]
    ) {
        for index in subscriptions.indices {
            guard case .owed(var cursor, var sent) = subscriptions[index].snapshot else {
                continue
            }
            let isThrough = lane.walk(&cursor, subscriptions[index].filter, &work) { slot in
                // A dirty key comes by the live queue, and the end mark waits for it.
                if isDirty(slot) { return true }
                guard frame.fits(lane.recordSize(slot), out), frame.size(out) < limit else {
                    return false
                }
                frame.add(lane.record(slot), flags: [.snapshot], coalesced: 0, &out)
                sent += 1
                return true
            }
            guard isThrough else {
                subscriptions[index].snapshot = .owed(cursor, sent: sent)
                return
            }
            subscriptions[index].snapshot = .draining(
                until: lane.head,
                full: cursor.isFull,
                sent: sent
            )
        }
    }

    /// Ends snapshots whose cursor is through and whose late changers have been sent.
    func finishSnapshots(_ lane: borrowing StateLane, _ effects: inout HubEffects) {
        for index in subscriptions.indices {
            guard
                case .draining(let until, let full, let sent) = subscriptions[index].snapshot,
                !subscriptions[index].awaitsKept
            else { continue }
            if let first = firstOwedRevision, first <= until { continue }
            subscriptions[index].snapshot = .done
            let mark = SnapshotMark(
                subscriptions[index].id,
                full: full,
                count: sent + subscriptions[index].keptSent,
                revision: stableRevision(head: lane.head)
            )
            downlink.send(.snapshotEnd, &effects) { mark.append(to: &$0) }
        }
    }
}
