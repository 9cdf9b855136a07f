// swift-format-ignore-file: AlwaysUseLowerCamelCase, AllPublicDeclarationsHaveDocumentation

// The names of the header's enumerations, where they lie for C: each ends with a NUL. They are the
// vocabulary's, and a test compares the two (HeaderTests).
public import CFloorBus
import FloorEvents
import FloorPosix

/// Names of numbers that follow one another; an empty one is of a number that means nothing.
private struct Run {
    let set: Int32
    /// The number of the first name; the next ones are one further from 0 each.
    let first: Int32
    /// The numbers are bits: 1, 2, 4, and so on.
    let isBits: Bool
    let names: StaticString

    init(_ set: Int32, _ names: StaticString, from first: Int32 = 0, isBits: Bool = false) {
        self.set = set
        self.names = names
        self.first = first
        self.isBits = isBits
    }

    func number(at index: Int32) -> Int32 {
        if isBits { return 1 << index }
        return first < 0 ? first - index : first + index
    }

    /// Calls `body` with each number and its name until it returns something.
    func first<Found>(_ body: (Int32, UnsafeBufferPointer<UInt8>) -> Found?) -> Found? {
        let bytes = unsafe UnsafeBufferPointer(
            start: names.utf8Start,
            count: names.utf8CodeUnitCount
        )
        var start = 0
        var index: Int32 = 0
        for place in bytes.indices where unsafe bytes[place] == 0 {
            let name = unsafe UnsafeBufferPointer(rebasing: bytes[start..<place])
            if start < place, let found = unsafe body(number(at: index), name) { return found }
            start = place + 1
            index += 1
        }
        return nil
    }
}

private let runs: [Run] = [
    Run(1, "OK\0"),
    Run(
        1,
        """
        E_INVALID\0E_NOMEM\0E_TIMEOUT\0E_AGAIN\0E_CLOSED\0E_STATE\0E_HANDLE\0E_FORKED\0E_ABI\0\
        E_OFFLINE\0E_AUTH\0E_DENIED\0E_CONFLICT\0E_NOTFOUND\0E_EXISTS\0E_EXPIRED\0E_TOOBIG\0\
        E_LIMIT\0E_BADKEY\0E_FENCED\0E_STORAGE\0E_PROTO\0E_TRUNC\0E_UNSUPPORTED\0
        """,
        from: -1
    ),
    Run(1, "E_INTERNAL\0", from: -99),
    Run(
        2,
        """
        agent\0flag\0queue\0presence\0custom\0event\0team\0note\0private\0personal\0catalogue\0
        """,
        from: 1
    ),
    Run(2, "link\0result\0snapshotEnd\0gap\0refused\0", from: 64),
    Run(3, "put\0delete\0append\0", from: 1),
    Run(
        3,
        """
        raise\0seen\0claim\0engage\0release\0reject\0answer\0close\0reopen\0cancel\0merge\0\
        escalate\0leaseLost\0expire\0rate\0verdict\0
        """,
        from: 16
    ),
    Run(4, "snapshot\0coalesced\0replay\0will\0suspect\0stale\0unleased\0", isBits: true),
    Run(5, "live\0suspect\0stale\0"),
    Run(6, "down\0first\0resumed\0resynced\0"),
    Run(7, "unknown\0loggedOff\0loggedOn\0"),
    Run(8, "unknown\0\0notReady\0ready\0reserved\0busy\0afterCall\0"),
    Run(
        9,
        """
        none\0offered\0alerting\0connected\0held\0consulting\0conferenced\0ended\0missed\0\
        rejected\0failed\0paused\0
        """
    ),
    Run(
        10,
        "helpSeeking\0monitored\0whispered\0barged\0muted\0recordingPaused\0",
        isBits: true
    ),
    Run(
        11,
        """
        unknown\0agent\0supervisor\0support\0timer\0ringNoAnswer\0rejected\0deviceFault\0\
        connectionLost\0failover\0schedule\0api\0
        """
    ),
    Run(
        12,
        """
        none\0break\0meal\0training\0meeting\0coaching\0backOffice\0systemFault\0personal\0other\0
        """
    ),
    Run(
        13,
        """
        unknown\0raised\0pending\0claimed\0engaged\0answered\0closed\0cancelled\0merged\0\
        unanswered\0
        """
    ),
    Run(
        14,
        """
        unknown\0knowledge\0authority\0takeover\0systemFault\0policyBlocker\0safety\0personal\0
        """
    ),
    Run(15, "unknown\0desk\0chat\0whisper\0barge\0takeover\0"),
    Run(16, "unknown\0answered\0transferred\0takenOver\0noAnswerKnown\0"),
    Run(17, "unknown\0person\0timer\0callEnded\0leaseLost\0neverEngaged\0incident\0"),
    Run(18, "unknown\0correct\0partly\0wrong\0"),
    Run(19, "unknown\0offFloor\0available\0committed\0engaged\0break\0"),
    Run(20, "unknown\0announcement\0reminder\0alert\0kudos\0"),
    Run(21, "unknown\0active\0acknowledged\0cleared\0expired\0withdrawn\0"),
    Run(22, "unknown\0normal\0urgent\0"),
    Run(23, "unknown\0information\0warning\0critical\0"),
    Run(24, "agent\0supporter\0supervisor\0wallboard\0system\0", isBits: true),
    Run(25, "unknown\0count\0ms\0permille\0timestamp\0hundredths\0"),
    Run(26, "unknown\0count\0mean\0weightedMean\0maximum\0median\0p90\0"),
    Run(
        26,
        """
        SL.answered\0SL.withAbandon\0SL.offered\0SL.offeredLessShort\0SL.instant\0
        """,
        from: 16
    ),
    Run(27, "unknown\0now\0sinceMidnight\u{0}15min\u{0}1h\u{0}24h\0sinceStart\0"),
    Run(28, "category\0reason\0person\0", from: 1),
    Run(29, "info\0warning\0error\0"),
]

@c @implementation
public func floorbus_name(_ set: Int32, _ number: Int32) -> UnsafePointer<CChar>? {
    for run in runs where run.set == set {
        let name = unsafe run.first { $0 == number ? $1.baseAddress : nil }
        if let name = unsafe name {
            return unsafe UnsafeRawPointer(name).assumingMemoryBound(to: CChar.self)
        }
    }
    return nil
}

@c @implementation
public func floorbus_number(
    _ set: Int32,
    _ name: floorbus_str,
    _ number: UnsafeMutablePointer<Int32>?
) -> floorbus_status {
    answer { () throws(Failure) in
        guard let number = unsafe number else { throw .missing("number") }
        let name = try unsafe name.utf8("name", atMost: Limits.nameBytes, nil)
        var isSet = false
        for run in runs where run.set == set {
            isSet = true
            let found = unsafe run.first { unsafe isSame(name, $1) ? $0 : nil }
            if let found {
                unsafe number.pointee = found
                return
            }
        }
        guard isSet else {
            throw Failure(.invalid, "\(set) is no set of names; take FLOORBUS_NAMES_*")
        }
        throw Failure(.notFound, "none of the set's names; they are spelt to the letter")
    }
}

/// Byte by byte: `elementsEqual` takes 2 KB.
private func isSame(_ name: [UInt8], _ other: UnsafeBufferPointer<UInt8>) -> Bool {
    guard name.count == other.count else { return false }
    for place in name.indices where unsafe name[place] != other[place] { return false }
    return true
}
