import FloorBus
import Foundation

/// The floor's clock, which runs faster than ours, and the way back to moments of ours.
///
/// Moments on the bus are real ones, so that every reader's clock agrees with them; lengths of
/// waits and talks are those of the floor.
struct FloorClock: Sendable {
    /// The floor's time, in milliseconds, at `origin`.
    let floorOrigin: FloorModel.Time
    /// Ours, in microseconds since 1970.
    let origin: Int64
    let speed: Int

    static func wallMicroseconds() -> Int64 { Int64(Date().timeIntervalSince1970 * 1_000_000) }

    func floorTime(at moment: Int64) -> FloorModel.Time {
        floorOrigin + (moment - origin) * Int64(speed) / 1000
    }

    func moment(of time: FloorModel.Time) -> Int64 {
        origin + (time - floorOrigin) * 1000 / Int64(speed)
    }

    /// How long ago a moment was, in seconds of the floor's time.
    func age(of moment: Int64, at now: Int64) -> Int64 {
        max(0, now.clampedDifference(moment)).clampedProduct(Int64(speed)) / 1_000_000
    }
}
