/// Sixteen bytes that name a producer, a lineage, a flag or a secret (a UUID's shape).
public struct FloorID: Hashable, Sendable, CustomStringConvertible {
    /// The first eight bytes, the first byte the highest.
    public let high: UInt64
    /// The last eight bytes.
    public let low: UInt64

    /// An identity from its two halves.
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// "None": all bytes zero.
    public static var zero: FloorID { FloorID(high: 0, low: 0) }

    /// Thirty-two hexadecimal digits.
    public var text: String { Self.hex(high) + Self.hex(low) }
    /// The text.
    public var description: String { text }

    /// An identity from thirty-two hexadecimal digits; dashes as in a UUID are allowed.
    public init?(_ text: String) {
        var digits = 0
        var high: UInt64 = 0
        var low: UInt64 = 0
        for byte in text.utf8 where byte != UInt8(ascii: "-") {
            let upper = byte >= UInt8(ascii: "a") ? byte &- 32 : byte
            guard let value = KeyRules.hexValue(upper), digits < 32 else { return nil }
            if digits < 16 {
                high = high << 4 | UInt64(value)
            } else {
                low = low << 4 | UInt64(value)
            }
            digits += 1
        }
        guard digits == 32 else { return nil }
        self.init(high: high, low: low)
    }

    /// An identity whose order is that of time (UUID version 7, RFC 9562).
    ///
    /// - Parameters:
    ///   - milliseconds: since 1970.
    ///   - random: 128 random bits, of which 74 are used.
    public init(milliseconds: Int64, random: FloorID) {
        self.init(
            high: UInt64(clamping: milliseconds) << 16 | 0x7000 | random.high & 0x0FFF,
            low: random.low & (1 << 62 - 1) | 1 << 63
        )
    }

    private static func hex(_ value: UInt64) -> String {
        var out: [UInt8] = []
        for shift in stride(from: 60, through: 0, by: -4) {
            let digit = KeyRules.hexDigit(UInt8(truncatingIfNeeded: value >> UInt64(shift)) & 15)
            out.append(digit >= UInt8(ascii: "A") ? digit + 32 : digit)
        }
        return String(decoding: out, as: UTF8.self)
    }
}

/// A place in a lane's order: the hub's epoch and a counter that grows by one.
public struct Revision: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// epoch << 40 | counter; 0 means "none".
    public let rawValue: UInt64

    /// A revision from its number.
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// A revision from its parts.
    public init(epoch: UInt32, counter: UInt64) {
        rawValue = UInt64(epoch) << Limits.revisionCounterBits | counter
    }

    /// "None", lower than every revision.
    public static var zero: Revision { Revision(rawValue: 0) }
    /// Which life of the hub gave it.
    public var epoch: UInt32 { UInt32(truncatingIfNeeded: rawValue >> Limits.revisionCounterBits) }
    /// The place within the epoch, from 1.
    public var counter: UInt64 { rawValue & (1 << Limits.revisionCounterBits - 1) }
    /// The revision as `EPOCH.COUNTER`.
    public var text: String { String(epoch) + "." + String(counter) }
    /// The text.
    public var description: String { text }
    /// The next place in the same epoch.
    public var next: Revision { Revision(rawValue: rawValue + 1) }
    /// The place before; zero stays zero.
    public var previous: Revision { Revision(rawValue: rawValue == 0 ? 0 : rawValue - 1) }

    /// By epoch, then by counter.
    public static func < (left: Revision, right: Revision) -> Bool {
        left.rawValue < right.rawValue
    }
}

/// The two clocks of one moment.
///
/// Timers run on the boot clock, which never steps and counts through suspend (CLOCK_BOOTTIME);
/// stamps that people read come from the wall clock.
public struct FloorTime: Hashable, Sendable {
    /// Microseconds since boot.
    public var boot: Int64
    /// Microseconds since 1970, UTC.
    public var wall: Int64

    /// A moment on both clocks, in microseconds.
    public init(boot: Int64, wall: Int64) {
        self.boot = boot
        self.wall = wall
    }
}
