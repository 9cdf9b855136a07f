import FloorEvents
import FloorHub
import FloorWire

// What clients say. Nothing here waits for an answer: `turn` and `settle` bring it.

extension ScaleFloor {
    /// HELLO on a fresh link; the lineage is the hub's, so that subscriptions may resume.
    func hello(_ index: Int) {
        clients[index].link += 1
        clients[index].session = 0
        let client = clients[index]
        var hello = Hello(
            producer: client.producer,
            principal: client.principal,
            application: "scale"
        )
        hello.lineage = Self.lineage
        hello.heartbeatMilliseconds = Self.heartbeat
        hello.firstUnacknowledged = client.next
        hello.willGraceMilliseconds = client.willGrace
        if client.hasWill {
            let will = ScaleRecord.put(.agent, client.key, ScalePayloads.shared.gone)
            will.append(to: &hello.will)
        }
        let body = hello
        send(index, FrameHeader(.hello, session: 0)) { body.append(to: &$0) }
    }

    /// SUBSCRIBE for everything the client wants; after a token only what changes since.
    func subscribe(_ index: Int, after token: Revision = .zero, events: Revision = .zero) {
        let client = clients[index]
        for (place, filter) in client.filters.enumerated() {
            var body = Subscribe(UInt32(place) + 1, filter: filter)
            body.stateToken = token
            body.eventToken = events
            body.minimumIntervalMilliseconds = client.interval
            body.hasMore = place + 1 < client.filters.count
            let request = body
            send(index, FrameHeader(.subscribe, session: client.session)) {
                request.append(to: &$0)
            }
        }
    }

    /// One more subscription, under any number.
    func subscribe(_ index: Int, number: UInt32, _ filter: [UInt8]) {
        let body = Subscribe(number, filter: filter)
        let session = clients[index].session
        send(index, FrameHeader(.subscribe, session: session)) { body.append(to: &$0) }
    }

    /// One PUB with these records; everything before counts as acknowledged.
    func publish(_ index: Int, _ records: [ScaleRecord]) {
        let client = clients[index]
        clients[index].next += UInt64(records.count)
        let header = FrameHeader(
            .publish,
            session: client.session,
            sequence: client.next,
            argument: client.next
        )
        send(index, header) { out in
            let body = RecordBatch.begin(lead: 0, in: &out)
            for record in records { record.append(to: &out) }
            RecordBatch.finish(body, lead: 0, count: records.count, in: &out)
        }
    }

    /// One PUB with one record.
    func publish(_ index: Int, _ record: ScaleRecord) { publish(index, [record]) }

    func ping(_ index: Int) {
        let client = clients[index]
        let header = FrameHeader(.ping, session: client.session, argument: client.next)
        send(index, header) { Ping(clientTime: 7).append(to: &$0) }
    }

    /// GET, or REPLAY of all times; parts of the answer are asked for until it is complete.
    func ask(_ index: Int, _ type: FrameType, _ filter: [UInt8], cursor: UInt64 = 0) {
        let client = clients[index]
        var body = Request(filter: filter)
        body.cursor = cursor
        body.to = type == .replay ? .max : 0
        let request = body
        clients[index].request += 1
        clients[index].questions[client.request] = (filter, type)
        let header = FrameHeader(type, session: client.session, sequence: client.request)
        send(index, header) { request.append(to: &$0) }
    }

    /// The peer is gone without a word, as a desktop that was switched off.
    func loseLink(_ index: Int) {
        step(.linkGone(link(of: index)))
        clients[index].session = 0
    }

    // MARK: many at once

    /// What some clients do one after another, so many in each turn.
    func forEach(
        _ indices: Range<Int>,
        inTurnsOf count: Int = 64,
        every microseconds: Int64 = 0,
        _ body: (Int) throws -> Void
    ) rethrows {
        var at = indices.lowerBound
        while at < indices.upperBound, !isSpent {
            let end = min(at + count, indices.upperBound)
            for index in at..<end { try body(index) }
            settle()
            advance(microseconds: microseconds)
            at = end
        }
    }

    /// Opens sessions with all their subscriptions; everybody resumes where the hub is, which is
    /// little work whatever the hub holds.
    func open(_ indices: Range<Int>) throws {
        forEach(indices) { hello($0) }
        let token = heads.state
        forEach(indices) { subscribe($0, after: token) }
        try expectOpen(indices)
    }

    /// Throws when somebody has no session, or was refused something.
    func expectOpen(_ indices: Range<Int>) throws {
        for index in indices {
            let client = clients[index]
            guard client.session != 0, client.refusal == nil else {
                throw ScaleError(
                    "\(client.principal) has no session, or was refused: "
                        + "\(client.refusal?.sentence ?? "no reason")"
                )
            }
        }
    }

    /// Everybody's first state, under their own keys.
    func publishStates(_ indices: Range<Int>, _ state: Int = 0) {
        forEach(indices) { publishState($0, state) }
    }

    /// One state of one agent, by its place in a call.
    func publishState(_ index: Int, _ state: Int) {
        let states = ScalePayloads.shared.states
        publish(index, .put(.agent, clients[index].key, states[state % states.count]))
    }
}
