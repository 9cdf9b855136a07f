import FloorBus

/// Claims the first flag it sees and says "claimed TOKEN"; answers it with that token when it gets
/// a line, and says what came of it: "done TOKEN" or "lost OWNER".
func own(at endpoint: String, as name: String) async throws {
    var options = FloorBusClient.Options(principal: name)
    options.heartbeat = .milliseconds(50)
    options.reconnect = .milliseconds(5)...(.milliseconds(50))
    let client = try FloorBusClient(endpoints: [endpoint], options: options)
    try await client.setDuty(.available)
    guard let (key, token) = try await claim() else { return say("nothing to claim") }
    say("claimed \(token)")
    guard readLine() != nil else { return }
    let result = try await client.answerFlag(key, claimGeneration: token, text: "by \(name)")
    switch result {
    case .done(let generation): say("done \(generation)")
    case .lost(let owner): say("lost \(owner)")
    default: say("\(result)")
    }
    await client.close()

    func claim() async throws -> (FloorKey, UInt32)? {
        for try await event in try client.subscribe(to: KeyFilter("flag/bj/")) {
            guard case .record(let record) = event else { continue }
            if case .done(let token) = try await client.claimFlag(record.key) {
                return (record.key, token)
            }
        }
        return nil
    }
}
