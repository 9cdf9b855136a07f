import Synchronization

/// Keeps a large struct where it is: a field of this type has it passed by its address.
///
///     struct StateLane: ~Copyable {
///         private let inPlace = InPlace()
///
/// Without it swiftc (6.3.1) copies the whole struct onto the stack for every call of a method that
/// does not change it, also of a `~Copyable` one: a hub's 2 KiB several times for each record
/// (docs/decisions/0034). It holds nothing and costs nothing.
public struct InPlace: ~Copyable, Sendable {
    // What an atomic is in must not move.
    private let word = Atomic<UInt8>(0)

    /// The field's value.
    public init() {}
}
