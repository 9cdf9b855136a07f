import FloorEvents
import FloorWire
import Testing

@Suite("Rules of the wire") struct RuleTests {
    @Test("a message of 65,536 bytes is read and one of 65,537 is refused before its body")
    func oversize() throws {
        var bytes = Message(FrameHeader(.credit, session: 1), .empty).bytes
        bytes += Array(repeating: 0, count: Limits.frameBytes - bytes.count)
        bytes.overwrite(UInt32(bytes.count - FrameHeader.size), at: 12)
        #expect(try FrameHeader(bytes.span).type == .credit)
        bytes.append(0)
        #expect(throws: WireError.tooLong(limit: Limits.frameBytes, got: bytes.count)) {
            try FrameHeader(bytes.span)
        }
    }

    @Test("every number from 0 to 255 is a message type exactly when the table has it")
    func messageTypes() throws {
        let known = Set(FrameType.allCases.map(\.rawValue))
        #expect(known == Set(0x01...0x09).union(0x81...0x8D))
        var bytes = Message(FrameHeader(.credit, session: 1), .empty).bytes
        for type in UInt8.min...UInt8.max {
            bytes[5] = type
            if known.contains(type) {
                #expect(try FrameHeader(bytes.span).type.isUplink == (type < 0x80))
            } else {
                #expect(throws: WireError.unknownType(type)) { try FrameHeader(bytes.span) }
            }
        }
    }

    @Test("a message's flags of a later version are carried and not refused")
    func laterFlags() throws {
        var header = FrameHeader(.credit, session: 1)
        header.flags = 0xBEEF
        #expect(try Message(bytes: Message(header, .empty).bytes).header.flags == 0xBEEF)
    }

    @Test("a record of the largest key and payload fits, in the middle of other bytes")
    func largestRecord() throws {
        let header = RecordHeader(.custom, .put)
        let key = String(repeating: "k", count: Limits.keyBytes)
        let record = SampleRecord(
            header,
            key,
            Array(repeating: 7, count: Limits.payloadBytes)
        )
        var bytes: [UInt8] = [9, 9, 9]
        record.append(to: &bytes)
        #expect(bytes.count == 3 + RecordWriter.size(keyBytes: 200, payloadBytes: 16_384))
        bytes.append(9)
        var next = 0
        #expect(try SampleRecord(bytes.span, at: 3, next: &next) == record)
        #expect(next == bytes.count - 1)
    }

    @Test("a record of a kind and operation this version does not know is still a record")
    func laterRecord() throws {
        var bytes = Samples.published.bytes
        bytes[4] = 200
        bytes[5] = 201
        let header = try RecordView(bytes.span, at: 0).header(bytes.span)
        #expect(header.kind == nil && header.operation == nil)
        #expect(header.kindCode == 200 && header.operationCode == 201)
    }

    @Test("restamping a copied record changes its flags and its count, nothing else")
    func restamp() throws {
        var bytes: [UInt8] = [1, 2, 3]
        Samples.delivered.append(to: &bytes)
        RecordWriter.restamp(&bytes, at: 3, adding: .snapshot, coalesced: 9)
        var expected = Samples.delivered
        expected.header.flags.insert(.snapshot)
        expected.header.coalesced = 9
        var next = 0
        #expect(try SampleRecord(bytes.span, at: 3, next: &next) == expected)
    }

    @Test("freshness: stale wins over suspect, no bit means live")
    func freshness() {
        #expect(RecordFlags([]).freshness == .live)
        #expect(RecordFlags.suspect.freshness == .suspect)
        #expect(RecordFlags([.suspect, .stale]).freshness == .stale)
        #expect(RecordFlags.fromPublisher == .unleased)
    }

    @Test("a long sentence is cut between characters and stays readable")
    func cutSentence() throws {
        for lead in 0..<4 {
            let sentence = String(repeating: "x", count: lead) + String(repeating: "休", count: 200)
            var bytes: [UInt8] = []
            Refusal(.limit, sentence).append(to: &bytes)
            let read = try Refusal(bytes.span)
            #expect(sentence.hasPrefix(read.sentence))
            #expect((254...256).contains(read.sentence.utf8.count))
        }
    }

    @Test("a long owner is cut between characters and stays readable")
    func cutOwner() throws {
        var run = ResultRun(1, .conflict)
        run.owner = String(repeating: "é", count: 32) + "é"
        var bytes: [UInt8] = []
        Results(runs: [run]).append(to: &bytes)
        #expect(try Results(bytes.span).runs[0].owner == String(repeating: "é", count: 32))
    }

    @Test("results of consecutive operations that came out alike become one run")
    func runs() {
        var run = ResultRun(5, .ok, revision: Samples.revision(10))
        run.count = 2
        #expect(
            joined(
                ResultRun(5, .ok, revision: Samples.revision(10)),
                ResultRun(6, .ok, revision: Samples.revision(11))
            ) == run
        )
        #expect(joined(run, ResultRun(8, .ok, revision: Samples.revision(12))) == nil)
        #expect(joined(run, ResultRun(7, .ok, revision: Samples.revision(13))) == nil)
        #expect(joined(run, ResultRun(7, .denied)) == nil)
        #expect(joined(run, ResultRun(7, .ok)) == nil)
        #expect([4, 5, 6, 7].map { run.contains($0) } == [false, true, true, false])
        let denied = ResultRun(1, .denied)
        #expect(joined(denied, ResultRun(2, .denied))?.count == 2)
        var held = ResultRun(2, .denied)
        held.owner = "anna"
        #expect(joined(denied, held) == nil)
        held.owner = ""
        held.claimGeneration = 1
        #expect(joined(denied, held) == nil)
        var full = ResultRun(1, .denied)
        full.count = .max
        #expect(joined(full, ResultRun(1 + UInt64(UInt32.max), .denied)) == nil)
    }

    private func joined(_ first: ResultRun, _ next: ResultRun) -> ResultRun? {
        var run = first
        return run.extend(by: next) ? run : nil
    }

    @Test("tags of a later version are skipped, whatever bytes they hold")
    func unknownTags() throws {
        var agent = Samples.bytes(Samples.busy)
        let unknown: [UInt8] = [0x34, 0x12, 3, 0, 0xFF, 0xFE, 0x00]
        agent.insert(contentsOf: unknown, at: 16)
        agent += unknown
        #expect(try AgentState(payload: agent.span) == Samples.busy)
        var queue = Samples.bytes(Samples.queue)
        queue.insert(contentsOf: unknown, at: 88)
        queue += [1, 0, 0, 0]
        #expect(try QueueLevel(payload: queue.span) == Samples.queue)
    }

    @Test("the last of two equal text tags counts, and an empty one clears it")
    func repeatedTags() throws {
        var agent = Samples.bytes(Samples.lunch)
        agent += [1, 0, 2, 0, 65, 66]
        #expect(try AgentState(payload: agent.span).reason == "AB")
        agent += [1, 0, 0, 0]
        #expect(try AgentState(payload: agent.span).reason == "")
    }

    @Test("enumeration values of a later version read as unknown or none")
    func unknownValues() throws {
        let agent: [UInt8] = Array(repeating: 200, count: 10) + [0, 200] + [1, 2, 3, 4]
        let state = try AgentState(payload: agent.span)
        #expect(state.session == .unknown && state.activity == .unknown && state.pending == nil)
        #expect(state.call == .none && state.cause == .unknown && state.reasonClass == .none)
        #expect(!state.deviceInService && state.overlays.rawValue == 200)
        var team: [UInt8] = Array(repeating: 0, count: 8) + [16, 0, 33, 0]
        team += Array(repeating: 200, count: 32) + [65]
        let figure = try #require(try TeamFigures(payload: team.span).figures.first)
        #expect(figure.unit == .unknown && figure.formula == .unknown)
        #expect(figure.window == .unknown && figure.name == "A")
    }

    @Test("a value over its limit is refused before a byte is written")
    func writingOverTheLimit() {
        var out: [UInt8] = [1]
        var state = AgentState(activity: .ready)
        state.reason = String(repeating: "é", count: 65)
        #expect(throws: FloorStatus.tooBig) { try state.append(to: &out) }
        state.reason = ""
        state.seat = String(repeating: "s", count: 65)
        #expect(throws: FloorStatus.tooBig) { try state.append(to: &out) }
        state.seat = ""
        state.customerStar = 6
        #expect(throws: FloorStatus.invalid) { try state.append(to: &out) }
        var level = QueueLevel()
        level.figures = Array(repeating: Samples.figures[0], count: 65)
        #expect(throws: FloorStatus.limit) { try level.append(to: &out) }
        for name in ["", String(repeating: "n", count: 33)] {
            let figures = [Samples.figures[0], Figure(name, 1, .count)]
            #expect(throws: FloorStatus.tooBig) { try TeamFigures(figures).append(to: &out) }
        }
        #expect(out == [1])
    }

    @Test("numbers are written lowest byte first, identities in their written order")
    func byteOrder() {
        var out: [UInt8] = []
        out.append(number: UInt32(0x0102_0304))
        out.append(id: FloorID(high: 0x1122_3344_5566_7788, low: 0x99AA_BBCC_DDEE_FF00))
        #expect(out.hex == "04030201112233445566778899aabbccddeeff00")
        #expect(out.span.floorID(4).text == "112233445566778899aabbccddeeff00")
        #expect(out.span.u16(0) == 0x0304 && out.span.u8(3) == 1)
        out.pad8(from: 1)
        #expect((out.count - 1) % 8 == 0)
        #expect([0, 1, 7, 8, 9].map(roundedUp8) == [0, 8, 8, 8, 16])
    }

    @Test("every error says in words what is wrong")
    func sentences() {
        let errors: [WireError] = [
            .tooShort(needed: 1, got: 0), .tooLong(limit: 1, got: 2), .badMagic, .badVersion(9),
            .unknownType(9), .lengthMismatch(stated: 1, got: 2), .badRecordLength(7),
            .payloadTooLong(9), .keyTooLong(9), .reservedNotZero,
            .countMismatch(stated: 1, got: 2), .badText, .badValue(field: "mode"),
        ]
        #expect(Set(errors.map(\.sentence)).count == errors.count)
    }
}
