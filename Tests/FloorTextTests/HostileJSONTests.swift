import FloorEvents
import FloorText
import FloorWire
import Testing

/// JSON that people and programs get wrong, and JSON that was written to harm.
@Suite("Wrong JSON")
struct HostileJSONTests {
    private func problem(_ json: String) -> JSONTextError? {
        do throws(JSONTextError) {
            _ = try ReadRecord(json: json)
            return nil
        } catch {
            return error
        }
    }

    @Test("what a person leaves out has its default")
    func defaults() throws {
        #expect(try AgentState(json: "{}") == AgentState(activity: .unknown))
        #expect(try QueueLevel(json: #"{"agents": null}"#) == QueueLevel())
        let ready = try ReadRecord(
            json: #"{"key": "agent/bj/sales/1/", "agent": {"state": "ready"}}"#
        )
        #expect(try AgentState(payload: ready.payload.span) == AgentState(activity: .ready))
        #expect(ready.schema == PayloadSchema.agent && ready.sourceTime == 0)
    }

    @Test("a field that people write wins over the bytes beside it")
    func fieldsWin() throws {
        let edited = try ReadRecord(
            json: #"{"key": "custom/x/y/z/", "text": "new", "payload_base64": "b2xk"}"#
        )
        #expect(edited.payload == Array("new".utf8))
    }

    @Test(
        "each mistake names its field and what belongs there",
        arguments: [
            (#"{}"#, "key"),
            (#"{"key": "nowhere/"}"#, "key"),
            (#"{"key": "custom/x/y/z/"}"#, "payload_base64"),
            (#"{"key": "custom/x/y/z/", "payload_base64": "?"}"#, "payload_base64"),
            (#"{"key": "custom/x/y/z/", "text": 5}"#, "text"),
            (#"{"key": "custom/x/y/z/", "text": "", "schema": 65536}"#, "schema"),
            (#"{"key": "custom/x/y/z/", "text": "", "schema": -1}"#, "schema"),
            (#"{"key": "custom/x/y/z/", "txet": ""}"#, "txet"),
            (#"{"type": "gap", "key": "custom/x/y/z/"}"#, "type"),
            (#"{"key": "agent/x/y/z/", "agent": []}"#, "agent"),
            (#"{"key": "agent/x/y/z/", "agent": {"state": "redy"}}"#, "agent.state"),
            (#"{"key": "agent/x/y/z/", "agent": {"sate": "ready"}}"#, "agent.sate"),
            (#"{"key": "agent/x/y/z/", "agent": {"star": 256}}"#, "agent.star"),
            (#"{"key": "agent/x/y/z/", "agent": {"star": 6}}"#, "agent"),
            (#"{"key": "agent/x/y/z/", "agent": {"reason_code": 1.5}}"#, "agent.reason_code"),
            (#"{"key": "agent/x/y/z/", "agent": {"overlays": ["x"]}}"#, "agent.overlays"),
            (#"{"key": "queue/x/y/z/", "queue": {"counters": {"x": 1}}}"#, "queue.counters.x"),
            (
                #"{"key": "queue/x/y/z/", "queue": {"figures": [{"name": "a"}]}}"#,
                "queue.figures.0.value"
            ),
            (#"{"key": "team/x/y/z/", "team": [{"name": "", "value": 1}]}"#, "team.0.name"),
            (
                #"{"key": "team/x/y/z/", "team": [{"name": "a", "value": 9223372036854775808}]}"#,
                "team.0.value"
            ),
        ]
    )
    func mistakes(_ json: String, _ field: String) {
        let problem = problem(json)
        #expect(problem?.field == field)
        #expect(problem?.sentence.contains(field) == true)
    }

    @Test("a text over its limit is refused, and nothing of it is repeated")
    func limits() throws {
        let long = String(repeating: "secret", count: 30)
        let agent = #"{"key": "agent/x/y/z/", "agent": {"reason": "\#(long)"}}"#
        let sentence = try #require(problem(agent)?.sentence)
        #expect(sentence == "the field agent is no payload: larger than the limit")
        let big = String(repeating: "x", count: Limits.payloadBytes + 1)
        let custom = #"{"key": "custom/x/y/z/", "text": "\#(big)"}"#
        #expect(problem(custom)?.sentence.contains("at most 16384") == true)
        #expect(problem(custom)?.field == "")
        let private1 = problem(#"{"key": "agent/x/y/z/", "agent": {"state": "secret"}}"#)
        #expect(private1?.sentence.contains("secret") == false)
    }

    @Test("depth, half a surrogate, and scrambled lines are errors, never a trap")
    func scrambled() throws {
        #expect(problem(String(repeating: "[", count: 1_000_000)) != nil)
        let deep = String(repeating: #"{"agent":"#, count: 100_000)
        #expect(problem(deep) != nil)
        #expect(problem(#"{"key": "custom/x/y/z/", "text": "\ud800"}"#) != nil)
        var state = AgentState(activity: .notReady, cause: .agent)
        state.reason = "lunch \"12\""
        let payload = try payload { try state.append(to: &$0) }
        let record = try record("agent/bj/sales/1/", schema: 1, payload: payload)
        let line = Array(try record.json().utf8)
        var random = SystemRandomNumberGenerator()
        var (read, refused) = (0, 0)
        for at in line.indices {
            var bytes = line
            bytes[at] = UInt8.random(in: 0...255, using: &random)
            if problem(String(decoding: bytes, as: UTF8.self)) == nil {
                read += 1
            } else {
                refused += 1
            }
            if problem(String(decoding: line[..<at], as: UTF8.self)) == nil {
                Issue.record("half a line was read: \(at) bytes")
            }
        }
        #expect(read + refused == line.count && refused > 0)
    }
}
