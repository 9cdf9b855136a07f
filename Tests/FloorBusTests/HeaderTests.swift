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

    /// What floorbus_name says of the set FLOORBUS_NAMES_`set`: its source, for the C library is
    /// not linked here (names.c reads it back from there).
    private static func names(_ set: Int) throws -> [Int: String] {
        let source = try text("Sources/FloorBusC/Names.swift")
        var names: [Int: String] = [:]
        for run in source.matches(of: /Run\(\s*(\d+),\s*"+\s*([\s\S]*?)"+([^)]*)\)/)
        where Int(run.1) == set {
            let first = run.3.firstMatch(of: /from: (-?\d+)/).flatMap { Int($0.1) } ?? 0
            let isBits = run.3.contains("isBits: true")
            let list = run.2.replacing(/\\\n\s*/, with: "").replacing("\\u{0}", with: "\\0")
            for (index, name) in list.split(separator: "\\0", omittingEmptySubsequences: false)
                .map({ $0.trimmingCharacters(in: .whitespacesAndNewlines) }).enumerated()
            where !name.isEmpty {
                let number = isBits ? 1 << index : first < 0 ? first - index : first + index
                names[number] = name
            }
        }
        return names
    }

    private func expectNames<Name: FloorName>(_ type: Name.Type, _ set: String) throws {
        let number = try #require(try Self.numbers("NAMES_")[set])
        let names = try Self.names(number).filter { set != "KIND" || $0.key < 64 }
        let own = Name.allCases.map { (Int($0.rawValue), $0.name) }
        #expect(names == Dictionary(uniqueKeysWithValues: own), "\(set)")
    }

    /// The header's constants with a prefix, named as the vocabulary would.
    private static func constants(_ prefix: String) throws -> [Int: String] {
        var names: [Int: String] = [:]
        for (name, number) in try numbers(prefix) {
            let words = name.lowercased().split(separator: "_")
            names[number] = words[0] + words.dropFirst().map(\.capitalized).joined()
        }
        return names
    }

    @Test("floorbus_name has the vocabulary's names, and of every enumeration of the header")
    func names() throws {
        try expectNames(RecordKind.self, "KIND")
        try expectNames(RecordOperation.self, "OP")
        try expectNames(Freshness.self, "FRESH")
        try expectNames(AgentSession.self, "SESSION")
        try expectNames(AgentActivity.self, "STATE")
        try expectNames(CallPhase.self, "CALL")
        try expectNames(StateCause.self, "CAUSE")
        try expectNames(ReasonClass.self, "REASON")
        try expectNames(FlagStatus.self, "FLAG")
        try expectNames(FlagKind.self, "FLAG_KIND")
        try expectNames(SupportChannel.self, "CHANNEL")
        try expectNames(FlagOutcome.self, "OUTCOME")
        try expectNames(FlagCause.self, "FLAG_CAUSE")
        try expectNames(FlagVerdict.self, "VERDICT")
        try expectNames(SupporterState.self, "SUPPORTER")
        try expectNames(NoteKind.self, "NOTE")
        try expectNames(NoteStatus.self, "NOTE_STATUS")
        try expectNames(NotePriority.self, "PRIORITY")
        try expectNames(AlertSeverity.self, "SEVERITY")
        try expectNames(FigureUnit.self, "UNIT")
        try expectNames(Formula.self, "FORMULA")
        try expectNames(FigureWindow.self, "WINDOW")
        try expectNames(CatalogueSubject.self, "CATALOGUE")
        let sets = try Self.numbers("NAMES_")
        for set in ["EVF", "LINK", "OVERLAY", "ROLE", "LOG"] {
            #expect(try Self.names(#require(sets[set])) == Self.constants(set + "_"), "\(set)")
        }
        let own = try Self.names(#require(sets["KIND"])).filter { $0.key >= 64 }
        #expect(try own == Self.constants("KIND_").filter { $0.key >= 64 })
        var statuses = try Self.numbers("E_").map { ($0.value, "E_" + $0.key) }
        statuses.append((0, "OK"))
        let named = try Self.names(#require(sets["STATUS"]))
        #expect(named == Dictionary(uniqueKeysWithValues: statuses))
        #expect(sets.count == 29 && Set(sets.values) == Set(1...29))
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
