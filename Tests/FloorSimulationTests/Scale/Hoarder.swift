import FloorEvents
import FloorHub
import FloorRoster
import FloorWire

/// 7: one client that fills what it may, while another one wants to work.
struct Hoarder: CustomStringConvertible {
    /// What it fills.
    enum Stock: String, CaseIterable {
        case keys
        case bytes
        case requests
        case flags
        case notes
        case subscriptions
        case producers
        case sessions
    }

    var stock: Stock
    /// What it took until it was refused, or gave up.
    var taken = 0
    /// What it was told then.
    var own: FloorStatus?
    /// What the other was refused who connects, publishes, raises a flag and subscribes.
    var other: FloorStatus?
    var isOtherServed: Bool { other == nil }

    var description: String {
        "one client takes \(stock.rawValue): refused after \(taken) with "
            + "\(own.map { "\($0)" } ?? "nothing"); another one is "
            + (other.map { "refused with \($0)" } ?? "served")
    }

    // What the hub may hold in these runs: far more than one client's share, far less than a
    // real hub's, which would take minutes to fill.
    static let keys = 20_000
    static let flags = 2000
    static let producers = 2000
    static let sessions = Limits.share.sessions + 500

    private static let hoarder = 0
    private static let other = 1

    static func run(_ stock: Stock) throws -> Hoarder {
        let roster = try Roster(
            people: [
                RosterPerson("hoarder", roles: [.agent, .supporter], site: "s0", team: "t0"),
                RosterPerson("other", roles: [.agent, .supporter], site: "s0", team: "t0"),
            ],
            teams: [RosterTeam(site: "s0", team: "t0")],
            grants: [
                RosterGrant(
                    .agent,
                    publish: ["custom/", "flag/%s/%t/", "note/"],
                    read: ["custom/", "note/"]
                )
            ]
        )
        let floor = ScaleFloor { options in
            options.roster = roster
            options.maximumKeys = keys
            options.maximumFlags = flags
            options.maximumProducers = producers
            options.maximumSessions = sessions
        }
        floor.clients = [ScaleClient("hoarder", 0), ScaleClient("other", 1)]
        try floor.open(hoarder..<(hoarder + 1))
        var counts = Hoarder(stock: stock)
        switch stock {
        case .keys: counts.taken = floor.takeKeys()
        case .bytes: counts.taken = floor.takeBytes()
        case .requests: counts.taken = floor.takeRequests()
        case .flags: counts.taken = try floor.takeFlags()
        case .notes: counts.taken = try floor.takeNotes()
        case .subscriptions: counts.taken = floor.takeSubscriptions()
        case .producers: counts.taken = floor.takeSessions(keeping: false, most: 3 * producers)
        case .sessions: counts.taken = floor.takeSessions(keeping: true, most: 2 * sessions)
        }
        counts.own = floor.clients.first { $0.principal == "hoarder" && $0.refusal != nil }?.refusal
        counts.other = try floor.work(other)
        return counts
    }
}

extension ScaleFloor {
    fileprivate var isRefused: Bool { clients[0].refusal != nil }

    /// What anybody does in a day; the first refusal, if any.
    fileprivate func work(_ index: Int) throws -> FloorStatus? {
        hello(index)
        settle()
        guard clients[index].session != 0 else { return clients[index].refusal ?? .internal }
        publish(index, .put(.custom, Array("custom/s0/t0/mine/".utf8), [1]))
        publish(index, try Self.flag(1 << 32))
        publish(index, try Self.note(1 << 32))
        subscribe(index, number: 1, Array("custom/s0/".utf8))
        settle()
        return clients[index].refusal
    }

    private static func flag(_ number: UInt64) throws -> ScaleRecord {
        let id = FloorID(high: 0xF1A6, low: number).text
        return try .flag(.raise, "flag/s0/t0/\(id)/") { request in
            request.kind = .systemFault
            request.callReference = "call-\(number)"
        }
    }

    private static func note(_ number: UInt64) throws -> ScaleRecord {
        let id = FloorID(high: 0x0073, low: number).text
        var payload: [UInt8] = []
        try FloorNote(.announcement, text: "hello").append(to: &payload)
        return ScaleRecord(
            kind: .note,
            operation: .append,
            schema: PayloadSchema.note,
            key: Array("note/s0/t0/\(id)/".utf8),
            payload: payload
        )
    }

    fileprivate func takeKeys() -> Int {
        var taken = 0
        while !isRefused, taken < 2 * Hoarder.keys {
            var records: [ScaleRecord] = []
            for number in taken..<(taken + 64) {
                let key = Array("custom/s0/t0/k\(number)/".utf8)
                records.append(.put(.custom, key, [1]))
                records.append(ScaleRecord(kind: .custom, operation: .delete, key: key))
            }
            publish(0, records)
            settle()
            taken += 64
        }
        return taken
    }

    /// Few keys with the largest values.
    fileprivate func takeBytes() -> Int {
        let payload = [UInt8](repeating: 1, count: Limits.payloadBytes)
        var taken = 0
        while !isRefused, taken < Limits.share.keys {
            let key = Array("custom/s0/t0/k\(taken)/".utf8)
            publish(0, .put(.custom, key, payload))
            settle()
            taken += 1
        }
        return taken
    }

    /// Questions that match nothing in a thousand units, all before the first is answered.
    fileprivate func takeRequests() -> Int {
        for start in stride(from: 0, to: 1000, by: 50) {
            publish(
                0,
                (start..<(start + 50)).map {
                    .put(.custom, Array("custom/s0/u\($0)/k/".utf8), [1])
                }
            )
            settle()
        }
        var taken = 0
        while taken < 2 * Limits.share.requests {
            ask(0, .get, Array("custom/s0/+/none/".utf8))
            taken += 1
        }
        settle()
        return taken
    }

    fileprivate func takeFlags() throws -> Int {
        var taken = 0
        while !isRefused, taken < 2 * Hoarder.flags {
            publish(0, try (taken..<(taken + 16)).map { try Self.flag(UInt64($0) + 1) })
            settle()
            taken += 16
        }
        return taken
    }

    fileprivate func takeNotes() throws -> Int {
        var taken = 0
        while !isRefused, taken < 2 * Limits.notes {
            publish(0, try (taken..<(taken + 64)).map { try Self.note(UInt64($0) + 1) })
            settle()
            taken += 64
        }
        return taken
    }

    /// A session may have 256; further sessions of the same principal have them too.
    fileprivate func takeSubscriptions() -> Int {
        var taken = 0
        for session in 0..<40 where clients.allSatisfy({ $0.refusal == nil }) {
            let index = addSession(session)
            hello(index)
            settle()
            for number in 0..<Limits.subscriptionsPerSession {
                let filter = Array("custom/s0/x\(session)/y\(number)/".utf8)
                subscribe(index, number: UInt32(number) + 1, filter)
                taken += 1
            }
            settle()
        }
        return taken
    }

    /// A producer id for each connection, which stays or goes.
    fileprivate func takeSessions(keeping: Bool, most: Int) -> Int {
        for taken in 0..<most {
            let index = addSession(taken)
            hello(index)
            if keeping || taken % 16 == 0 { settle() }
            if clients[index].refusal != nil { return taken }
            if !keeping { loseLink(index) }
        }
        settle()
        return most
    }

    private func addSession(_ number: Int) -> Int {
        clients.append(ScaleClient("hoarder", 100 + number))
        return clients.count - 1
    }
}
