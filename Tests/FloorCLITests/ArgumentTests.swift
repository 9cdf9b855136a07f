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

    @Test(
        "An impossible moment is refused with the reason",
        arguments: [
            ("2026-02-30", "01 to 28"), ("2024-02-30", "01 to 29"), ("2026-13-01", "months"),
            ("2026-03-01T25:00:00Z", "hours"), ("09:60", "minutes"), ("12:00:60", "seconds"),
            ("2026-03-01T09:00:00+19:00", "no zone"), ("1969-01-01", "before 1970"),
        ]
    )
    func impossibleMoments(text: String, reason: String) throws {
        let error = try #require(throws: MomentProblem.self) {
            var reader = MomentReader(text)
            _ = try reader.moment()
        }
        #expect(error.sentence.contains(reason), "\(error.sentence)")
        #expect(throws: (any Error).self) { try parsePast(text) }
    }

    @Test("Days and times of day are those of the zone, and are shown with its offset")
    func localMoments() throws {
        // 2026-03-01T20:30:00Z, which is 04:30 on 2 March in Shanghai.
        let now: Int64 = 1_772_397_000_000_000
        let shanghai = FloorZone(minutesEast: 480)
        func shown(_ text: String) throws -> String {
            let moment = try parsePast(text).resolved(now: now, beginning: now, zone: shanghai)
            return PastMoment.shown(moment, in: shanghai)
        }
        #expect(try shown("today") == "2026-03-02T00:00:00+08:00")
        #expect(try shown("yesterday") == "2026-03-01T00:00:00+08:00")
        #expect(try shown("09:00") == "2026-03-02T09:00:00+08:00")
        #expect(try shown("2026-03-02") == "2026-03-02T00:00:00+08:00")
        #expect(try shown("2026-03-02T09:15") == "2026-03-02T09:15:00+08:00")
        #expect(try shown("1w") == "2026-02-23T04:30:00+08:00")
        #expect(try parsePast("today").isLocal && !(try parsePast("1w").isLocal))
    }

    @Test("A moment is microseconds or ISO 8601, never before 1970")
    func moments() throws {
        #expect(try parseMoment("1772355600000000") == 1_772_355_600_000_000)
        #expect(try parseMoment("2026-03-01T09:00:00Z") == 1_772_355_600_000_000)
        #expect(try parseMoment("2026-03-01T09:00:00.250Z") == 1_772_355_600_250_000)
        #expect(try parseMoment("1772355600") == 1_772_355_600_000_000, "seconds, by their size")
        #expect(try parseMoment("2026-03-01T17:00:00+08:00") == 1_772_355_600_000_000)
        #expect(try parseMoment("2026-03-01 04:30-0430") == 1_772_355_600_000_000)
        #expect(try parseMoment("2026-03-01") == 1_772_323_200_000_000)
        for wrong in ["", "-1", "1969-12-31T23:59:59Z", "noon", "42", "123456789012"] {
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
