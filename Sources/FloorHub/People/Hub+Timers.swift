import FloorEvents
import FloorWire

// What silence does: sessions end, leased values turn suspect and then stale, wills run,
// tombstones and idle producers are forgotten. Every timer re-checks what it is about (R20).

extension Hub {
    /// How often leases and sessions are looked at, in microseconds.
    private static let leaseCheckInterval: Int64 = 100_000
    private static let tombstoneCheckInterval: Int64 = 10_000_000

    mutating func runTimers(_ effects: inout HubEffects) {
        if now.boot >= nextLeaseCheck {
            nextLeaseCheck = now.boot + Self.leaseCheckInterval
            counts.work += UInt64(sessions.count + holders.count)
            endSilentSessions(&effects)
            for holder in holders { renewFreshness(holder, &effects) }
            dropFormerHolders()
        }
        runWills(&effects)
        runDueHeap()
        runNoteTimers()
        runFigures(&effects)
        if now.boot >= nextTombstoneCheck {
            nextTombstoneCheck = now.boot + Self.tombstoneCheckInterval
            expireTombstones(&effects)
        }
        runTap(&effects)
    }

    /// A reader that has not taken a deletion in all that time starts again with a full snapshot:
    /// it may neither miss the deletion nor keep the table full for everyone.
    private mutating func expireTombstones(_ effects: inout HubEffects) {
        let horizon = now.boot - options.tombstoneMicroseconds
        let expired = table.expiredTombstones(before: horizon)
        guard !expired.isEmpty else { return }
        let late = sessions.filter { session in
            expired.contains { session.awaits(deletion: $0.revision, of: $0.slot) }
        }
        for session in late {
            fence(session.link, .timedOut, "deletions were not read in time", &effects)
        }
        if options.hasTap {
            for (slot, _) in expired {
                let record = table.entries[slot].record
                partitions.forgetKey(record.span.extracting(table.keyRange(slot)))
            }
        }
        table.expireTombstones(before: horizon)
    }

    /// A message of a live session: its values are alive.
    mutating func noteTraffic(_ session: Session, _ effects: inout HubEffects) {
        session.lastHeard = now.boot
        session.producer.lastHeard = now.boot
        if session.producer.freshness != .live { renewFreshness(session.producer, &effects) }
    }

    private mutating func endSilentSessions(_ effects: inout HubEffects) {
        var silent: [LinkID] = []
        for session in sessions
        where now.boot - session.lastHeard > session.heartbeat * Int64(Limits.silentHeartbeats) {
            silent.append(session.link)
        }
        for link in silent { fence(link, .timedOut, "no heartbeat was heard", &effects) }
    }

    /// Brings the freshness of a producer's values in line with its silence.
    mutating func renewFreshness(_ producer: Producer, _ effects: inout HubEffects) {
        let silence = now.boot - producer.lastHeard
        let freshness: Freshness =
            silence >= options.staleMicroseconds
            ? .stale : silence >= options.suspectMicroseconds ? .suspect : .live
        guard freshness != producer.freshness else { return }
        producer.freshness = freshness
        let flags: RecordFlags
        switch freshness {
        case .live: flags = []
        case .suspect: flags = .suspect
        case .stale: flags = .stale
        }
        var slot = producer.firstOwned
        while slot >= 0 {
            counts.work += 1
            let before = table.entries[slot].changes
            table.restamp(slot, freshness: flags, hubTime: stamp())
            announce(slot, changesBefore: before, &effects)
            if freshness == .suspect { counts.suspects += 1 }
            if freshness == .stale { counts.stales += 1 }
            slot = table.entries[slot].nextOwned
        }
    }

    private mutating func dropFormerHolders() {
        holders.removeAll { holder in
            guard holder.ownedCount == 0 else { return false }
            holder.isListedHolder = false
            return true
        }
    }

    // MARK: wills

    private mutating func runWills(_ effects: inout HubEffects) {
        guard !dying.isEmpty else { return }
        counts.work += UInt64(dying.count)
        for principal in dying {
            // Each has its own grace, so the first to die need not be the first due.
            let due = principal.wills.filter { $0.due <= now.boot }
            principal.wills.removeAll { $0.due <= now.boot }
            for will in due { run(will.record, of: will.producer, &effects) }
        }
        dying.removeAll { $0.wills.isEmpty }
    }

    private mutating func run(
        _ will: [UInt8],
        of producer: Producer,
        _ effects: inout HubEffects
    ) {
        guard let view = try? RecordView(will.span, at: 0) else {
            preconditionFailure("HELLO checks the will")
        }
        let key = will.span.extracting(view.key)
        let hash = ByteIndex.hash(key)
        let slot = table.find(key, hash: hash)
        // Somebody else has spoken for the key since: the will is about a past (R19).
        if let slot, table.producer(slot) != producer.id { return }
        guard slot != nil || table.used < options.maximumKeys else { return }
        var header = view.header(will.span)
        header.flags = [.will, .unleased]
        header.previous = .zero
        header.producer = producer.id
        header.producerSequence = 0
        counts.wills += 1
        putState(
            header,
            key: key,
            payload: will.span.extracting(view.payload),
            owner: nil,
            known: slot,
            hash: hash,
            &effects
        )
    }

    // MARK: memory

    /// Forgets producers that have been idle for their time, or else the longest idle tenth.
    mutating func forgetIdleProducers() {
        counts.work += UInt64(producers.count)
        var idle = producers.values.filter {
            $0.session == nil && $0.ownedCount == 0 && $0.pending.isEmpty
                && $0.principal.wills.isEmpty
        }
        // Never in the hash's order: two runs must forget the same.
        idle.sort {
            ($0.lastUsed, $0.id.high, $0.id.low) < ($1.lastUsed, $1.id.high, $1.id.low)
        }
        let horizon = now.boot - Limits.producerMemoryMicroseconds
        let expired = idle.firstIndex { $0.lastUsed > horizon } ?? idle.count
        let tenth = (idle.count + 9) / 10
        for producer in idle.prefix(expired > 0 ? expired : tenth) {
            producers[producer.id] = nil
            producer.principal.producers -= 1
            if producer.principal.producers == 0 {
                principals[producer.principal.presenceKey] = nil
            }
        }
    }
}
