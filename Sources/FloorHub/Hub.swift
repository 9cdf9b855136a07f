public import FloorEvents

/// The hub's core: who gets what. Pure: `step` takes an input and a time and gives effects.
public struct Hub: ~Copyable {
    /// A hub that has seen nothing.
    public init(_ options: HubOptions) {}

    /// Takes one input and appends what has to be done.
    public mutating func step(_ input: HubInput, at now: FloorTime, into effects: inout HubEffects)
    {}

    /// When the next timer is due, microseconds on the boot clock.
    public var nextDeadline: Int64 { .max }

    /// What the hub has counted.
    public var statistics: HubStatistics { HubStatistics() }
}
