import FloorBusTestKit
import FloorClient
import FloorEvents
import FloorWire

@testable import FloorHub

// Help flags on the simulated floor: few flags and calls, so that people collide.

extension World {
    static let flags: ClosedRange<UInt64> = 1...6
    private static let calls = ["", "call-1"]

    static func flagID(_ number: UInt64) -> FloorID { FloorID(high: 0xF1A6, low: number) }

    /// Filters of a desk; it sees all flags, or those of one asker, or everything twice.
    func deskFilters(_ name: String) throws -> [KeyFilter] {
        let choices = [
            ["flag/"], ["flag/", "private/"], ["+/"], ["flag/bj/", "private/bj/\(name)/"],
            ["+/bj/sales/", "flag/"], ["private/"],
        ]
        return try (choices.randomElement(using: &random) ?? []).map { try KeyFilter($0) }
    }

    /// Somebody does something about a flag, or looks at their desk.
    func actOnFlags() throws {
        serial += 1
        if serial % 8 == 0 { checkFlagTable() }
        guard let client = clients.randomElement(using: &random) else { return }
        switch Int.random(in: 0..<20, using: &random) {
        case 0: if random.oneIn(3) { try client.newDesk() }
        case 1: showDuty(client)
        case 2: showCall(client)
        case 3..<7:
            client.consumeFlags(Int.random(in: 1...20, using: &random), journal)
            if client.desk?.wantsNewStart == true, !random.oneIn(4) { try client.newDesk() }
        default: operate(client)
        }
        if !client.isFrozen {
            client.step(.turnEnd, at: now)
            perform(client)
        }
    }

    private func operate(_ client: SimulatedClient) {
        let operation = Self.operations[Int.random(in: 0..<100, using: &random)]
        let known = client.desk
        var choice = Self.flags.map { Self.flagID($0) }
        // Mostly what makes sense, as far as the client knows.
        if !random.oneIn(3) {
            let sensible = choice.filter { id in
                switch operation {
                case .engage, .release, .reject, .answer:
                    known?.flag(id)?.owner == client.principal
                case .close: isOwn(id, of: client, [.answered, .engaged])
                case .reopen: isOwn(id, of: client, [.answered, .closed])
                case .cancel, .rate: client.raised.contains(id)
                case .seen, .claim, .merge: known?.flag(id)?.isWaiting ?? false
                default: true
                }
            }
            if !sensible.isEmpty { choice = sensible }
        }
        guard let id = choice.randomElement(using: &random) else { return }
        var request = FlagRequest()
        request.claimGeneration = known?.flag(id)?.claimGeneration ?? 0
        if random.oneIn(6) { request.claimGeneration = UInt32.random(in: 0...4, using: &random) }
        if operation == .claim, random.oneIn(2) { request.claimGeneration = 0 }
        request.callReference = Self.calls.randomElement(using: &random) ?? ""
        request.channel = random.oneIn(2) ? .desk : .chat
        request.outcome = .answered
        request.rating = UInt8.random(in: 0...5, using: &random)
        request.verdict = .correct
        request.incident = Self.flagID(UInt64.random(in: Self.flags, using: &random))
        // Unlike any other, so that the journal tells what was done twice.
        request.text = "\(operation.name) \(serial)"
        if operation == .reopen, random.oneIn(2) { raiseInstead(client, of: id, request) }
        client.operate(operation, id, request, at: journal.point)
    }

    private func isOwn(
        _ id: FloorID,
        of client: SimulatedClient,
        _ statuses: [FlagStatus]
    ) -> Bool {
        guard let slot = hub.flags.slot(id) else { return false }
        let flag = hub.flags[slot].flag
        return flag.words.agent == client.principal && statuses.contains(flag.status)
    }

    /// Another flag for the same call, right before an older one is reopened (I8).
    private func raiseInstead(
        _ client: SimulatedClient,
        of old: FloorID,
        _ request: FlagRequest
    ) {
        guard let slot = hub.flags.slot(old),
            let id = Self.flags.map({ Self.flagID($0) }).first(where: { hub.flags.slot($0) == nil })
        else { return }
        var request = request
        request.callReference = hub.flags[slot].flag.words.callReference
        request.text = "instead \(serial)"
        client.operate(.raise, id, request, at: journal.point)
    }

    /// How often each operation is asked for, in a hundred.
    private static let operations: [RecordOperation] = {
        let shares: [(RecordOperation, Int)] = [
            (.raise, 19), (.seen, 5), (.claim, 18), (.engage, 7), (.release, 5), (.reject, 4),
            (.answer, 11), (.close, 5), (.reopen, 8), (.cancel, 4), (.merge, 6), (.escalate, 2),
            (.rate, 4), (.verdict, 2),
        ]
        return shares.flatMap { Array(repeating: $0.0, count: $0.1) }
    }()

    private func showDuty(_ client: SimulatedClient) {
        guard let key = try? FloorKey(.presence, site: "-", unit: "-", entity: client.principal)
        else { return }
        var presence = Presence(sessions: 0, since: 0)
        presence.supporter = random.oneIn(3) ? .onBreak : .available
        var payload: [UInt8] = []
        presence.append(to: &payload)
        client.say(Publication(.put, schema: PayloadSchema.presence), key, payload)
    }

    /// The telephone system says which call an agent has: flags about others are cancelled.
    private func showCall(_ client: SimulatedClient) {
        guard let key = try? FloorKey(.agent, site: "bj", unit: "phone", entity: client.principal)
        else { return }
        var state = AgentState(activity: .busy)
        state.call = random.oneIn(3) ? .ended : .connected
        state.callReference = Self.calls.randomElement(using: &random) ?? ""
        var payload: [UInt8] = []
        guard (try? state.append(to: &payload)) != nil else { return }
        var publication = Publication(.put, schema: PayloadSchema.agent)
        publication.isLeased = false
        client.say(publication, key, payload)
    }

    // MARK: time

    /// Time passes as flags count it; sometimes everybody is there meanwhile, sometimes nobody.
    func passFlagTime() {
        if random.oneIn(2) {
            let seconds = Int.random(in: 5...60, using: &random)
            for _ in 0..<seconds {
                advance(900_000)
                drainNetwork()
                if !random.oneIn(3) { decideCommit() }
            }
        } else {
            let minutes: [Int64] = [1, 3, 11, 31, 250, 500]
            let most = random.oneIn(4) ? minutes.count : 4
            advance(minutes[Int.random(in: 0..<most, using: &random)] * 60_000_000)
        }
    }

    /// Everybody goes home; flags end by themselves and are forgotten.
    func letFlagsEnd() {
        for client in clients {
            if let link = client.link { network.cut(link) }
            client.link = nil
            client.isFrozen = true
        }
        for link in owner.keys.sorted() { step(.linkGone(LinkID(link))) }
        for step in 0..<120 {
            advance(step < 40 ? 5_000_000 : 1_800_000_000)
            while let batch = journal.commitOne() { self.step(.committed(batch: batch)) }
            while effects.hasMoreWork { self.step(.turnEnd) }
            while let batch = journal.commitOne() { self.step(.committed(batch: batch)) }
        }
    }
}

extension SimulatedClient {
    /// Flags it has raised, or tried to.
    var raised: Set<FloorID> { Set(deeds.filter { $0.operation == .raise }.map(\.id)) }

    /// One flag operation.
    func operate(
        _ operation: RecordOperation,
        _ id: FloorID,
        _ request: FlagRequest,
        at point: Revision
    ) {
        var payload: [UInt8] = []
        guard let key = try? FloorKey(.flag, site: "bj", unit: "sales", entity: id.text),
            (try? request.append(to: &payload)) != nil,
            let ticket = say(
                Publication(operation, schema: PayloadSchema.flagRequest),
                key,
                payload
            )
        else { return }
        deedOfTicket[ticket] = deeds.count
        deeds.append(
            FlagDeed(
                principal: principal,
                producer: core.producer,
                operation: operation,
                id: id,
                request: request,
                after: point
            )
        )
    }

    /// Publishes something whose result is only counted.
    @discardableResult
    func say(_ publication: Publication, _ key: FloorKey, _ payload: [UInt8]) -> Ticket? {
        let ticket = try? core.publish(
            publication,
            key: key.bytes.span,
            payload: payload.span,
            results: results
        )
        if let ticket { asked.insert(ticket) }
        return ticket
    }

    func noteDeed(_ delivery: Delivery, at point: Revision) {
        guard let place = deedOfTicket[delivery.ticket] else { return }
        deeds[place].before = point
        deeds[place].answer = FlagDeed.Answer(
            status: delivery.status,
            revision: delivery.revision,
            generation: delivery.claimGeneration,
            detail: delivery.owner
        )
    }

    func consumeFlags(_ most: Int, _ journal: SimulatedJournal) {
        desk?.consume(most, &core, journal)
    }

    func newDesk() throws { try desk?.start(&core) }
}
