import FloorBusTestKit
import FloorEvents
import FloorHub
import FloorRoster
import FloorWire

/// Well-formed records with any content, on a durable hub whose roster has rules on every figure.
enum RecordsTarget {
    static func run(_ input: inout FuzzInput) {
        let kind = input.byte()
        let floor = FuzzFloor(noise: "pbx") {
            $0.isDurable = true
            $0.keepsHistory = kind & 1 != 0
            $0.hasTap = kind & 2 != 0
            $0.roster = FuzzRoster.full
        }
        let people = [
            floor.noise, floor.hub.client("noise: ana", principal: "ana"),
            floor.hub.client("noise: sue", principal: "sue"),
        ]
        var steps = 0
        while !input.isEmpty, steps < 100 {
            steps += 1
            let choice = input.byte()
            switch choice & 15 {
            case 0...8: publish(input.pick(people), &input)
            case 9, 10, 11: floor.turn()
            case 12, 13: floor.pass(input.byte())
            case 14: floor.disturbJournal(input.byte())
            default: floor.restart(input.byte())
            }
        }
        floor.turn()
        floor.restart(kind >> 2)
        floor.finish()
    }

    /// A PUB with a record or two; whoever has no session comes first.
    private static func publish(_ client: HarnessClient, _ input: inout FuzzInput) {
        if client.session == 0 {
            client.reconnect()
            client.hello()
        }
        let count = 1 + Int(input.byte() & 1)
        client.publish((0..<count).map { _ in FuzzRecord.operation(&input) })
    }
}

/// Records whose content an input says.
enum FuzzRecord {
    /// One of four flags or notes, so that operations meet.
    static func flagID(_ number: UInt8) -> FloorID {
        FloorID(high: 0xF1A6, low: UInt64(number & 3))
    }

    /// A key that means something, or any bytes.
    static func key(_ input: inout FuzzInput) -> String {
        let id = flagID(input.byte()).text
        let keys = [
            "flag/bj/sales/\(id)/", "flag/bj/sales/\(id)/", "agent/bj/sales/ana/",
            "queue/bj/sales/q/", "team/bj/sales/own/", "team/bj/sales/flags/",
            "note/bj/sales/\(id)/", "note/-/-/\(id)/", "presence/-/-/sue/", "custom/bj/x/y/",
            "event/bj/sales/call/", "private/bj/ana/\(id)/", "flag/ny/x/\(id)/", "queue/ny/x/q/",
        ]
        let choice = input.byte()
        return choice == 0xFF ? input.text() : keys[Int(choice) % keys.count]
    }

    static func operation(_ input: inout FuzzInput) -> HarnessOperation {
        let key = key(&input)
        var header = RecordHeader(.agent, .put)
        let kind = KeyRules.kind(of: Array(key.utf8).span) ?? .custom
        let payload = payload(kind, &input)
        header.schema = payload.schema
        header.kindCode = kind.rawValue
        header.operationCode = operation(kind, &input)
        header.flags = input.byte() & 1 == 0 ? [.unleased] : []
        if input.byte() & 7 == 0 {
            header.kindCode = input.byte()
            header.schema = input.number()
            header.flags = RecordFlags(rawValue: input.number())
            header.previous = Revision(rawValue: input.wide())
            header.sourceTime = input.wide()
            header.hubTime = input.wide()
            header.revision = Revision(rawValue: input.wide())
            header.producerSequence = input.wide()
        }
        return HarnessOperation(header, key, payload.bytes)
    }

    private static func operation(_ kind: RecordKind, _ input: inout FuzzInput) -> UInt8 {
        let choice = input.byte()
        if choice >= 0xF0 { return input.byte() }
        switch kind {
        case .flag: return RecordOperation.raise.rawValue + choice % 16
        case .event: return RecordOperation.append.rawValue
        default:
            return choice & 3 == 0
                ? RecordOperation.delete.rawValue : RecordOperation.put.rawValue
        }
    }

    /// A payload of the kind, or any bytes.
    private static func payload(
        _ kind: RecordKind,
        _ input: inout FuzzInput
    ) -> (bytes: [UInt8], schema: UInt16) {
        var out: [UInt8] = []
        if input.byte() & 7 == 0 {
            return (input.take(Int(input.byte())), input.number() & 3)
        }
        do throws(FloorStatus) {
            switch kind {
            case .agent: try agent(&input).append(to: &out)
            case .queue: try FuzzPayload.level(&input).append(to: &out)
            case .team: try TeamFigures(FuzzPayload.figures(&input)).append(to: &out)
            case .flag:
                try request(&input).append(to: &out)
                return (out, PayloadSchema.flagRequest)
            case .note:
                try FuzzPayload.note(&input).append(to: &out)
                return (out, PayloadSchema.note)
            case .presence: FuzzPayload.presence(&input).append(to: &out)
            case .custom, .event, .private, .personal, .catalogue:
                out = input.take(Int(input.byte()))
            }
        } catch {
            out = []  // a text over its limit; the empty payload is as good an input
        }
        return (out, PayloadSchema.agent)
    }

    private static func agent(_ input: inout FuzzInput) -> AgentState {
        var state = AgentState(activity: input.pick(AgentActivity.allCases))
        state.call = input.pick(CallPhase.allCases)
        state.reasonCode = input.wide()
        state.callReference = input.byte() & 1 == 0 ? "call" : input.text()
        state.session = input.pick(AgentSession.allCases)
        return state
    }

    private static func request(_ input: inout FuzzInput) -> FlagRequest {
        var request = FlagRequest()
        let generation = input.byte()
        request.claimGeneration = generation < 16 ? UInt32(generation) : input.wide()
        request.kind = input.pick(FlagKind.allCases)
        request.channel = input.pick(SupportChannel.allCases)
        request.outcome = input.pick(FlagOutcome.allCases)
        request.customerStar = input.byte() % 6
        request.rating = input.byte() % 6
        request.verdict = input.pick(FlagVerdict.allCases)
        request.incident = flagID(input.byte())
        request.text = input.text()
        request.category = input.pick(["c", "d", "", "e"])
        request.callReference = input.pick(["call", "", "other"])
        request.agent = input.pick(["ana", "", "sue", "nobody"])
        return request
    }
}
