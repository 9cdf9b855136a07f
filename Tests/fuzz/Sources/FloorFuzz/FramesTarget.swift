import FloorBusTestKit
import FloorEvents
import FloorHub
import FloorRoster
import FloorWire

/// Bytes as messages to a hub with open sessions; between them time passes, links and disks fail.
enum FramesTarget {
    static func run(_ input: inout FuzzInput) {
        let kind = input.byte()
        let floor = FuzzFloor(noise: "pbx") {
            $0.isDurable = kind & 1 != 0
            $0.hasTap = kind & 2 != 0
            $0.keepsHistory = kind & 4 != 0
            if kind & 8 != 0 { $0.roster = FuzzRoster.full }
        }
        var steps = 0
        while !input.isEmpty, steps < 200 {
            steps += 1
            act(floor, &input)
        }
        floor.rejoin()
        floor.finish()
    }

    private static func act(_ floor: FuzzFloor, _ input: inout FuzzInput) {
        switch input.byte() & 15 {
        case 0: floor.noise.send(raw: patched(input.block(), floor.noise.session))
        case 1: floor.noise.send(raw: input.block())
        case 2, 3, 4: sendFramed(floor.noise, &input)
        case 5, 6: floor.turn()
        case 7: floor.pass(input.byte())
        case 8: cut(floor, input.byte())
        case 9: floor.viewer.pipeRoom = Int(input.byte() & 3)
        case 10: floor.viewer.pipeRoom = .max
        case 11: floor.disturbJournal(input.byte())
        case 12: subscribe(floor.viewer, &input)
        case 13: floor.viewer.grant(Int(input.number() as UInt32))
        case 14: disturb(floor, input.byte())
        default: floor.restart(input.byte())
        }
    }

    /// A message as it is in the golden vectors, but of the session that is open.
    private static func patched(_ bytes: [UInt8], _ session: UInt32) -> [UInt8] {
        var bytes = bytes
        if bytes.count >= FrameHeader.size { bytes.overwrite(session, at: 8) }
        return bytes
    }

    /// A whole message whose header is right, with any body.
    private static func sendFramed(_ client: HarnessClient, _ input: inout FuzzInput) {
        let type = input.pick(FrameType.allCases.filter(\.isUplink))
        let choice = input.byte()
        let sequence: UInt64 = choice & 1 == 0 ? client.nextSequence : input.wide()
        let argument: UInt64 = choice & 2 == 0 ? sequence : input.wide()
        var header = FrameHeader(
            type,
            session: choice & 4 == 0 ? client.session : input.number(),
            sequence: sequence,
            argument: argument
        )
        if choice & 8 != 0 { header.flags = input.number() }
        let body = input.block()
        if type == .publish, choice & 1 == 0 { client.nextSequence += 1 }
        client.send(header) { $0.append(bytes: body) }
    }

    private static func cut(_ floor: FuzzFloor, _ choice: UInt8) {
        let client = choice & 1 == 0 ? floor.noise : floor.viewer
        // A half-open link: the hub does not know that it is dead.
        if choice & 2 == 0 { client.loseLink() } else { client.reconnect() }
        floor.rejoin()
    }

    private static func subscribe(_ viewer: HarnessClient, _ input: inout FuzzInput) {
        let filter = input.pick(FuzzFloor.filters + ["agent/+/sales/", "flag/bj/sales/", "x", ""])
        switch input.byte() & 3 {
        case 0:
            viewer.subscribe(
                20 + UInt32(input.byte()),
                filter,
                state: Revision(rawValue: input.wide()),
                event: Revision(rawValue: input.wide()),
                every: input.wide()
            )
        case 1: viewer.unsubscribe(UInt32(input.byte()))
        case 2:
            viewer.ask(.get, filter, cursor: input.wide(), maximumBytes: input.wide())
        default:
            viewer.ask(
                .replay,
                filter,
                cursor: input.wide(),
                maximumBytes: input.wide(),
                from: input.moment(),
                to: input.moment()
            )
        }
    }

    private static func disturb(_ floor: FuzzFloor, _ choice: UInt8) {
        switch choice & 7 {
        case 0: floor.hub.step(.malformed(floor.noise.link))
        case 1: floor.hub.sync("nonce")
        case 2: floor.hub.step(.tapBarrier([UInt8](repeating: choice, count: Int(choice))))
        case 3: floor.hub.step(.roster(choice & 8 == 0 ? FuzzRoster.full : .open))
        case 4: floor.hub.step(.borrowedTurnEnd)
        case 5: floor.hub.step(.controlBlocked(floor.noise.link))
        case 6: floor.hub.step(.linkGone(LinkID(UInt64(choice))))
        default: if choice == 0xFF { floor.hub.step(.shutdown) }
        }
    }
}
