import FloorEvents
import FloorWire

/// One client of a `ScaleFloor`: what it has to know to speak, and no more.
struct ScaleClient {
    /// The name it says in HELLO.
    let principal: String
    /// Its producer id.
    var producer: FloorID
    /// Its state key, as a desktop has; empty for other programs.
    var key: [UInt8] = []
    /// What it subscribes to.
    var filters: [[UInt8]] = []
    /// Whether its HELLO carries a will for its key.
    var hasWill = false
    /// How long after its end the will runs, in milliseconds.
    var willGrace = Limits.willGraceMilliseconds
    /// Least time between DELIVERs that it asks for, in milliseconds.
    var interval: UInt32 = 0
    /// Grows with every link; the hub never hears of an old one again.
    var link: UInt64 = 0
    /// Its session; 0 without one.
    var session: UInt32 = 0
    /// The next operation's sequence.
    var next: UInt64 = 1
    var credit = (granted: UInt64(0), used: UInt64(0))
    /// When it said something last, on the boot clock.
    var spokeAt: Int64 = 0
    /// The next question's number.
    var request: UInt64 = 1
    /// Filters of questions that wait for their answer, by number; answered in parts, each part
    /// is asked for.
    var questions: [UInt64: (filter: [UInt8], type: FrameType)] = [:]

    // What it was told.

    var messages: UInt64 = 0
    /// Every operation up to here has its result.
    var cumulative: UInt64 = 0
    /// Questions answered to the end.
    var answers: UInt64 = 0
    var bytes: UInt64 = 0
    /// The first status that was told and is not `ok`: of an operation, a subscription, a HELLO.
    var refusal: FloorStatus?
    /// Sessions that the hub ended.
    var goneAways = 0

    /// Whether everything it has published has its result.
    var isAcknowledged: Bool { cumulative + 1 >= next }

    init(_ principal: String, _ number: Int) {
        self.principal = principal
        producer = FloorID(high: 0x5CA1E, low: UInt64(number) + 1)
    }
}

/// One record to publish.
struct ScaleRecord {
    var kind: RecordKind
    var operation: RecordOperation
    var schema: UInt16 = 0
    var key: [UInt8]
    var payload: [UInt8] = []

    static func put(_ kind: RecordKind, _ key: [UInt8], _ payload: [UInt8]) -> Self {
        // Agents and queues have their own layouts, which all have the number 1.
        let schema: UInt16 = kind == .custom ? 0 : 1
        return Self(kind: kind, operation: .put, schema: schema, key: key, payload: payload)
    }

    func append(to out: inout [UInt8], previous: Revision = .zero) {
        var header = RecordHeader(kind, operation, schema: schema)
        header.previous = previous
        RecordWriter.append(header, key: key.span, payload: payload.span, to: &out)
    }
}
