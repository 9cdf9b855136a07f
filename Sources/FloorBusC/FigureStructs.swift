import CFloorBus
import FloorEvents
import FloorWire

// Queues, teams and presence between FloorEvents and the C header; the numbers are the same.

extension QueueLevel {
    /// A caller's queue; every number must be one of the vocabulary.
    init(_ queue: floorbus_queue, _ encoding: HostEncoding?) throws(Failure) {
        unsafe self.init(waiting: queue.waiting)
        guard unsafe queue.reserved0 == 0 else {
            throw Failure(.invalid, "reserved0 of the queue must be 0")
        }
        unsafe oldestEnqueuedAt = queue.oldest_enqueued_us
        unsafe counters.offered = queue.offered
        unsafe counters.answered = queue.answered
        unsafe counters.abandoned = queue.abandoned
        unsafe counters.abandonedShort = queue.abandoned_short
        unsafe counters.overflowed = queue.overflowed
        unsafe counters.timedOut = queue.timed_out
        unsafe counters.exitedByKey = queue.exited_by_key
        unsafe counters.callbackTaken = queue.callback_taken
        unsafe agents.loggedOn = queue.agents_logged_on
        unsafe agents.ready = queue.agents_ready
        unsafe agents.reserved = queue.agents_reserved
        unsafe agents.busyInbound = queue.agents_busy_inbound
        unsafe agents.busyOutbound = queue.agents_busy_outbound
        unsafe agents.busyInternal = queue.agents_busy_internal
        unsafe agents.afterCall = queue.agents_after_call
        unsafe agents.notReady = queue.agents_not_ready
        unsafe agents.busyOther = queue.agents_busy_other
        window = try unsafe named(queue.window, "window")
        figures = try unsafe readFigures(queue.figures, queue.figure_count, encoding)
    }
}

extension TeamFigures {
    /// A caller's figures of a team.
    init(_ team: floorbus_team, _ encoding: HostEncoding?) throws(Failure) {
        self.init(try unsafe readFigures(team.figures, team.figure_count, encoding))
    }
}

/// A caller's list of figures, each of the size that the caller's header gives it.
private func readFigures(
    _ first: UnsafePointer<floorbus_figure>?,
    _ count: Int,
    _ encoding: HostEncoding?
) throws(Failure) -> [Figure] {
    guard count != 0 else { return [] }
    guard count > 0 else {
        throw Failure(.invalid, "figure_count is (size_t)-1 or the like")
    }
    guard let first = unsafe first else { throw .missing("figures") }
    guard count <= Limits.figuresPerRecord else {
        throw Failure(.limit, "\(count) figures, at most \(Limits.figuresPerRecord) may be")
    }
    var figures: [Figure] = []
    var place = unsafe UnsafeRawPointer(first)
    for _ in 0..<count {
        let figure = try unsafe readStruct(
            place.assumingMemoryBound(to: floorbus_figure.self),
            "figure"
        )
        figures.append(try unsafe Figure(figure, encoding))
        unsafe place += Int(figure.struct_size)
    }
    return figures
}

extension Figure {
    fileprivate init(_ figure: floorbus_figure, _ encoding: HostEncoding?) throws(Failure) {
        guard unsafe figure.reserved0 == 0, unsafe figure.reserved1 == 0,
            unsafe figure.reserved2 == 0
        else { throw Failure(.invalid, "the reserved fields of a figure must be 0") }
        self.init(
            try unsafe figure.name.text("name", atMost: Limits.figureNameBytes, encoding),
            unsafe figure.value,
            try unsafe named(figure.unit, "unit"),
            formula: try unsafe named(figure.formula, "formula"),
            window: try unsafe named(figure.window, "window"),
            n: unsafe figure.n,
            thresholdMilliseconds: unsafe figure.threshold_ms
        )
        guard !name.isEmpty else { throw Failure(.invalid, "a figure has no name") }
        asOf = unsafe figure.as_of_us
        zoneMinutes = unsafe figure.zone_minutes
    }
}

extension Event {
    /// The queue's level, with figures that live as long as this event.
    func queueLevel() throws(Failure) -> floorbus_queue {
        try unsafe decode("queue", when: isPut(.queue)) { bytes throws(WireError) in
            let level = try unsafe QueueLevel(payload: bytes.span)
            var result = unsafe floorbus_queue(level)
            unsafe result.freshness = info.freshness
            unsafe result.figures = made(list: level.figures.map { unsafe made($0) })
            unsafe result.figure_count = level.figures.count
            return unsafe result
        }
    }

    /// The team's figures, which live as long as this event.
    func teamFigures() throws(Failure) -> floorbus_team {
        try unsafe decode("team", when: isPut(.team)) { bytes throws(WireError) in
            let team = try unsafe TeamFigures(payload: bytes.span)
            var result = unsafe floorbus_team()
            unsafe result.freshness = info.freshness
            unsafe result.figures = made(list: team.figures.map { unsafe made($0) })
            unsafe result.figure_count = team.figures.count
            return unsafe result
        }
    }

    /// Whether somebody is there.
    func presence() throws(Failure) -> floorbus_presence {
        try unsafe decode("presence", when: isPut(.presence)) { bytes throws(WireError) in
            let presence = try unsafe Presence(payload: bytes.span)
            var result = floorbus_presence()
            result.sessions = presence.sessions
            result.since_us = presence.since
            result.supporter = presence.supporter.rawValue
            result.flags = presence.flags
            return result
        }
    }

    private func made(_ figure: Figure) -> floorbus_figure {
        var result = unsafe floorbus_figure()
        unsafe result.struct_size = UInt32(MemoryLayout<floorbus_figure>.size)
        unsafe result.unit = figure.unit.rawValue
        unsafe result.formula = figure.formula.rawValue
        unsafe result.window = figure.window.rawValue
        unsafe result.value = figure.value
        unsafe result.as_of_us = figure.asOf
        unsafe result.n = figure.n
        unsafe result.threshold_ms = figure.thresholdMilliseconds
        unsafe result.zone_minutes = figure.zoneMinutes
        unsafe result.name = made(figure.name)
        return unsafe result
    }
}

extension floorbus_queue {
    /// Everything but freshness and figures.
    fileprivate init(_ level: QueueLevel) {
        unsafe self.init()
        unsafe waiting = level.waiting
        unsafe oldest_enqueued_us = level.oldestEnqueuedAt
        unsafe offered = level.counters.offered
        unsafe answered = level.counters.answered
        unsafe abandoned = level.counters.abandoned
        unsafe abandoned_short = level.counters.abandonedShort
        unsafe overflowed = level.counters.overflowed
        unsafe timed_out = level.counters.timedOut
        unsafe exited_by_key = level.counters.exitedByKey
        unsafe callback_taken = level.counters.callbackTaken
        unsafe agents_logged_on = level.agents.loggedOn
        unsafe agents_ready = level.agents.ready
        unsafe agents_reserved = level.agents.reserved
        unsafe agents_busy_inbound = level.agents.busyInbound
        unsafe agents_busy_outbound = level.agents.busyOutbound
        unsafe agents_busy_internal = level.agents.busyInternal
        unsafe agents_after_call = level.agents.afterCall
        unsafe agents_not_ready = level.agents.notReady
        unsafe agents_busy_other = level.agents.busyOther
        unsafe window = level.window.rawValue
    }
}
