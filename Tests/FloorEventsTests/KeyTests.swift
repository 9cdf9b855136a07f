import FloorEvents
import Foundation
import Testing

extension KeyError {
    /// The case's name, as in the vectors.
    var rule: String {
        String(String(describing: self).prefix { $0 != "(" })
    }
}

/// `Tests/vectors/keys.json`, written by hand from docs/wire-protocol.md, section 8.
struct KeyVectors: Decodable {
    struct Good: Decodable {
        var text: String
        var kind: UInt8
        var segments: [String]
    }
    struct Bad: Decodable {
        var hex: String
        var rule: String
    }
    struct Match: Decodable {
        var filter: String
        var matches: [String]
        var others: [String]
    }
    var good: [Good]
    var badKeys: [Bad]
    var badFilters: [Bad]
    var filters: [Match]

    static func read() throws -> KeyVectors {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "vectors/keys.json")
        return try JSONDecoder().decode(KeyVectors.self, from: Data(contentsOf: file))
    }
}

@Suite("Keys and filters") struct KeyTests {
    private func bytes(_ hex: String) throws -> [UInt8] {
        let digits = Array(hex)
        return try stride(from: 0, to: digits.count, by: 2).map { index in
            try #require(UInt8(String(digits[index..<(index + 2)]), radix: 16))
        }
    }

    @Test("good keys are read, and their segments give the same key again")
    func good() throws {
        for vector in try KeyVectors.read().good {
            let key = try FloorKey(vector.text)
            #expect(key.text == vector.text && key.kind.rawValue == vector.kind)
            #expect(key.segments == vector.segments && key.entity == vector.segments[3])
            let again = try FloorKey(
                key.kind,
                site: vector.segments[1],
                unit: vector.segments[2],
                entity: vector.segments[3]
            )
            #expect(again == key)
            #expect(KeyFilter(key).matches(key) && KeyFilter(key).isOneKey)
        }
    }

    @Test("bad keys are refused for the rule that the file names")
    func badKeys() throws {
        for vector in try KeyVectors.read().badKeys {
            let bytes = try bytes(vector.hex)
            let error = #expect(throws: KeyError.self) { try FloorKey(bytes: bytes) }
            #expect(error?.rule == vector.rule, "\(vector.hex)")
        }
    }

    @Test("bad filters are refused for the rule that the file names")
    func badFilters() throws {
        for vector in try KeyVectors.read().badFilters {
            let bytes = try bytes(vector.hex)
            let error = #expect(throws: KeyError.self) { try KeyFilter(bytes: bytes) }
            #expect(error?.rule == vector.rule, "\(vector.hex)")
        }
    }

    @Test("the vectors break every rule there is")
    func everyRule() throws {
        let rules = Set(try KeyVectors.read().badKeys.map(\.rule))
        #expect(
            rules == [
                "empty", "tooLong", "noFinalSlash", "segmentCount", "emptySegment",
                "segmentTooLong", "unknownClass", "notUTF8", "mustBeEncoded", "badEscape",
            ]
        )
    }

    @Test("a filter matches what it names and nothing that only looks alike")
    func matching() throws {
        for vector in try KeyVectors.read().filters {
            let filter = try KeyFilter(vector.filter)
            #expect(filter.text == vector.filter)
            for key in vector.matches {
                #expect(filter.matches(try FloorKey(key)), "\(vector.filter) \(key)")
            }
            for key in vector.others {
                #expect(!filter.matches(try FloorKey(key)), "\(vector.filter) \(key)")
            }
        }
    }

    @Test("the intersection of two filters matches the keys that both match, and no other")
    func intersection() throws {
        let texts = [
            "+/", "flag/", "flag/bj/", "flag/+/sales/", "+/bj/sales/", "flag/+/+/f1/", "note/",
            "flag/bj/sales/f1/", "private/bj/", "+/+/+/f1/", "flag/sh/",
        ]
        let keys = try ["flag", "note", "private"].flatMap { kind in
            try ["bj", "sh"].flatMap { site in
                try ["sales", "care"].flatMap { unit in
                    try ["f1", "f2"].map { try FloorKey("\(kind)/\(site)/\(unit)/\($0)/") }
                }
            }
        }
        for left in try texts.map({ try KeyFilter($0) }) {
            for right in try texts.map({ try KeyFilter($0) }) {
                let both = left.intersection(right)
                for key in keys {
                    let isBoth = left.matches(key) && right.matches(key)
                    #expect(both?.matches(key) ?? false == isBoth, "\(left.text) \(right.text)")
                }
                if left.covers(right) { #expect(both == right, "\(left.text) \(right.text)") }
            }
        }
        let long = String(repeating: "x", count: 64)
        let filter = try KeyFilter("+/+/\(long)/\(long)/")
        #expect(filter.intersection(try KeyFilter("presence/\(long)/")) == nil)
    }

    @Test("agent 47 is never agent 4711")
    func sharedBeginning() throws {
        let filter = try KeyFilter("agent/bj/sales/47/")
        #expect(filter.matches(try FloorKey("agent/bj/sales/47/")))
        #expect(!filter.matches(try FloorKey("agent/bj/sales/4711/")))
    }

    @Test("one é and e with an accent are two names, in keys, hashes, order and filters")
    func bytewise() throws {
        let composed = try FloorKey(.agent, site: "bj", unit: "x", entity: "caf\u{E9}")
        let combined = try FloorKey(.agent, site: "bj", unit: "x", entity: "cafe\u{301}")
        #expect(composed.text == combined.text, "Swift's texts are canonically equal")
        #expect(composed != combined)
        #expect(Set([composed, combined]).count == 2)
        #expect(combined < composed && !(composed < combined))
        #expect(!KeyFilter(composed).matches(combined))
    }

    @Test("any text becomes a segment in one spelling only, and comes back")
    func canonical() throws {
        let texts = [
            "SIP/101", "100%", "%2F", "+49", "a+b", "!x", "~", "$", "a!~$", "\u{0}\u{1F}\u{7F}",
            " ",
            "培训", "🙂",
        ]
        for text in texts {
            let key = try FloorKey(.custom, site: text, unit: text, entity: text)
            #expect(key.segments == ["custom", text, text, text])
            #expect(try FloorKey(key.text) == key)
            #expect(FloorKey.segment(encoding: text).utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F })
        }
        #expect(FloorKey.segment(encoding: "SIP/101") == "SIP%2F101")
        #expect(FloorKey.segment(encoding: "+a+") == "%2Ba+")
    }

    @Test("a segment is at most 64 bytes as written, escapes counted")
    func segmentLength() throws {
        let longest = String(repeating: "x", count: 64)
        _ = try FloorKey(.agent, site: longest, unit: "u", entity: "e")
        #expect(throws: KeyError.segmentTooLong(index: 1, bytes: 65)) {
            try FloorKey(.agent, site: longest + "x", unit: "u", entity: "e")
        }
        #expect(throws: KeyError.segmentTooLong(index: 3, bytes: 66)) {
            try FloorKey(.agent, site: "s", unit: "u", entity: String(repeating: "/", count: 22))
        }
    }

    @Test("every error is a sentence for a person")
    func sentences() {
        let errors: [KeyError] = [
            .empty, .tooLong(bytes: 201), .noFinalSlash, .segmentCount(3),
            .emptySegment(index: 0), .segmentTooLong(index: 0, bytes: 65), .unknownClass,
            .notUTF8(index: 0), .mustBeEncoded(index: 0, byte: 1), .badEscape(index: 0),
        ]
        #expect(Set(errors.map(\.sentence)).count == errors.count)
        #expect(KeyError.emptySegment(index: 1).sentence.hasPrefix("segment 2 is empty"))
    }

    @Test("our UTF-8 check agrees with the standard library on 200,000 random byte strings")
    func utf8() {
        var random = SystemRandomNumberGenerator()
        let leads: [UInt8] = [0x7F, 0xC1, 0xC2, 0xDF, 0xE0, 0xED, 0xEF, 0xF0, 0xF4, 0xF5, 0xFF]
        let tails: [UInt8] = [0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0]
        for _ in 0..<200_000 {
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 0...2, using: &random) {
                bytes.append(leads.randomElement(using: &random) ?? 0)
                for _ in 0..<Int.random(in: 0...3, using: &random) {
                    bytes.append(tails.randomElement(using: &random) ?? 0)
                }
            }
            bytes.append(UInt8.random(in: 0...255, using: &random))
            let expected = String(validating: bytes, as: UTF8.self) != nil
            #expect(UTF8Rules.isValid(bytes.span) == expected, "\(bytes)")
        }
    }

    @Test("a byte that is no UTF-8 is found where it stands, however long the plain text around it")
    func faultPlaces() {
        for count in 1...40 {
            let plain = [UInt8](repeating: UInt8(ascii: "a"), count: count)
            #expect(UTF8Rules.firstFault(in: plain.span) == nil)
            for place in plain.indices {
                var bytes = plain
                bytes[place] = 0xFF
                #expect(UTF8Rules.firstFault(in: bytes.span) == place)
                bytes.replaceSubrange(place...place, with: Array("忙".utf8))
                #expect(UTF8Rules.firstFault(in: bytes.span) == nil)
                bytes[place + 1] = UInt8(ascii: "a")
                #expect(UTF8Rules.firstFault(in: bytes.span) == place)
            }
        }
    }

    @Test("any byte at any place of a key is judged alike by the quick look and the slow one")
    func quickLookAgrees() throws {
        let good = Array("event/bj/sales/call-17/".utf8)
        for place in good.indices {
            for byte in UInt8.min...UInt8.max {
                for shorter in 0..<8 {
                    var bytes = good
                    bytes[place] = byte
                    bytes.removeSubrange(18..<(18 + min(shorter, 4)))
                    if shorter > 4 { bytes.insert(UInt8(ascii: "x"), at: 16) }
                    // Filters are never looked at quickly.
                    let filter = try? KeyFilter(bytes: bytes)
                    let isKey = filter.map { $0.segmentCount == 4 && !$0.hasWildcard } ?? false
                    #expect(((try? FloorKey(bytes: bytes)) != nil) == isKey)
                }
            }
        }
        for length in 62...67 {
            let entity = String(repeating: "e", count: length)
            #expect(((try? FloorKey("agent/bj/sales/\(entity)/")) != nil) == (length <= 64))
        }
    }

    @Test("200,000 random keys and filters give a value or an error, and values come back")
    func random() {
        var random = SystemRandomNumberGenerator()
        let parts = [
            "agent", "event", "+", "bj", "/", "//", "%2F", "%", "%2f", "%41", "!", "é", "\u{0}",
            "x/",
        ]
        for _ in 0..<200_000 {
            let text = (0..<Int.random(in: 0...9, using: &random))
                .map { _ in parts.randomElement(using: &random) ?? "" }.joined()
            if let key = try? FloorKey(text) {
                #expect(key.bytes == Array(text.utf8), "\(text)")
                #expect((try? KeyFilter(text)) != nil, "\(text)")
            }
            if let filter = try? KeyFilter(text) {
                #expect(filter.bytes == Array(text.utf8), "\(text)")
            }
        }
    }
}
