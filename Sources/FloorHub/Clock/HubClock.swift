import FloorEvents

/// The hub's two clocks and the stamps it gives.
///
/// One for all parts of a hub: only the hub sets it, everybody reads it and takes stamps.
///
/// Invariant: stamps of one life strictly ascend. Timers run on the boot clock, which never goes
/// back; stamps are wall time, slewed towards the wall clock and never stepped while the hub runs.
/// At the start a difference to an earlier life of more than a minute is stepped, back as well:
/// epochs order the lives already, and slewing over a day would take three years.
final class HubClock {
    /// The time of the input being taken.
    private(set) var now = FloorTime(boot: 0, wall: 0)
    /// The last stamp given, microseconds since 1970.
    private(set) var lastStamp: Int64 = 0
    private var offset: Int64?
    /// Boot time of the offset's last change.
    private var slewedAt: Int64 = 0

    /// Boot time of the input being taken, in microseconds.
    var boot: Int64 { now.boot }

    /// The wall time that the next stamp would have at least, without taking one.
    var moment: Int64 { max(lastStamp, boot.clampedSum(offset ?? 0)) }

    /// Takes the time of an input; the boot clock never goes back.
    func set(_ time: FloorTime) {
        now.boot = max(now.boot, time.boot)
        now.wall = time.wall
        followWall()
    }

    /// Goes on after an earlier life's last stamp.
    ///
    /// - Returns: by how much the stamps were stepped back, in microseconds; 0 when they go on.
    func goOn(after last: Int64) -> Int64 {
        let present = boot + (offset ?? 0)
        let back = last.subtractingReportingOverflow(present)
        guard back.overflow || back.partialValue > Limits.clockStepMicroseconds else {
            lastStamp = last
            return 0
        }
        lastStamp = present
        return back.overflow ? .max : back.partialValue
    }

    /// The hub's wall time: strictly increasing, slewed towards the wall clock, never stepped.
    func stamp() -> Int64 {
        lastStamp = max(lastStamp + 1, boot + (offset ?? 0))
        return lastStamp
    }

    /// Follows a step of the wall clock at 1 part in 1,000, like a slewing NTP client; time
    /// without any input counts for at most a second, or the rest of the step came at once.
    private func followWall() {
        let target = now.wall - now.boot
        if let old = offset {
            let most = min(now.boot - slewedAt, 1_000_000) / 1000
            guard most > 0 else { return }
            offset = old + min(max(target - old, -most), most)
        } else {
            offset = target
        }
        slewedAt = now.boot
    }
}
