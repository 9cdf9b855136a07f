import FloorBus
import FloorEvents
import FloorWire

// What the hub writes down under `private/-/hub/audit/`, for those who look after a floor.

extension FloorRecord {
    /// The denial of a record of the audit; nil for other records.
    var denial: Denial? {
        get throws(FloorBusError) {
            guard key.kind == .private else { return nil }
            do {
                return try Denial(payload, schema: schema)
            } catch {
                throw FloorBusError(
                    .protocolError,
                    "the payload of " + key.text + " is not well-formed: " + error.sentence
                )
            }
        }
    }
}

extension Denial {
    /// The denial of a payload; nil when its layout is another one.
    init?(_ payload: [UInt8], schema: UInt16) throws(WireError) {
        guard schema == PayloadSchema.denial else { return nil }
        try self.init(payload: payload.span)
    }

    /// Who was denied what, and why.
    var summary: String {
        let what = [action.name, operation?.name, key].compactMap(\.self).joined(separator: " ")
        let before = missed == 0 ? "" : " (\(missed) before it are not written down)"
        return PlainText.printable("\(principal) was denied \(what): \(reason)") + before
    }
}

/// A denial as JSON.
struct DenialJSON: Encodable {
    var action: String
    var operation: String?
    var principal: String
    var key: String
    var reason: String
    var missed: UInt32

    init(_ denial: Denial) {
        action = denial.action.name
        operation = denial.operation?.name
        principal = denial.principal
        key = denial.key
        reason = denial.reason
        missed = denial.missed
    }
}
