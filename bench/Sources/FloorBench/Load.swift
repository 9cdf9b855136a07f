import CBench
import FloorEvents
import FloorWire

/// The load of both sides, see cbench.h: keys and payloads that follow from a number.
struct Load {
    static let payloadSize = Int(CBENCH_PAYLOAD)
    let name: String
    let kind: RecordKind
    let keys: [[UInt8]]

    /// The load of one class of keys: `event` or a class of the state lane.
    init(_ kind: RecordKind, entities: Int = Int(CBENCH_ENTITIES)) {
        self.kind = kind
        name = kind.name
        keys = (0..<entities).map { Array("\(kind.name)/bj/sales/call-\($0)/".utf8) }
    }

    var operation: RecordOperation { kind.lane == .event ? .append : .put }

    func key(_ number: UInt64) -> [UInt8] { keys[Int(number % UInt64(keys.count))] }

    /// One payload's share of the hash of the work done.
    static func fold(_ hash: UInt64, _ payload: Span<UInt8>) -> UInt64 {
        unsafe payload.withUnsafeBytes { bytes in
            guard bytes.count == payloadSize, let base = bytes.baseAddress else { return 0 }
            return unsafe cbench_fold(hash, base)
        }
    }

    /// Writes payload `number`, stamped with the present time if wanted.
    static func fill(_ payload: inout [UInt8], _ number: UInt64, stamped: Bool) {
        unsafe cbench_payload(&payload, number)
        if stamped { unsafe cbench_payload_stamp(&payload, cbench_now_ns()) }
    }
}

/// What a reader makes of one run's records.
struct Tally {
    var received: UInt64 = 0
    var coalesced: UInt64 = 0
    var hash: UInt64 = 0
    var firstTime: UInt64 = 0
    var lastTime: UInt64 = 0
    /// Records before the first that counts: by then all memory has been touched.
    var warmUp: UInt64 = 0
    /// Set when a record was lost, doubled or out of order.
    var isBroken = false
    var next: UInt64 = 0
    var latencies: [UInt64] = []

    /// Records seen or known to be passed over.
    var accounted: UInt64 { received + coalesced }

    mutating func take(_ payload: Span<UInt8>, coalesced passed: UInt32, timed: Bool) {
        guard payload.count == Load.payloadSize else {
            isBroken = true
            return
        }
        let number = payload.u64(0)
        // On the event lane nothing is passed over and the next number must come; on the state
        // lane numbers may be passed over, and `coalesced` says how many.
        if number != next, passed == 0, coalesced == 0 { isBroken = true }
        next = number + 1
        hash = Load.fold(hash, payload)
        if received == warmUp { firstTime = cbench_now_ns() }
        if timed { latencies.append(cbench_now_ns() - payload.u64(8)) }
        received += 1
        coalesced += UInt64(passed)
    }
}
