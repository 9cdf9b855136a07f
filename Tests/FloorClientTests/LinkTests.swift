import FloorClient
import FloorEvents
import FloorWire
import Testing

@Suite("A client's link")
struct LinkTests {
    private func linked(random: UInt64 = 0) throws -> (Desk, MailboxID) {
        let desk = Desk(random: random)
        let mailbox = try desk.core.openMailbox()
        desk.connect()
        desk.take(mailbox)
        desk.lines.removeAll()
        return (desk, mailbox)
    }

    @Test("A hub that does not answer HELLO in five seconds is left")
    func noWelcome() throws {
        let desk = Desk()
        let mailbox = try desk.core.openMailbox()
        desk.step(.start)
        desk.step(.linkUp(attempt: 1))
        #expect(desk.nextDeadline == desk.now.boot + Limits.helloTimeoutMicroseconds)
        desk.pass(4999)
        #expect(!desk.lines.contains("> close 1"))
        desk.pass(1)
        #expect(desk.lines.contains("> close 1"))
        #expect(desk.take(mailbox) == ["down timedOut"])
    }

    @Test("The wait before a new attempt doubles up to its bound, with full jitter")
    func backoff() throws {
        let desk = Desk(random: 3_999_999)
        desk.step(.start)
        var waits: [Int64] = []
        for _ in 0..<6 {
            desk.step(.linkDown(attempt: desk.attempt, .broken))
            waits.append(desk.nextDeadline - desk.now.boot)
            let before = desk.attempt
            while desk.attempt == before { desk.pass(10) }
        }
        // 3,999,999 mod (bound + 1) for bounds of 250, 500, 1000, 2000, 2000, 2000 ms.
        #expect(waits == [249_984, 499_992, 999_996, 1_999_998, 1_999_998, 1_999_998])
    }

    @Test("A refusal's time is honoured; one for good is told and tried again slowly")
    func refused() throws {
        let desk = Desk()
        let mailbox = try desk.core.openMailbox()
        desk.step(.start)
        desk.step(.linkUp(attempt: 1))
        desk.session = 0
        let busy = Refusal(.limit, "full", retryAfterMilliseconds: 5000)
        desk.hub(.reject) { busy.append(to: &$0) }
        #expect(desk.nextDeadline == desk.now.boot + 5_000_000)
        #expect(desk.take(mailbox) == ["down limit"])
        desk.pass(5000)
        desk.step(.linkUp(attempt: 2))
        desk.sequence = 0
        let denied = Refusal(.denied, "no")
        desk.hub(.reject) { denied.append(to: &$0) }
        #expect(desk.nextDeadline == desk.now.boot + 15_000_000)
        #expect(desk.take(mailbox) == ["down denied"])
    }

    @Test("A client that was taken over backs off and does not steal back")
    func fenced() throws {
        let (desk, mailbox) = try linked()
        let end = Refusal(.fenced, "the client has connected again")
        desk.hub(.goAway) { end.append(to: &$0) }
        #expect(desk.nextDeadline == desk.now.boot + 2_000_000)
        #expect(desk.take(mailbox) == ["down fenced"])
    }

    @Test("A hub that forgot the session is greeted again at once")
    func forgotten() throws {
        let (desk, mailbox) = try linked()
        desk.session = 0
        let end = Refusal(.fenced, "no such session; send HELLO on a new link")
        desk.hub(.goAway) { end.append(to: &$0) }
        #expect(desk.nextDeadline == desk.now.boot)
        #expect(desk.take(mailbox) == ["down offline"])
    }

    @Test("Three heartbeats of silence end the link; any message is a sign of life")
    func silence() throws {
        let (desk, mailbox) = try linked()
        for _ in 0..<4 {
            desk.pass(1000)
            desk.acknowledge(0)
        }
        #expect(desk.isLinked)
        desk.pass(1000)
        desk.pass(1000)
        #expect(desk.isLinked)
        desk.pass(1000)
        #expect(!desk.isLinked)
        #expect(desk.take(mailbox) == ["down timedOut"])
    }

    @Test("A missing message is noticed at the next one, and the link resumes (R6, R7)")
    func missing() throws {
        let (desk, _) = try linked()
        desk.sequence += 1
        desk.pong(stable: .zero)
        #expect(!desk.isLinked)
        #expect(desk.statistics.faults == 1)
    }

    @Test("A message of another session ends the link; one of an earlier attempt is nothing")
    func strangers() throws {
        let (desk, _) = try linked()
        desk.step(.message(attempt: desk.attempt - 1, [1, 2, 3]))
        #expect(desk.isLinked)
        desk.session += 1
        desk.pong(stable: .zero)
        #expect(!desk.isLinked)
    }

    @Test("Cut, flipped and lengthened messages never trap")
    func hostile() throws {
        var seed: UInt64 = 42
        func random(_ bound: Int) -> Int {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((seed >> 33) % UInt64(bound))
        }
        for round in 0..<2000 {
            let desk = Desk()
            desk.isLogging = false
            let mailbox = try desk.core.openMailbox()
            let all = try desk.core.subscribe(KeyFilter("+/"), mailbox: mailbox)
            _ = try desk.publish("agent/bj/sales/1/", "a", results: mailbox)
            desk.connect()
            desk.turn()
            desk.accept(all)
            _ = try desk.core.get(KeyFilter("+/"), mailbox: mailbox)
            desk.turn()
            var out: [UInt8] = []
            let type = FrameType.allCases[random(FrameType.allCases.count)]
            let start = FrameWriter.begin(
                FrameHeader(
                    type,
                    session: desk.session,
                    sequence: desk.sequence + 1,
                    argument: UInt64(random(3)) &* .max
                ),
                in: &out
            )
            switch round % 4 {
            case 0: out.append(contentsOf: record("agent/bj/sales/1/", "a", 1))
            case 1: Results(runs: [ResultRun(1, .ok), ResultRun(2, .limit)]).append(to: &out)
            case 2: SnapshotMark(1, full: true, revision: rev(1)).append(to: &out)
            default: for _ in 0..<random(80) { out.append(UInt8(random(256))) }
            }
            FrameWriter.end(start, in: &out)
            for _ in 0..<random(4) where out.count > FrameHeader.size {
                let at = FrameHeader.size + random(out.count - FrameHeader.size)
                out[at] = UInt8(random(256))
            }
            desk.step(.message(attempt: 1, out))
            desk.take(mailbox)
            desk.pass(1000)
        }
    }

    @Test("The hub's clock is known within half of the best round trip")
    func clock() throws {
        let (desk, _) = try linked()
        #expect(desk.hubTime == nil)
        desk.now.boot += 10_000
        desk.now.wall += 10_000
        desk.pong(stable: .zero)
        let first = try #require(desk.hubTime)
        #expect(first.error == 5001)
        #expect(abs(first.time - desk.now.wall) <= first.error)
        var absurd = Pong(clientTime: 0, request: 2)
        absurd.received = .min
        absurd.sent = .max
        desk.pass(1000)
        desk.hub(.pong) { absurd.append(to: &$0) }
        #expect(desk.hubTime?.error == 5001)
        #expect(desk.statistics.roundTrip == 10_000)
    }

    @Test("A reader that does not read is told of the link once, with the worst that happened")
    func linkConflates() throws {
        let (desk, mailbox) = try linked()
        desk.loseLink()
        desk.connect(epoch: 2)
        desk.loseLink()
        desk.connect(epoch: 2)
        #expect(desk.take(mailbox) == ["up epoch 2 resynced"])
        desk.step(.linkDown(attempt: desk.attempt, .broken))
        #expect(desk.take(mailbox) == ["down offline"])
        let late = try desk.core.openMailbox()
        #expect(desk.take(late) == ["down offline"])
    }

    @Test("Options out of bounds are refused")
    func options() {
        var options = ClientOptions(
            principal: String(repeating: "x", count: 65),
            application: ""
        )
        #expect(throws: FloorStatus.tooBig) {
            _ = try ClientCore(
                options,
                producer: Desk.producer,
                incarnation: 1,
                randomWord: { 0 }
            )
        }
        options.principal = "ann"
        options.creditBytes = 1
        #expect(throws: FloorStatus.invalid) {
            _ = try ClientCore(
                options,
                producer: Desk.producer,
                incarnation: 1,
                randomWord: { 0 }
            )
        }
    }
}
