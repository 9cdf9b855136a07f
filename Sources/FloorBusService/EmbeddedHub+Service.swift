public import FloorBus
public import ServiceLifecycle

/// A hub as one of an application's services.
///
///     let hub = try EmbeddedHub(configuration)
///     let group = ServiceGroup(
///         services: [hub, web],
///         gracefulShutdownSignals: [.sigterm, .sigint]
///     )
///     try await group.run()
///
/// The group shuts services down in the reverse order: what publishes into the hub goes behind it.
extension EmbeddedHub: Service {
    /// Serves until the group shuts down or the task is cancelled, then drains: every session is
    /// told and takes its last messages.
    ///
    /// - Throws: `FloorBusError` when the hub stops by itself, which ends the group.
    public func run() async throws {
        try await cancelWhenGracefulShutdown { try await self.waitUntilEnded() }
        await drain()
    }
}
