import FloorBus

/// What a demonstration is to be; `DemoCommand` fills it from the command line.
struct DemoOptions: Sendable {
    var agents = 200
    var queues = 6
    /// Seconds of the floor's time in a second of ours.
    var speed = 60
    var seed: UInt64 = 1
    var listen = "tcp://127.0.0.1:0"

    static let site = "demo"

    // Of our own time, in milliseconds. A desktop's death goes through all its stages while one
    // watches: its session ends after three heartbeats (2.3 s), its values are suspect after 3 s
    // and stale after 6.5 s, its will runs about 9 s after its last word, and it comes back later.
    static let heartbeat: UInt32 = 750
    static let suspect = 3000
    static let stale = 6500
    static let willGrace: UInt32 = 7000
    static let firstDeath = 2500
    static let deathEvery = 6000
    static let away = 11_000...20_000

    /// A day with an hour's history, so that the demonstration begins in the middle of things.
    static let warmUp: FloorModel.Time = 3_600_000

    func model() -> FloorModel {
        var configuration = FloorModel.Configuration(agents: agents, queues: queues, seed: seed)
        let speed = FloorModel.Time(speed)
        configuration.desktopDeathEvery = FloorModel.Time(Self.deathEvery) * speed
        configuration.firstDesktopDeath =
            FloorModel.opening + Self.warmUp + FloorModel.Time(Self.firstDeath) * speed
        configuration.desktopAway =
            FloorModel.Time(
                Self.away.lowerBound
            ) * speed...FloorModel.Time(Self.away.upperBound) * speed
        var model = FloorModel(configuration)
        _ = model.step(to: FloorModel.opening + Self.warmUp)
        return model
    }

    func hubConfiguration() -> HubConfiguration {
        var configuration = HubConfiguration()
        configuration.listen = [listen]
        configuration.suspectMilliseconds = Self.suspect
        configuration.staleMilliseconds = Self.stale
        return configuration
    }
}
