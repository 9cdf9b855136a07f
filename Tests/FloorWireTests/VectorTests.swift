import FloorEvents
import FloorWire
import Foundation
import Testing

/// The files are written by a run with FLOORBUS_WRITE_VECTORS=1 and reviewed like code.
@Suite("Golden vectors") struct VectorTests {
    @Test("frames: the values give the bytes, and the bytes give the values")
    func frames() throws {
        let made = Samples.frames.map { name, message in
            VectorEntry(name: name, hex: message.bytes.hex, values: message.values)
        }
        try settle(made, "frames.json") { _, hex in
            let message = try Message(bytes: hex)
            #expect(message.bytes == hex)
            return message.values
        }
        #expect(Set(Samples.frames.map(\.value.header.type)).count == FrameType.allCases.count)
    }

    @Test("records: the values give the bytes, and the bytes give the values")
    func records() throws {
        let made = Samples.records.map { name, record in
            VectorEntry(name: name, hex: record.bytes.hex, values: record.values)
        }
        try settle(made, "records.json") { _, hex in
            var next = 0
            let record = try SampleRecord(hex.span, at: 0, next: &next)
            #expect(next == hex.count && record.bytes == hex)
            return record.values
        }
    }

    @Test("payloads: the values give the bytes, and the bytes give the values")
    func payloads() throws {
        let made = try Samples.payloads.map { name, payload in
            VectorEntry(
                name: name,
                hex: try payload.bytes().hex,
                values: payload.values,
                kind: payload.kind
            )
        }
        try settle(made, "payloads.json") { entry, hex in
            let payload = try SamplePayload(entry.kind ?? "", hex)
            #expect(try payload.bytes() == hex)
            return payload.values
        }
    }

    @Test("bad frames: each is refused for the reason that the file names")
    func badFrames() throws {
        let made = BadBytes.frames.map { name, hex in
            VectorEntry(name: name, hex: hex.hex, error: reason { _ = try Message(bytes: hex) })
        }
        try settle(made, "bad-frames.json")
    }

    @Test("bad records: each is refused for the reason that the file names")
    func badRecords() throws {
        let made = BadBytes.records.map { name, hex in
            VectorEntry(
                name: name,
                hex: hex.hex,
                error: reason { _ = try RecordView(hex.span, at: 0) }
            )
        }
        try settle(made, "bad-records.json")
    }

    @Test("bad payloads: each is refused for the reason that the file names")
    func badPayloads() throws {
        let made = BadBytes.payloads.map { name, kind, hex in
            VectorEntry(
                name: name,
                hex: hex.hex,
                kind: kind,
                error: reason { _ = try SamplePayload(kind, hex) }
            )
        }
        try settle(made, "bad-payloads.json")
    }

    private func reason(_ body: () throws -> Void) -> String {
        do {
            try body()
            return "none"
        } catch {
            return (error as? WireError)?.rule ?? "\(error)"
        }
    }

    /// Writes the file, or checks every entry of it against what the code makes.
    private func settle(
        _ made: [VectorEntry],
        _ file: String,
        decode: ((VectorEntry, [UInt8]) throws -> JSON)? = nil
    ) throws {
        if VectorFile.writes { try VectorFile.write(made, file) }
        let stored = try VectorFile.read(file)
        #expect(stored.map(\.name) == made.map(\.name))
        for (one, other) in zip(stored, made) {
            #expect(one == other, "\(file): \(one.name)")
            #expect(one.error != "none", "\(file): \(one.name) was not refused")
            if let decode {
                let hex = try #require([UInt8](hex: one.hex))
                #expect(try decode(one, hex) == one.values, "\(file): \(one.name)")
            }
        }
    }
}
