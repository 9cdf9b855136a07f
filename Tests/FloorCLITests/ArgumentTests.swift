import FloorBus
import FloorText
import Testing

@testable import FloorCLI

/// From words to values and back, without a process.
@Suite("Words and values")
struct ArgumentTests {
    @Test("A revision is EPOCH.COUNTER or its number")
    func revisions() throws {
        let revision = Revision(epoch: 3, counter: 42)
        #expect(revision.text == "3.42")
        #expect(try parseRevision("3.42") == revision)
        #expect(try parseRevision(String(revision.rawValue)) == revision)
        for wrong in ["", "3", "3.", ".42", "3.42.1", "-3.42", "16777216.1", "1.1099511627776"]
        where wrong != "3" {
            #expect(throws: (any Error).self, "\(wrong)") { try parseRevision(wrong) }
        }
    }

    @Test("A moment is microseconds or ISO 8601, never before 1970")
    func moments() throws {
        #expect(try parseMoment("1772355600000000") == 1_772_355_600_000_000)
        #expect(try parseMoment("2026-03-01T09:00:00Z") == 1_772_355_600_000_000)
        #expect(try parseMoment("2026-03-01T09:00:00.250Z") == 1_772_355_600_250_000)
        for wrong in ["", "-1", "1969-12-31T23:59:59Z", "2026-03-01", "noon"] {
            #expect(throws: (any Error).self, "\(wrong)") { try parseMoment(wrong) }
        }
        #expect(Output.time(1_772_355_600_250_000) == "2026-03-01T09:00:00.250Z")
    }

    @Test("A figure has two to six parts, and each wrong one is named")
    func figures() throws {
        let whole = try parseFigure("sl=870:permille:SL.answered:15min:37:20000")
        #expect(
            whole
                == Figure(
                    "sl",
                    870,
                    .permille,
                    formula: .serviceLevelAnswered,
                    window: .rolling15Minutes,
                    n: 37,
                    thresholdMilliseconds: 20_000
                )
        )
        #expect(try parseFigure("x=-3:count") == Figure("x", -3, .count))
        for wrong in ["", "x", "x=1", "=1:count", "x=1:count:mean:now:-1", "x=1:a", "x=1:ms:b"] {
            #expect(throws: (any Error).self, "\(wrong)") { try parseFigure(wrong) }
        }
    }

    @Test("Hexadecimal digits come in pairs and have no sign")
    func hexadecimal() {
        #expect(ContentOptions.bytes(hex: "00fFA1") == [0, 255, 161])
        #expect(ContentOptions.bytes(hex: "") == [])
        for wrong in ["0", "0x", "+1", "-1", "zz", "é"] {
            #expect(ContentOptions.bytes(hex: wrong) == nil, "\(wrong)")
        }
    }

    @Test("Speeds are max or a factor within reason")
    func speeds() throws {
        #expect(try parseSpeed("max") == .max)
        #expect(try parseSpeed("2.5") == .times(2.5))
        for wrong in ["", "0", "-1", "nan", "inf", "1e9", "fast"] {
            #expect(throws: (any Error).self, "\(wrong)") { try parseSpeed(wrong) }
        }
    }

    @Test("A table's columns are as wide as their widest cell, accents and all")
    func tables() {
        let lines = Output.table(["agent", "n"], [["Zoë", "7"], ["Bo Lindqvist", "1234"]])
        #expect(lines == ["agent            n", "Zoë              7", "Bo Lindqvist  1234"])
    }
}
