import FloorBusTestKit
import FloorEvents
import FloorHub
import FloorWire
import Testing

/// Whatever arrives, the hub says why and nobody else notices (issue 2, "Bad input").
@Suite struct BadInputTests {
    private static func frame(
        _ type: FrameType,
        session: UInt32,
        sequence: UInt64 = 1,
        _ body: [UInt8] = []
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        let start = FrameWriter.begin(
            FrameHeader(type, session: session, sequence: sequence),
            in: &bytes
        )
        bytes += body
        FrameWriter.end(start, in: &bytes)
        return bytes
    }

    @Test func aMessageThatIsNoneEndsThatSessionAndNoOther() {
        let good = Self.frame(.ping, session: 0, Array(repeating: 0, count: 8))
        var badMagic = good
        badMagic[0] = 0
        var badVersion = good
        badVersion[4] = 2
        var badType = good
        badType[5] = 0x7F
        var badLength = good
        badLength[12] = 9
        let cases: [[UInt8]] = [
            [], [1], Array(good.prefix(31)), badMagic, badVersion, badType, badLength,
            Array(good.dropLast()), good + [0],
            Self.frame(.welcome, session: 0), Self.frame(.deliver, session: 0),
            Array(repeating: 0x46, count: Limits.frameBytes + 1),
        ]
        let hub = HubHarness()
        let bo = hub.join("bo")
        for bytes in cases {
            let ana = hub.join("ana")
            ana.send(raw: bytes)
            hub.turn()
            #expect(ana.takeRefusal()?.status == .protocolError)
            ana.ping()
            hub.turn()
            #expect(ana.takeRefusal()?.status == .fenced)
        }
        #expect(hub.hub.statistics.malformed == UInt64(cases.count))
        #expect(hub.hub.statistics.fenced == UInt64(cases.count))
        bo.ping()
        hub.turn()
        #expect(bo.take().map { $0.header.type } == [.pong])
        #expect(hub.violations == [])
    }

    @Test(arguments: [
        FrameType.subscribe, .unsubscribe, .ping, .get, .replay,
    ])
    func aBodyThatIsTooShortEndsTheSession(_ type: FrameType) {
        let hub = HubHarness()
        let ana = hub.join("ana")
        ana.send(raw: Self.frame(type, session: ana.session, [1, 2, 3]))
        hub.turn()
        #expect(ana.takeRefusal()?.status == .protocolError)
        #expect(hub.hub.statistics.sessions == 0)
    }

    @Test func messagesBesideASessionAreTurnedAway() {
        let hub = HubHarness()
        let ana = hub.client("ana")
        ana.ping()
        hub.turn()
        #expect(ana.takeRefusal()?.status == .fenced)
        #expect(hub.hub.statistics.fenced == 0)
        ana.hello()
        ana.send(raw: Self.frame(.bye, session: ana.session ^ 1))
        hub.turn()
        #expect(ana.takeRefusal()?.status == .fenced)
        #expect(hub.hub.statistics.sessions == 0)
    }

    @Test func aSecondHelloOrASecondFrameEndsTheSession() {
        let hub = HubHarness()
        let ana = hub.join("ana")
        ana.hello()
        #expect(ana.takeRefusal()?.sentence == "a link says HELLO once")
        let bo = hub.join("bo")
        hub.step(.malformed(bo.link))
        hub.turn()
        #expect(bo.takeRefusal()?.status == .protocolError)
        let carl = hub.client("carl")
        carl.send(raw: Self.frame(.hello, session: 0, Array(repeating: 0, count: 50)))
        hub.turn()
        #expect(carl.takeRefusal()?.status == .protocolError)
        #expect(hub.hub.statistics.sessions == 0)
    }

    @Test func aMalformedPublishIsRefusedWholeAndTheSessionGoesOn() {
        let hub = HubHarness()
        let ana = hub.join("ana")
        var body: [UInt8] = []
        let payload: [UInt8] = [1, 2, 3]
        let start = RecordBatch.begin(lead: 0, in: &body)
        for n in 1...2 {
            RecordWriter.append(
                RecordHeader(.custom, .put),
                key: Array(key(n).utf8).span,
                payload: payload.span,
                to: &body
            )
        }
        RecordBatch.finish(start, lead: 0, count: 2, in: &body)
        var wrongCount = body
        wrongCount[8] = 3
        for bad in [wrongCount, Array(body.dropLast(8)), Array(body.prefix(7)), body + [0]] {
            ana.send(raw: Self.frame(.publish, session: ana.session, sequence: 1, bad))
            hub.turn()
            let refusal = ana.takeRefusal()
            #expect(refusal?.status == .protocolError)
            #expect(refusal?.sequence == 1)
        }
        #expect(hub.hub.statistics.keys == 1)
        ana.send(raw: Self.frame(.publish, session: ana.session, sequence: 1, body))
        hub.turn()
        #expect(ana.takeStatuses() == [.ok])
    }

    @Test func numbersAtTheEndOfTheirRangeDoNothing() {
        let hub = HubHarness()
        let ana = hub.join("ana")
        ana.publish([.put(key(1), "a")], first: 0)
        ana.publish([.put(key(1), "a")], first: .max)
        ana.publish([], first: 1)
        ana.send(FrameHeader(.credit, session: ana.session, argument: .max)) { _ in }
        ana.subscribe(
            1,
            "+/",
            state: Revision(rawValue: .max),
            event: Revision(rawValue: .max)
        )
        ana.ask(.get, "custom/", cursor: .max, maximumBytes: .max)
        ana.ask(.replay, "event/", cursor: .max, maximumBytes: .max, from: .min, to: .max)
        hub.turn()
        #expect(hub.hub.statistics.sessions == 1)
        #expect(hub.hub.statistics.recordsIn == 0)
    }

    @Test func aHundredThousandRandomFramesNeverTrap() {
        let hub = HubHarness(seed: 99)
        hub.transcript.isRecording = false
        hub.journal.maximumRecords = 100
        let words = SeededWords(seed: 4711)
        let good = hub.join("good")
        good.subscribe(1, "+/")
        let hostile = (0..<4).map { hub.client("h\($0)") }
        let types = FrameType.allCases
        for round in 0..<100_000 {
            let client = hostile[words.next(below: hostile.count)]
            if client.session == 0 {
                client.reconnect()
                client.hello { hello in
                    hello.firstUnacknowledged = words.next() >> UInt64(words.next(below: 64))
                }
            }
            switch words.next(below: 8) {
            case 0:
                client.subscribe(UInt32(words.next(below: 9)), "+/", event: Revision(rawValue: 1))
            case 1:
                client.publish([.event(eventKey(1), "e"), .put(key(words.next(below: 9)), "x")])
            default: client.send(raw: Self.randomFrame(words, types, client.session))
            }
            if round % 10 == 0 { hub.turn() }
            if round % 1000 == 0 {
                good.ping()
                good.grant(1 << 20)
                hub.advance(milliseconds: 20)
                _ = good.take()
            }
            _ = client.take()
        }
        good.ping()
        hub.turn()
        #expect(good.take().contains { $0.header.type == .pong })
        #expect(hub.violations.filter { $0.hasPrefix("good") } == [])
    }

    /// A frame whose header is mostly right and whose body is mostly not.
    private static func randomFrame(
        _ words: SeededWords,
        _ types: [FrameType],
        _ session: UInt32
    ) -> [UInt8] {
        let type = types[words.next(below: types.count)]
        var body: [UInt8] = []
        switch words.next(below: 4) {
        case 0: Request(filter: Array("custom/".utf8)).append(to: &body)
        case 1: Subscribe(1, filter: Array("event/bj/".utf8)).append(to: &body)
        case 2:
            let start = RecordBatch.begin(lead: 0, in: &body)
            let none: [UInt8] = []
            var header = RecordHeader(.custom, .put)
            header.kindCode = UInt8(words.next(below: 12))
            header.operationCode = UInt8(words.next(below: 5))
            let key = Array(
                ["custom/a/b/c/", "event/a/b/c/", "agent/a/"][words.next(below: 3)].utf8
            )
            RecordWriter.append(header, key: key.span, payload: none.span, to: &body)
            RecordBatch.finish(start, lead: 0, count: 1, in: &body)
        default: for _ in 0..<words.next(below: 64) { body.append(UInt8(words.next(below: 256))) }
        }
        for _ in 0..<words.next(below: 3) where !body.isEmpty {
            body[words.next(below: body.count)] = UInt8(words.next(below: 256))
        }
        let number = words.next() >> UInt64(words.next(below: 64))
        var bytes = frame(type, session: session, sequence: number, body)
        bytes[24 + words.next(below: 8)] = UInt8(words.next(below: 256))
        if words.next(below: 20) == 0 { bytes[words.next(below: bytes.count)] ^= 0xFF }
        return bytes
    }
}
