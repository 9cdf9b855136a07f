import FloorBus
import FloorWire
import Foundation
import Testing

/// include/floorbus.h against the vocabulary: the header is written by hand, the numbers are
/// FloorEvents'.
struct HeaderTests {
    private static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
    }

    /// The header's constants with this prefix.
    private static func numbers(_ prefix: String) throws -> [String: Int] {
        var numbers: [String: Int] = [:]
        for match in try text("include/floorbus.h").matches(of: /FLOORBUS_([A-Z_0-9]+) = (-?\d+)/)
        where match.1.hasPrefix(prefix) {
            numbers[String(match.1.dropFirst(prefix.count))] = Int(match.2)
        }
        return numbers
    }

    /// `ringNoAnswer` → `RING_NO_ANSWER`.
    private static func constant(_ name: String) -> String {
        name.reduce(into: "") { result, letter in
            if letter.isUppercase { result += "_" }
            result += letter.uppercased()
        }
    }

    private func expectSame<Name: FloorName>(
        _ type: Name.Type,
        _ prefix: String,
        without longer: [String] = []
    ) throws {
        let names = Name.allCases.map { (Self.constant($0.name), Int($0.rawValue)) }
        let numbers = try Self.numbers(prefix).filter { name in
            !longer.contains { name.key.hasPrefix($0) }
        }
        #expect(numbers == Dictionary(uniqueKeysWithValues: names))
    }

    @Test("The header's enumerations have the vocabulary's names and numbers, all of them")
    func enumerations() throws {
        try expectSame(AgentSession.self, "SESSION_")
        try expectSame(AgentActivity.self, "STATE_")
        try expectSame(CallPhase.self, "CALL_")
        try expectSame(StateCause.self, "CAUSE_")
        try expectSame(ReasonClass.self, "REASON_")
        try expectSame(Freshness.self, "FRESH_")
        try expectSame(RecordOperation.self, "OP_")
        try expectSame(FlagStatus.self, "FLAG_", without: ["KIND_", "CAUSE_"])
        try expectSame(FlagKind.self, "FLAG_KIND_")
        try expectSame(FlagCause.self, "FLAG_CAUSE_")
        try expectSame(SupportChannel.self, "CHANNEL_")
        try expectSame(FlagOutcome.self, "OUTCOME_")
        try expectSame(FlagVerdict.self, "VERDICT_")
        try expectSame(SupporterState.self, "SUPPORTER_")
        try expectSame(NoteKind.self, "NOTE_", without: ["STATUS_"])
        try expectSame(NoteStatus.self, "NOTE_STATUS_")
        try expectSame(NotePriority.self, "PRIORITY_")
        try expectSame(AlertSeverity.self, "SEVERITY_")
        let kinds = try Self.numbers("KIND_").filter { $0.value < 64 }
        let names = RecordKind.allCases.map { (Self.constant($0.name), Int($0.rawValue)) }
        #expect(kinds == Dictionary(uniqueKeysWithValues: names))
    }

    @Test("The header's figures have the vocabulary's numbers, under names of their own")
    func figures() throws {
        func numbers<Name: FloorName>(_ type: Name.Type) -> [Int] {
            Name.allCases.map { Int($0.rawValue) }.sorted()
        }
        #expect(try Self.numbers("UNIT_").values.sorted() == numbers(FigureUnit.self))
        #expect(try Self.numbers("FORMULA_").values.sorted() == numbers(Formula.self))
        #expect(try Self.numbers("WINDOW_").values.sorted() == numbers(FigureWindow.self))
        let named = try Self.numbers("")
        #expect(named["UNIT_MILLISECONDS"] == Int(FigureUnit.milliseconds.rawValue))
        #expect(named["UNIT_HUNDREDTHS"] == Int(FigureUnit.hundredths.rawValue))
        #expect(named["FORMULA_PERCENTILE_90"] == Int(Formula.percentile90.rawValue))
        #expect(
            named["FORMULA_SL_OFFERED_LESS_SHORT"]
                == Int(Formula.serviceLevelOfferedLessShort.rawValue)
        )
        #expect(named["WINDOW_15_MINUTES"] == Int(FigureWindow.rolling15Minutes.rawValue))
        #expect(named["WINDOW_SINCE_START"] == Int(FigureWindow.sinceStart.rawValue))
        let roles = Roles.each.map { ("ROLE_" + $0.name.uppercased(), Int($0.rawValue)) }
        for (name, number) in roles { #expect(named[name] == number) }
        #expect(named["SCHEMA_FLAG"] == Int(PayloadSchema.flag))
        #expect(named["SCHEMA_NOTE"] == Int(PayloadSchema.note))
    }

    @Test("The header's bits are the vocabulary's and the wire's")
    func bits() throws {
        let overlays: [String: CallOverlays] = [
            "HELP_SEEKING": .helpSeeking, "MONITORED": .monitored, "WHISPERED": .whispered,
            "BARGED": .barged, "MUTED": .muted, "RECORDING_PAUSED": .recordingPaused,
        ]
        #expect(try Self.numbers("OVERLAY_") == overlays.mapValues { Int($0.rawValue) })
        let flags: [String: RecordFlags] = [
            "SNAPSHOT": .snapshot, "COALESCED": .coalesced, "REPLAY": .replay, "WILL": .will,
            "SUSPECT": .suspect, "STALE": .stale, "UNLEASED": .unleased,
        ]
        #expect(try Self.numbers("EVF_") == flags.mapValues { Int($0.rawValue) })
    }

    @Test("The header's version is the vocabulary's")
    func version() throws {
        let header = try Self.text("include/floorbus.h")
        #expect(header.contains("#define FLOORBUS_VERSION_MAJOR \(FloorVersion.major)\n"))
        #expect(header.contains("#define FLOORBUS_VERSION_MINOR \(FloorVersion.minor)\n"))
        #expect(header.contains("#define FLOORBUS_VERSION_PATCH \(FloorVersion.patch)\n"))
        #expect(FloorVersion.text(of: 1 << 16 | 2 << 8 | 3) == "1.2.3")
        #expect(FloorVersion.text == FloorVersion.text(of: FloorVersion.number))
    }

    @Test("The header's statuses are FloorStatus's, all of them")
    func statuses() throws {
        // C programmers' short names, where they differ from Swift's.
        let short: [FloorStatus: String] = [
            .noMemory: "NOMEM", .timedOut: "TIMEOUT", .wrongState: "STATE", .badHandle: "HANDLE",
            .wrongABI: "ABI", .notAuthenticated: "AUTH", .notFound: "NOTFOUND",
            .tooBig: "TOOBIG", .badKey: "BADKEY", .protocolError: "PROTO", .truncated: "TRUNC",
        ]
        var names: [String: Int] = [:]
        for status in FloorStatus.allCases where status != .ok {
            names[short[status] ?? Self.constant("\(status)")] = Int(status.rawValue)
        }
        #expect(try Self.numbers("E_") == names)
        #expect(try Self.numbers("OK") == ["": 0])
    }

    @Test("The C probes use every declaration and macro of the header")
    func everythingIsUsed() throws {
        let header = try Self.text("include/floorbus.h").replacing(/\/\*[\s\S]*?\*\//, with: "")
        var probes = ""
        let folder = Self.root.appendingPathComponent("Tests/CHostProbe").path
        for probe in try FileManager.default.contentsOfDirectory(atPath: folder)
        where probe.hasSuffix(".c") || probe.hasSuffix(".h") {
            probes += try Self.text("Tests/CHostProbe/" + probe)
        }
        let used = Set(probes.matches(of: /\w+/).map { String($0.0) })
        let declared = Set(
            header.matches(of: /(FLOORBUS_\w+|floorbus_\w+)/).map { String($0.1) }
                .filter { !$0.hasSuffix("_s") && $0 != "FLOORBUS_H_INCLUDED" }
        )
        #expect(declared.count > 150)
        #expect(declared.subtracting(used).sorted() == [])
    }
}
