import FloorEvents
import FloorWire

/// Bytes that every decoder has to refuse; most are one change away from a good vector.
enum BadBytes {
    private static func changed(_ bytes: [UInt8], _ at: Int, _ new: UInt8...) -> [UInt8] {
        var bytes = bytes
        bytes.replaceSubrange(at..<(at + new.count), with: new)
        return bytes
    }

    /// The message with its body cut or grown, its length field made to fit.
    private static func resized(_ bytes: [UInt8], by change: Int) -> [UInt8] {
        var bytes = change < 0 ? Array(bytes.dropLast(-change)) : bytes
        if change > 0 { bytes += Array(repeating: 0, count: change) }
        bytes.overwrite(UInt32(bytes.count - FrameHeader.size), at: 12)
        return bytes
    }

    private static func good(_ name: String) -> [UInt8] {
        for sample in Samples.frames where sample.name == name { return sample.value.bytes }
        preconditionFailure("no sample \(name)")
    }

    static let frames: [(name: String, bytes: [UInt8])] = {
        let published = good("PUB, the worked example")
        let hello = good("HELLO, first")
        let subscribe = good("SUBSCRIBE, everything")
        let welcome = good("WELCOME")
        let acknowledge = good("ACK")
        return [
            ("empty", []),
            ("31 bytes", Array(hello.prefix(31))),
            ("wrong magic", changed(hello, 3, 0x32)),
            ("version 2", changed(hello, 4, 2)),
            ("type 0", changed(hello, 5, 0)),
            ("type 0x7F", changed(hello, 5, 0x7F)),
            ("body_len one too small", changed(hello, 12, hello[12] - 1)),
            ("body_len larger than the message", changed(hello, 15, 0xFF)),
            ("one byte missing", Array(hello.dropLast())),
            ("HELLO: body too short", resized(Array(hello.prefix(100)), by: 0)),
            ("HELLO: version_min over version_max", changed(hello, 32, 2)),
            ("HELLO: reserved", changed(hello, 36, 1)),
            ("HELLO: principal_len 65", changed(hello, 136, 65)),
            ("HELLO: will_len without a will", changed(hello, 140, 8)),
            ("HELLO: principal not UTF-8", changed(hello, 144, 0xFF)),
            ("HELLO: padding not zero", changed(hello, hello.count - 1, 1)),
            ("SUBSCRIBE: filter_len too large", changed(subscribe, 36, 3)),
            ("SUBSCRIBE: unknown flag", changed(subscribe, 38, 2)),
            ("UNSUBSCRIBE: body too long", resized(good("UNSUBSCRIBE"), by: 8)),
            ("PUB: count 2, one record", changed(published, 40, 2)),
            ("PUB: count 0, one record", changed(published, 40, 0)),
            ("PUB: reserved", changed(published, 44, 1)),
            ("PUB: cut in the record", resized(published, by: -8)),
            ("PUB: rec_len 0", changed(published, 48, 0)),
            ("PUB: rec_len huge", changed(published, 48, 0xFF, 0xFF, 0xFF, 0xFF)),
            ("PUB: bytes behind the last record", resized(published, by: 8)),
            ("PING: body too short", resized(good("PING"), by: -1)),
            ("GET: reserved", changed(good("GET"), 64, 1)),
            ("GET: filter_len too small", changed(good("GET"), 32, 0)),
            ("WELCOME: session_id 0", changed(welcome, 52, 0, 0, 0, 0)),
            ("WELCOME: heartbeat 0", changed(welcome, 80, 0, 0, 0, 0)),
            ("WELCOME: body too long", resized(welcome, by: 1)),
            ("REJECT: unknown status", changed(good("REJECT of a PUB"), 32, 1, 0, 0, 0)),
            ("REJECT: sentence_len too large", changed(good("REJECT of a PUB"), 48, 0xFF)),
            ("ACK: run of count 0", changed(acknowledge, 56, 0)),
            ("ACK: run from 0", changed(acknowledge, 48, 0)),
            ("ACK: three runs stated, two there", changed(acknowledge, 44, 3)),
            ("ACK: one run stated, two there", changed(acknowledge, 44, 1)),
            ("ACK: 257 runs", changed(acknowledge, 44, 1, 1)),
            ("ACK: owner_len 65", changed(acknowledge, 108, 65)),
            ("ACK: padding not zero", changed(acknowledge, acknowledge.count - 1, 1)),
            ("SNAP_BEGIN: mode 3", changed(good("SNAP_BEGIN"), 36, 3)),
            ("GAP: body too short", resized(good("GAP"), by: -8)),
            ("REPLY_END: unknown status", changed(good("REPLY_END"), 40, 0x80)),
        ]
    }()

    static let records: [(name: String, bytes: [UInt8])] = {
        let record = Samples.published.bytes
        return [
            ("empty", []),
            ("79 bytes", Array(record.prefix(79))),
            ("rec_len not a multiple of 8", changed(record, 0, record[0] + 1)),
            ("rec_len one unit too large", changed(record, 0, record[0] + 8)),
            ("key_len 201", changed(record, 68, 201)),
            ("key_len 65535", changed(record, 68, 0xFF, 0xFF)),
            ("payload_len 16385", changed(record, 72, 1, 0x40)),
            ("payload_len 4294967295", changed(record, 72, 0xFF, 0xFF, 0xFF, 0xFF)),
            ("reserved", changed(record, 79, 1)),
            ("key padding not zero", changed(record, 80 + 20, 1)),
            ("payload padding not zero", changed(record, record.count - 1, 1)),
            ("cut", Array(record.dropLast(8))),
        ]
    }()

    static let payloads: [(name: String, kind: String, bytes: [UInt8])] = {
        let agent = Samples.bytes(Samples.lunch)
        let queue = Samples.bytes(Samples.queue)
        let flag = (try? SamplePayload.flag(Samples.flag).bytes()) ?? []
        let request = (try? SamplePayload.flagRequest(Samples.flagRequest).bytes()) ?? []
        return [
            ("empty agent", "agent", []),
            ("agent of 15 bytes", "agent", Array(agent.prefix(15))),
            ("six stars", "agent", changed(agent, 10, 6)),
            ("a TLV of three bytes", "agent", Array(agent.prefix(19))),
            ("a TLV over the end", "agent", changed(agent, 18, 6)),
            ("a reason that is not UTF-8", "agent", changed(agent, 20, 0xC0)),
            (
                "a reason of 129 bytes", "agent",
                agent.prefix(16) + [1, 0, 129, 0] + Array(repeating: 65, count: 129)
            ),
            (
                "a seat of 65 bytes", "agent",
                agent.prefix(16) + [3, 0, 65, 0] + Array(repeating: 65, count: 65)
            ),
            ("queue of 87 bytes", "queue", Array(queue.prefix(87))),
            ("a figure without a name", "queue", Array(queue.prefix(88)) + nameless),
            (
                "65 figures", "team",
                Array(repeating: 0, count: 8) + repeatElement(named, count: 65).joined()
            ),
            ("team of 7 bytes", "team", Array(repeating: 0, count: 7)),
            ("presence of 15 bytes", "presence", Array(repeating: 0, count: 15)),
            ("flag of 127 bytes", "flag", Array(flag.prefix(127))),
            ("a flag with six stars", "flag", changed(flag, 6, 6)),
            ("a flag rated six", "flag", changed(flag, 104, 6)),
            (
                "a flag whose owner is not UTF-8", "flag",
                Array(flag.prefix(128)) + [2, 0, 1, 0, 0xC0]
            ),
            (
                "a flag with nine viewers", "flag",
                Array(flag.prefix(128)) + repeatElement([25, 0, 1, 0, 65], count: 9).joined()
            ),
            ("flag request of 31 bytes", "flag_request", Array(request.prefix(31))),
            ("a flag request with six stars", "flag_request", changed(request, 7, 6)),
            ("a flag request that rates six", "flag_request", changed(request, 8, 6)),
            (
                "a flag request with a seat of 65 bytes", "flag_request",
                request.prefix(32) + [5, 0, 65, 0] + Array(repeating: 65, count: 65)
            ),
        ]
    }()

    private static let nameless: [UInt8] = [16, 0, 32, 0] + Array(repeating: 0, count: 32)
    private static let named: [UInt8] = [16, 0, 33, 0] + Array(repeating: 0, count: 32) + [65]
}
