/// Which FloorBus this is; the C header's FLOORBUS_VERSION_… are the same numbers.
///
///     FloorVersion.text      // "0.1.0"
public enum FloorVersion {
    /// Grows when something that worked before no longer does.
    public static let major: UInt32 = 0
    /// Grows with what is new.
    public static let minor: UInt32 = 1
    /// Grows with repairs.
    public static let patch: UInt32 = 0

    /// All three in one: major << 16 | minor << 8 | patch.
    public static let number = major << 16 | minor << 8 | patch

    /// This version as text.
    public static var text: String { text(of: number) }

    /// A version's number as text, for example `0.1.0`.
    public static func text(of number: UInt32) -> String {
        "\(number >> 16).\(number >> 8 & 0xFF).\(number & 0xFF)"
    }
}
