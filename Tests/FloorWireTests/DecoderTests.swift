import FloorEvents
import FloorWire
import Foundation
import Testing

/// A seeded generator; a failure's seed repeats its bytes.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    /// SplitMix64 (public domain, Sebastiano Vigna).
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) }
    }

    /// A few of the changes that break parsers: bits, lengths, cuts, growth.
    mutating func mutate(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &self) where !bytes.isEmpty {
            let at = Int.random(in: 0..<bytes.count, using: &self)
            switch UInt8.random(in: 0..<6, using: &self) {
            case 0: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &self)
            case 1: bytes[at] = UInt8.random(in: 0...255, using: &self)
            case 2: bytes[at] = 0xFF
            case 3: bytes.removeSubrange(at...)
            case 4: bytes.insert(contentsOf: self.bytes(8), at: at)
            default: bytes[at] = 0
            }
        }
        return bytes
    }
}

@Suite("Any bytes decode to a value or an error") struct DecoderTests {
    static let rounds = 200_000

    /// FLOORBUS_SEED repeats a run; otherwise every day has its own.
    static let seed: UInt64 = {
        let text = ProcessInfo.processInfo.environment["FLOORBUS_SEED"]
        return text.flatMap(UInt64.init) ?? UInt64(Date().timeIntervalSince1970 / 86_400)
    }()

    @Test("a frame of every type, cut at every length, is refused")
    func truncatedFrames() {
        for (name, message) in Samples.frames {
            let whole = message.bytes
            for length in 0..<whole.count {
                #expect(throws: WireError.self, "\(name) cut to \(length)") {
                    try Message(bytes: Array(whole.prefix(length)))
                }
            }
        }
    }

    @Test("a body of every type, cut at every length under a true header, is refused")
    func truncatedBodies() {
        for (name, message) in Samples.frames where message.bytes.count > FrameHeader.size {
            let whole = message.bytes
            for length in FrameHeader.size..<whole.count {
                var cut = Array(whole.prefix(length))
                cut.overwrite(UInt32(length - FrameHeader.size), at: 12)
                #expect(throws: WireError.self, "\(name) cut to \(length)") {
                    try Message(bytes: cut)
                }
            }
        }
    }

    @Test("a payload's fixed part, cut at every length, is refused")
    func truncatedPayloads() throws {
        let fixedParts = [
            ("agent", 16), ("queue", 88), ("team", 8), ("presence", 16), ("beacon", 32),
            ("sync", 48), ("flag", 128), ("flag_request", 32),
        ]
        for (name, fixed) in fixedParts {
            for length in 0..<fixed {
                #expect(throws: WireError.self, "\(name) cut to \(length)") {
                    try SamplePayload(name, Array(repeating: 0, count: length))
                }
            }
        }
    }

    @Test("200,000 mutated messages: what is accepted comes back as the same value")
    func mutatedFrames() throws {
        var random = SeededGenerator(state: Self.seed)
        let originals = Samples.frames.map(\.value.bytes)
        var accepted = 0
        for round in 0..<Self.rounds {
            var bytes = random.mutate(originals[round % originals.count])
            if round % 2 == 0, bytes.count >= FrameHeader.size {
                bytes.overwrite(UInt32(bytes.count - FrameHeader.size), at: 12)
            }
            guard let message = try? Message(bytes: bytes) else { continue }
            accepted += 1
            let again = try Message(bytes: message.bytes)
            #expect(again == message, "seed \(Self.seed), round \(round): \(bytes.hex)")
        }
        #expect(accepted > 1000 && accepted < Self.rounds, "seed \(Self.seed)")
    }

    @Test("200,000 random bodies for every type in turn")
    func randomBodies() throws {
        var random = SeededGenerator(state: Self.seed)
        for round in 0..<Self.rounds {
            let type = FrameType.allCases[round % FrameType.allCases.count]
            let body = random.bytes(Int.random(in: 0...160, using: &random))
            guard let value = try? Body(type, body.span) else { continue }
            var again: [UInt8] = []
            value.append(to: &again)
            let message = "seed \(Self.seed), round \(round): \(body.hex)"
            #expect(try Body(type, again.span) == value, "\(message)")
        }
    }

    @Test("200,000 mutated records: what is accepted comes back byte for byte")
    func mutatedRecords() {
        var random = SeededGenerator(state: Self.seed)
        let originals = Samples.records.map(\.value.bytes)
        for round in 0..<Self.rounds {
            let bytes = random.mutate(originals[round % originals.count])
            var next = 0
            guard let record = try? SampleRecord(bytes.span, at: 0, next: &next) else { continue }
            #expect(
                record.bytes == Array(bytes.prefix(next)),
                "seed \(Self.seed), round \(round): \(bytes.hex)"
            )
        }
    }

    @Test("200,000 mutated payloads: what is accepted comes back as the same value")
    func mutatedPayloads() throws {
        var random = SeededGenerator(state: Self.seed)
        let originals = try Samples.payloads.map { ($0.value.kind, try $0.value.bytes()) }
        for round in 0..<Self.rounds {
            let (kind, original) = originals[round % originals.count]
            let bytes = random.mutate(original)
            guard let payload = try? SamplePayload(kind, bytes) else { continue }
            let again = try SamplePayload(kind, payload.bytes())
            #expect(again == payload, "seed \(Self.seed), round \(round): \(bytes.hex)")
        }
    }
}
