// A host with a Swift runtime of its own, which links the C library, whose Swift is another one.
// Compiled by scripts/test-c; exits 0 when all is well.
import CFloorBus

func check(_ condition: Bool, _ what: String) {
    guard condition else { fatalError(what) }
}

var hub: OpaquePointer?
check(floorbus_hub_start(nil, &hub) == 0, "hub")
var options = floorbus_client_options()
options.struct_size = UInt32(MemoryLayout<floorbus_client_options>.size)
var client: OpaquePointer?
"swift".withCString { name in
    options.principal = name
    check(floorbus_hub_client(hub, &options, &client) == 0, "client")
}
// Objects, strings and dictionaries of this program's runtime, while the other one works too.
var book: [String: [Int]] = [:]
for round in 0..<100 {
    book["agent \(round % 7)", default: []].append(round)
    var state = floorbus_agent_state()
    state.struct_size = UInt32(MemoryLayout<floorbus_agent_state>.size)
    state.session = UInt8(FLOORBUS_SESSION_LOGGED_ON)
    var ticket: floorbus_ticket = 0
    var result = floorbus_result()
    result.struct_size = UInt32(MemoryLayout<floorbus_result>.size)
    "agent/bj/sales/\(round)/".withCString { key in
        check(floorbus_publish_state(client, floorbus_cstr(key), &state, nil, &ticket) == 0, "key")
    }
    check(floorbus_wait(client, ticket, 20_000, &result) == 0 && result.status == 0, "answer")
}
check(book.values.reduce(0) { $0 + $1.count } == 100, "book")
check(floorbus_client_close(client, 20_000) == 0, "close")
check(floorbus_hub_stop(hub, 0) == 0, "stop")
