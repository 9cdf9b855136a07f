// swift-format-ignore-file: AlwaysUseLowerCamelCase, AllPublicDeclarationsHaveDocumentation

// The names are those of include/floorbus.h, where each function is documented.
public import CFloorBus
import FloorEvents

@c @implementation
public func floorbus_key_make(
    _ kind: UInt8,
    _ site: floorbus_str,
    _ unit: floorbus_str,
    _ entity: floorbus_str,
    _ buffer: UnsafeMutablePointer<CChar>?,
    _ capacity: Int,
    _ needed: UnsafeMutablePointer<Int>?
) -> floorbus_status {
    answer { () throws(Failure) in
        guard let kind = RecordKind(rawValue: kind) else {
            throw Failure(.invalid, "kind is none that keys have")
        }
        let parts = (
            try unsafe part(site, "site"), try unsafe part(unit, "unit"),
            try unsafe part(entity, "entity")
        )
        let key: FloorKey
        do throws(KeyError) {
            key = try FloorKey(kind, site: parts.0, unit: parts.1, entity: parts.2)
        } catch {
            throw Failure(.badKey, error.sentence)
        }
        try unsafe writeText(key.text, buffer, capacity, needed)
    }
}

private func part(_ text: floorbus_str, _ name: StaticString) throws(Failure) -> String {
    try unsafe text.text(name, atMost: Limits.keyBytes, nil)
}

@c @implementation
public func floorbus_key_part(
    _ key: floorbus_str,
    _ part: UInt32,
    _ buffer: UnsafeMutablePointer<CChar>?,
    _ capacity: Int,
    _ needed: UnsafeMutablePointer<Int>?
) -> floorbus_status {
    answer { () throws(Failure) in
        let bytes = try unsafe key.utf8(
            "key",
            atMost: Limits.keyBytes,
            nil,
            tooLong: .badKey,
            bad: .badKey
        )
        let key: FloorKey
        do throws(KeyError) { key = try FloorKey(bytes: bytes) } catch {
            throw Failure(.badKey, error.sentence)
        }
        let parts = key.segments
        guard part < parts.count else {
            throw Failure(.notFound, "a key has the parts 0 to \(parts.count - 1)")
        }
        try unsafe writeText(parts[Int(part)], buffer, capacity, needed)
    }
}
