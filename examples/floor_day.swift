// A small floor in one program: a hub inside the process, a softphone, a wallboard and a supporter,
// with the Swift API alone. It prints what each of them sees, and ends.
//
// A package for it is that of docs/swift-guide.md; ./scripts/test-swift-package builds and runs it.

import FloorBus

/// A wallboard: the newest state of everybody at a site, until a state is seen.
func watch(_ wall: FloorBusClient, until last: AgentActivity) async throws -> [String] {
    var seen: [String] = []
    for try await event in try wall.subscribe(to: KeyFilter("agent/bj/")) {
        guard case .record(let record) = event, let state = try record.agentState else { continue }
        seen.append("\(record.key.entity) \(state.activity.name)")
        if state.activity == last { break }
    }
    return seen
}

/// A softphone: what its agent does, one state after the other.
func work(_ phone: FloorBusClient, _ key: FloorKey) async throws {
    for activity in [AgentActivity.ready, .busy, .afterCall] {
        var state = AgentState(activity: activity, cause: .agent)
        if activity == .busy {
            state.call = .connected
            state.callReference = "call-1"
        }
        try await phone.publish(.agent(state), to: key)
    }
}

/// A supporter: takes the first flag of a site that nobody has, and answers it.
func help(_ desk: FloorBusClient) async throws {
    try await desk.setDuty(.available)
    for try await event in try desk.subscribe(to: KeyFilter("flag/bj/")) {
        guard case .record(let record) = event, let flag = try record.helpFlag, !flag.isEnded,
            case .done(let generation) = try await desk.claimFlag(record.key)
        else { continue }
        // The question is for supporters' eyes alone: its key is another one.
        let question = try await desk.flag(FloorID(record.key.entity) ?? .zero)?.flag.words.note
        print("sun is asked:", question ?? "nothing")
        _ = try await desk.answerFlag(
            record.key,
            claimGeneration: generation,
            text: "yes, with form 7",
            outcome: .answered
        )
        return
    }
}

/// The agent asks, and waits until there is an answer.
func ask(_ phone: FloorBusClient) async throws -> String {
    var request = HelpRequest(.knowledge, category: "refund")
    request.text = "may I refund 80?"
    request.callReference = "call-1"
    let raised = try await phone.raiseFlag(request, site: "bj", team: "sales")
    for try await event in try phone.subscribe(to: KeyFilter("private/bj/4711/")) {
        guard case .record(let record) = event, let flag = try record.helpFlag,
            record.key.entity == raised.id.text, flag.status == .answered
        else { continue }
        _ = try await phone.rateFlag(raised.key, stars: 5)
        return flag.words.answer
    }
    return ""
}

var configuration = HubConfiguration()
configuration.listen = ["tcp://127.0.0.1:0"]  // port 0 takes a free one
let hub = try EmbeddedHub(configuration)
let phone = try hub.connect(as: "4711")
let wall = try FloorBusClient.connect(to: hub.endpoints[0], as: "wall-1")
let desk = try hub.connect(as: "sun")

async let supporter: Void = help(desk)
async let board = watch(wall, until: .afterCall)
let key = try FloorKey("agent/bj/sales/4711/")
print("4711 is told:", try await ask(phone))
try await supporter
try await work(phone, key)
print("the wall ends with:", try await board.last ?? "nothing")
for client in [phone, wall, desk] { await client.close() }
hub.stop()
