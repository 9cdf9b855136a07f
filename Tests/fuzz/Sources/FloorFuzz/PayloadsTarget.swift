import FloorBusTestKit
import FloorEvents
import FloorWire

/// Every payload and every body, there and back; then reports of records with such payloads.
///
/// What decodes is encoded, and must decode to the same again.
enum PayloadsTarget {
    static func run(_ input: inout FuzzInput) {
        let choice = Int(input.byte())
        guard choice < codecs.count else { return ReportsFeed.run(&input) }
        let codec = codecs[choice]
        let bytes = input.take(.max)
        if let fault = codec.thereAndBack(bytes) { found("\(codec.name): \(fault)") }
    }

    struct Codec: Sendable {
        var name: String
        /// What is wrong; nil when the bytes do not decode, and when all is well.
        var thereAndBack: @Sendable ([UInt8]) -> String?
    }

    /// The number of a codec is the first byte of an input: new ones go to the end.
    static let codecs = [
        codec("agent", { try AgentState(payload: $0.span) }, { try $0.append(to: &$1) }),
        codec("queue", { try QueueLevel(payload: $0.span) }, { try $0.append(to: &$1) }),
        codec("team", { try TeamFigures(payload: $0.span) }, { try $0.append(to: &$1) }),
        codec("presence", { try Presence(payload: $0.span) }, { $0.append(to: &$1) }),
        codec(
            "flag",
            { try HelpFlag(payload: $0.span) },
            { try $0.append(withWords: true, to: &$1) }
        ),
        codec("flagRequest", { try FlagRequest(payload: $0.span) }, { try $0.append(to: &$1) }),
        codec("note", { try FloorNote(payload: $0.span) }, { try $0.append(to: &$1) }),
        codec("topAskers", { try TopAskers(payload: $0.span) }, { $0.append(to: &$1) }),
        codec("denial", { try Denial(payload: $0.span) }, { $0.append(to: &$1) }),
        codec("beacon", { try TapBeacon(payload: $0.span) }, { $0.append(to: &$1) }),
        codec("sync", { try TapSync(payload: $0.span) }, { $0.append(to: &$1) }),
        codec("HELLO", { try Hello($0.span) }, { $0.append(to: &$1) }),
        codec("WELCOME", { try Welcome($0.span) }, { $0.append(to: &$1) }),
        codec("REJECT", { try Refusal($0.span) }, { $0.append(to: &$1) }),
        codec("PING", { try Ping($0.span) }, { $0.append(to: &$1) }),
        codec("PONG", { try Pong($0.span) }, { $0.append(to: &$1) }),
        codec("SUBSCRIBE", { try Subscribe($0.span) }, { $0.append(to: &$1) }),
        codec("SUBACK", { try Subscribed($0.span) }, { $0.append(to: &$1) }),
        codec("UNSUBSCRIBE", { try Unsubscribe($0.span) }, { $0.append(to: &$1) }),
        codec("SNAP", { try SnapshotMark($0.span) }, { $0.append(to: &$1) }),
        codec("GAP", { try Gap($0.span) }, { $0.append(to: &$1) }),
        codec("GET", { try Request($0.span) }, { $0.append(to: &$1) }),
        codec("REPLY_END", { try ReplyEnd($0.span) }, { $0.append(to: &$1) }),
        codec("ACK", { try Results($0.span) }, { $0.append(to: &$1) }),
        Codec(name: "message") { bytes in
            // Nothing to encode: that every decoder takes any bytes is enough.
            guard let message = try? DownMessage(bytes) else { return nil }
            return message.size == bytes.count ? nil : "a size of its own"
        },
    ]

    private static func codec<Value: Equatable & SendableMetatype>(
        _ name: String,
        _ decode: @escaping @Sendable ([UInt8]) throws -> Value,
        _ encode: @escaping @Sendable (Value, inout [UInt8]) throws -> Void
    ) -> Codec {
        Codec(name: name) { bytes in
            guard let value = try? decode(bytes) else { return nil }
            var again: [UInt8] = []
            do {
                try encode(value, &again)
                let second = try decode(again)
                return second == value ? nil : "\(value) became \(second)"
            } catch {
                return "\(value): \(error)"
            }
        }
    }
}
