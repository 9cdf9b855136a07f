import FloorImport
import Testing

@Suite("A call step as text")
struct CallStepTests {
    private static let everyStep: [CallStep.Step] = [
        .enqueued, .answered(waitSeconds: 3), .answeredAtOnce, .abandoned(waitSeconds: 0),
        .timedOut(waitSeconds: 15), .phantom(waitSeconds: 1), .exitedOther(waitSeconds: 2),
        .leftBeforeQueue, .ringNoAnswer(ringMilliseconds: 7_000), .talkEnded(talkSeconds: 61),
        .answered(waitSeconds: nil), .timedOut(waitSeconds: nil), .talkEnded(talkSeconds: nil),
        .ringNoAnswer(ringMilliseconds: nil),
    ]

    @Test("Every step comes back from its text as it was", arguments: everyStep)
    func roundTrip(step: CallStep.Step) throws {
        for agent in [nil, "Erin O'Shea", "Grażyna Wójcik"] {
            let call = CallStep(
                timestampSeconds: 1_795_307_963,
                callID: "floor1-1.4",
                queue: "Rück fragen",
                agent: agent,
                step: step
            )
            #expect(try CallStep(parsing: call.encode()) == call)
        }
    }

    @Test("The text is six fields with tabs between")
    func form() {
        let call = CallStep(
            timestampSeconds: 12,
            callID: "a/1",
            queue: "PS",
            step: .abandoned(waitSeconds: 153)
        )
        #expect(call.encode() == "12\tabandoned\ta/1\tPS\t\t153")
        let joined = CallStep(timestampSeconds: 12, callID: "a/1", queue: "PS", step: .enqueued)
        #expect(joined.encode() == "12\tenqueued\ta/1\tPS\t\t")
    }

    @Test("The widest step that a script can give fits the limit and comes back")
    func widest() throws {
        let call = CallStep(
            timestampSeconds: ImportLimits.latestTimeSeconds,
            callID: String(repeating: "c", count: ImportLimits.callIDBytes),
            queue: String(repeating: "q", count: ImportLimits.nameBytes),
            agent: String(repeating: "a", count: ImportLimits.nameBytes),
            step: .ringNoAnswer(ringMilliseconds: ImportLimits.durationSeconds * 1_000)
        )
        #expect(call.encode().utf8.count <= ImportLimits.callStepBytes)
        #expect(try CallStep(parsing: call.encode()) == call)
    }

    @Test(
        "A text that is no step is refused with the field's name",
        arguments: [
            ("", nil), ("1\tenqueued\tc\tq\t", nil), ("1\tenqueued\tc\tq\t\t\t", nil),
            ("-1\tenqueued\tc\tq\t\t", "time"), ("+1\tenqueued\tc\tq\t\t", "time"),
            ("253402300800\tenqueued\tc\tq\t\t", "time"), ("1\tjoined\tc\tq\t\t", "step"),
            ("1\tenqueued\t\tq\t\t", "callID"), ("1\tenqueued\tc\t\t\t", "queue"),
            ("1\tenqueued\tc\tq\n\t\t", "queue"), ("1\tenqueued\tc\tq\t\t0", "number"),
            ("1\tanswered\tc\tq\ta\t-1", "number"),
            ("1\tanswered\tc\tq\ta\t9999999999999999999999", "number"),
            ("1\tanswered\tc\tq\t\u{7F}\t1", "agent"),
        ] as [(String, String?)]
    )
    func refused(text: String, field: String?) throws {
        let error = try #require(throws: ImportError.self) { try CallStep(parsing: text) }
        #expect(error.field == field)
        #expect(error.file == "call step")
    }

    @Test("An error shows at most 80 characters of the text and no control character")
    func errorText() throws {
        let value = "\u{1B}[2J" + String(repeating: "x", count: 200)
        let error = try #require(throws: ImportError.self) {
            try CallStep(parsing: "1\t\(value)\tc\tq\t\t")
        }
        #expect(error.value == "?[2J" + String(repeating: "x", count: 76))
        #expect(error.description.hasPrefix("call step: the field \"step\" is \"?[2Jxxx"))
    }
}
