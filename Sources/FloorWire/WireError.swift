/// Why bytes are not what they should be.
public enum WireError: Error, Equatable, Sendable {
    case tooShort(needed: Int, got: Int)
    case tooLong(limit: Int, got: Int)
    case badMagic
    case badVersion(UInt8)
    case unknownType(UInt8)
    case lengthMismatch(stated: Int, got: Int)
    case badRecordLength(Int)
    case payloadTooLong(Int)
    case keyTooLong(Int)
    case reservedNotZero
    case countMismatch(stated: Int, got: Int)
    case badText
    case badValue(field: String)

    /// What is wrong, for a person.
    public var sentence: String {
        switch self {
        case .tooShort(let needed, let got): "\(got) bytes where at least \(needed) are needed"
        case .tooLong(let limit, let got): "\(got) bytes where at most \(limit) are allowed"
        case .badMagic: "the message does not start with FLB1"
        case .badVersion(let version): "protocol version \(version), not 1"
        case .unknownType(let type): "unknown message type \(type)"
        case .lengthMismatch(let stated, let got): "length \(stated) stated, \(got) bytes found"
        case .badRecordLength(let length): "a record states the length \(length)"
        case .payloadTooLong(let length): "a payload of \(length) bytes"
        case .keyTooLong(let length): "a key of \(length) bytes"
        case .reservedNotZero: "a reserved field is not zero"
        case .countMismatch(let stated, let got): "\(stated) records stated, \(got) found"
        case .badText: "a text is not UTF-8"
        case .badValue(let field): "the field \(field) has a value that is not allowed"
        }
    }
}
