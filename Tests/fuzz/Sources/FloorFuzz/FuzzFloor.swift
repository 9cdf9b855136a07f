import FloorBusTestKit
import FloorEvents
import FloorHub
import FloorRoster
import FloorWire

/// A hub with a few people, and what must hold whatever an input does.
struct FuzzFloor {
    let hub: HubHarness
    /// Clients of which a target sends what it likes: nothing they are told is checked.
    let noise: HarnessClient
    /// One who keeps to the protocol and reads everything; what it gets is checked.
    let viewer: HarnessClient

    init(noise name: String, _ change: @escaping (inout HubOptions) -> Void) {
        hub = HubHarness(change)
        hub.transcript.isRecording = false
        noise = hub.client("noise", principal: name)
        viewer = hub.client("viewer", principal: "reader")
        noise.hello()
        join()
    }

    private func join() {
        viewer.hello()
        for (number, filter) in Self.filters.enumerated() {
            viewer.subscribe(UInt32(number + 1), filter, event: Revision(epoch: 1, counter: 0))
        }
    }

    static let filters = [
        "agent/", "queue/", "team/", "flag/", "note/", "presence/", "private/", "custom/", "event/",
    ]

    /// Ends the turn and looks at what must hold then.
    func turn() {
        hub.turn()
        check()
    }

    /// Whatever came down, and how the hub stands.
    func check() {
        // What noise grants itself the harness does not know.
        let faults = hub.violations.filter { !$0.hasPrefix("noise: ") || !$0.contains(" used of ") }
        if let fault = faults.first { found(fault) }
        _ = noise.take()
        _ = viewer.take()
        // A deadline that has passed is one the turn has not seen to: the server would spin.
        if hub.journal.mode == .immediate, hub.hub.nextDeadline <= hub.time.boot { checkDeadline() }
    }

    private func checkDeadline() {
        for _ in 0..<3 {
            hub.turn()
            if hub.hub.nextDeadline > hub.time.boot { return }
        }
        // Found full at this very moment, it is tried again at the next one.
        hub.time.boot += 100_000
        hub.time.wall += 100_000
        hub.turn()
        if hub.hub.nextDeadline <= hub.time.boot {
            found("due \(hub.hub.nextDeadline) at \(hub.time.boot), turn after turn")
        }
    }

    /// The clients come back on new links, as after a cut.
    func rejoin() {
        for client in [noise, viewer] where client.session == 0 {
            client.reconnect()
            if client.name == "viewer" { join() } else { client.hello() }
        }
    }

    /// The process dies; the next one has what the journal holds, and perhaps another clock.
    func restart(_ clock: UInt8) {
        hub.time = Self.clock(clock, hub.time)
        hub.restart()
        rejoin()
        turn()
    }

    /// Moments at which a hub may find itself: a battery is empty, a zone is wrong.
    private static func clock(_ choice: UInt8, _ time: FloorTime) -> FloorTime {
        let hours: Int64 = 3_600_000_000
        let walls: [Int64] = [
            time.wall, time.wall + 20 * hours, time.wall - 20 * hours, 63_072_000_000_000,
            4_070_908_800_000_000, time.wall + 1, time.wall - 61_000_000, 0,
        ]
        let boot = choice & 8 == 0 ? 1_000_000 : time.boot
        return FloorTime(boot: boot, wall: walls[Int(choice & 7)])
    }

    /// Lets time pass, by one of the steps at which something is due.
    func pass(_ choice: UInt8) {
        let steps: [Int64] = [
            1, 20, 250, 1000, 3000, 5000, 12_000, 16_000, 61_000, 130_000, 700_000, 3_700_000,
            14_500_000, 30_000_000, 90_000_000, 700_000_000,
        ]
        hub.advance(milliseconds: steps[Int(choice & 15)])
        check()
    }

    /// What becomes of commits, and of pages.
    func disturbJournal(_ choice: UInt8) {
        switch choice & 7 {
        case 0: hub.journal.mode = .immediate
        case 1: hub.journal.mode = .held
        case 2: hub.journal.mode = .failing
        case 3: hub.commitHeld()
        case 4: hub.failHeld()
        case 5: hub.journal.holdsReads = true
        case 6: hub.journal.maximumRecords = Int(choice >> 3) + 1
        default:
            hub.journal.holdsReads = false
            hub.releaseReads()
        }
    }

    /// Everything is stored, everybody is told, and somebody new reads it all.
    func finish() {
        hub.journal.mode = .immediate
        hub.journal.holdsReads = false
        hub.commitHeld()
        hub.releaseReads()
        viewer.pipeRoom = .max
        pass(4)
        viewer.reconnect()
        join()
        for _ in 0..<4 { viewer.grant(Limits.creditAheadBytes) }
        turn()
    }
}

/// The roster of targets that need one: everybody, zones, and a rule on every figure.
enum FuzzRoster {
    static let figures = [
        "flagsOldestMs", "flagsOldestAt", "flagsOpen", "flagsPending", "flagsPer100Calls",
        "flagsRaised", "flagsUnanswered", "longestWaitMs", "ratingMean", "reopenRate",
        "timeToAnswer", "timeToClaim", "waiting", "zeroFlags", "x",
    ]

    static let full: Roster = {
        let keys = ["agent/", "flag/", "queue/", "team/", "note/", "custom/", "event/"]
        let all = RosterGrant(.system, publish: keys, read: FuzzFloor.filters)
        let summer = [
            FloorZone.Transition(at: 1_699_999_000_000_000, offset: -14_400),
            FloorZone.Transition(at: 1_700_000_100_000_000, offset: -18_000),
        ]
        let newYork = FloorZone("ny", first: -18_000, transitions: summer)
        do {
            return try Roster(
                people: [
                    RosterPerson("pbx", roles: [.system, .supporter]),
                    RosterPerson("reader", roles: [.system, .supervisor]),
                    RosterPerson("ana", roles: .agent, site: "bj", team: "sales"),
                    RosterPerson("sue", roles: .supporter, site: "bj", team: "sales"),
                ],
                teams: [RosterTeam(site: "bj", team: "sales"), RosterTeam(site: "ny", team: "x")],
                categories: [RosterCategory("c"), RosterCategory("d", parent: "c")],
                grants: [all],
                alerts: rules,
                sites: [RosterSite("ny", zone: newYork)],
                zone: FloorZone(minutesEast: 480)
            )
        } catch {
            found("the roster of the fuzz targets: \(error)")
        }
    }()

    private static var rules: [AlertRule] {
        var rules: [AlertRule] = []
        for name in figures {
            for (place, limit) in [Int64.min, 0, .max].enumerated() {
                for comparison in [AlertComparison.above, .below] {
                    let measure = AlertMeasure.figure(
                        AlertFigure(name, atLeast: 0),
                        comparison,
                        threshold: limit,
                        clear: limit
                    )
                    let filter = place == 1 ? "queue/" : "team/"
                    let title = "\(name) \(comparison.name) \(place)"
                    rules.append(AlertRule(title, filter: filter, measure))
                }
            }
        }
        let storm = AlertMeasure.flagStorm(category: "c", count: 2, seconds: 60)
        rules.append(AlertRule("storm", filter: "team/", storm))
        return rules
    }
}
