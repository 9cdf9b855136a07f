import FloorEvents
import FloorWire
import Foundation

@testable import FloorBus

/// Texts that break what is careless: quotes, control characters, separators of lines, accents.
let hardTexts = [
    "", "\"", "\\", "a\"b\\c/", "\u{0}\u{1}\u{1B}[2J\u{7F}\u{85}", "one\ntwo\r\tthree",
    "\u{2028}\u{2029}", "Zoë 李伟 👩🏽‍🚒", "x\u{FEFF}\u{202E}y", "</script>", "${x} %s %n",
]

/// A record as a subscriber gets it.
func record(
    _ key: String,
    _ operation: RecordOperation = .put,
    schema: UInt16 = 0,
    payload: [UInt8],
    flags: RecordFlags = [],
    coalesced: UInt32 = 0
) throws -> FloorRecord {
    let key = try FloorKey(key)
    var header = RecordHeader(key.kind, operation, schema: schema)
    header.revision = Revision(epoch: 1, counter: 42)
    header.previous = Revision(epoch: 1, counter: 41)
    header.hubTime = 1_772_355_600_250_000
    header.sourceTime = .max
    header.flags = flags
    var bytes: [UInt8] = []
    RecordWriter.append(header, key: key.bytes.span, payload: payload.span, to: &bytes)
    guard let record = FloorRecord(bytes.span, coalesced: coalesced) else { throw NoRecord() }
    return record
}

struct NoRecord: Error {}

/// A payload's bytes.
func payload(_ write: (inout [UInt8]) throws -> Void) rethrows -> [UInt8] {
    var bytes: [UInt8] = []
    try write(&bytes)
    return bytes
}

/// A line's JSON object; throws when it is none, or more than one line.
func object(_ line: String) throws -> [String: Any] {
    guard !line.utf8.contains(UInt8(ascii: "\n")), !line.utf8.contains(UInt8(ascii: "\r")),
        let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
    else { throw NoRecord() }
    return object
}
