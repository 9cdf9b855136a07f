import FloorBus

/// Publishes events "RUN 1", "RUN 2", … until it is killed; says how many it has taken over from
/// the process before, then the number of each event as soon as `post` has returned.
func publish(to endpoint: String, outbox: String, run: String) async throws {
    var options = FloorBusClient.Options(principal: "desk")
    options.outboxPath = outbox
    // Room for everything that the test's publishers say, should no hub ever answer them.
    options.outboxOperations = 16_384
    options.reconnect = .milliseconds(5)...(.milliseconds(50))
    let client = try FloorBusClient(endpoints: [endpoint], options: options)
    say("\(client.statistics.recovered)")
    let key = try FloorKey(.event, site: "bj", unit: "calls", entity: "desk")
    var number = 0
    while true {
        let payload = Array("\(run) \(number + 1)".utf8)
        if isTaken(payload) {
            number += 1
            say("\(number)")
        } else {
            await client.flush(timeout: .milliseconds(100))
        }
    }

    func isTaken(_ payload: [UInt8]) -> Bool {
        (try? client.post(.event(payload, schema: 0), to: key)) != nil
    }
}
