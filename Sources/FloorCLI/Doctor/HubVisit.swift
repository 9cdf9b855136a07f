import FloorBus
import FloorPosix

/// A short visit to a hub: what it says of itself, and how quickly.
struct HubVisit: Sendable {
    /// Identifies this data set; created with it.
    let lineage: FloorID
    private let epoch: UInt32
    private let figures: [String: Int64]
    /// Of the quickest question: seconds there and back, and how far ahead the hub's clock is.
    private let roundTrip: Double
    private let clockAhead: Double

    private static let questions = 20

    /// Asks the hub.
    ///
    /// - Throws: `CommandFailure`, `notReachable` when there is none.
    init(_ hub: HubOptions, _ timeout: TimeoutOptions) async throws {
        let filter = try parseFilter("team/-/hub/stats/")
        let seconds = timeout.timeout
        var found: HubVisit?
        try await hub.exchange(timeout: timeout) { client throws(FloorBusError) in
            let link = try await client.linkUp()
            var best: (trip: Int64, ahead: Int64, record: FloorRecord)?
            for _ in 0..<Self.questions {
                let start = Clocks.wallMicroseconds()
                let boot = Clocks.bootMicroseconds()
                let records = try await client.get(filter, timeout: .seconds(seconds))
                let trip = Int64(Clocks.bootMicroseconds() - boot)
                guard let record = records.first else { continue }
                if let best, best.trip <= trip { continue }
                let stamp = record.hubTime?.microsecondsSince1970 ?? 0
                best = (
                    trip, stamp.clampedDifference(start).clampedDifference(trip / 2), record
                )
            }
            return (link, best)
        } then: { link, best in
            guard let best, let figures = try best.record.teamFigures?.figures else {
                throw CommandFailure(.failed, "the hub has no statistics")
            }
            found = HubVisit(link, figures, trip: best.trip, ahead: best.ahead)
        }
        guard let found else { preconditionFailure("an exchange without failure has an answer") }
        self = found
    }

    private init(_ link: LinkChange, _ figures: [Figure], trip: Int64, ahead: Int64) {
        lineage = link.lineage
        epoch = link.epoch
        self.figures = Dictionary(figures.map { ($0.name, $0.value) }) { first, _ in first }
        roundTrip = Double(trip) / 1_000_000
        clockAhead = Double(ahead) / 1_000_000
    }

    /// What is to be said about it.
    func findings(at endpoint: String) -> [Finding] {
        [
            Finding(
                "endpoint",
                .ok,
                "\(endpoint) answers: epoch \(epoch), lineage \(lineage.text)"
            ),
            version, journal, trip, clock,
        ]
    }

    private var version: Finding {
        let number = UInt32(clamping: figures["version"] ?? 0)
        let hub = FloorVersion.text(of: number)
        guard number != FloorVersion.number else {
            let sessions = figures["sessions"] ?? 0
            let keys = figures["keys"] ?? 0
            return Finding("hub", .ok, "floorbus \(hub), \(sessions) sessions, \(keys) values")
        }
        return Finding(
            "hub",
            .warn,
            "the hub is floorbus \(number == 0 ? "of an unknown version" : hub), this program is "
                + "\(FloorVersion.text): install the same version on both sides"
        )
    }

    private var journal: Finding {
        guard figures["storing"] == 0 else {
            return Finding("storing", .ok, "the hub takes events")
        }
        return Finding(
            "storing",
            .fail,
            "the hub's journal cannot store and events are refused: look at the hub's log for the "
                + "reason, and at the disk with its --data directory: its space, its health, and "
                + "whether journal.sqlite is still the file it was; the hub goes on by itself"
        )
    }

    private var trip: Finding {
        let milliseconds = roundTrip * 1000
        let text = Self.number(milliseconds)
        let finding =
            milliseconds <= 50
            ? Finding("round trip", .ok, "\(text) ms to the hub and back")
            : Finding(
                "round trip",
                .warn,
                "\(text) ms to the hub and back is long for a floor: look at the network "
                    + "between here and the hub, and at the load of the hub's machine"
            )
        return finding.measured(milliseconds, "ms")
    }

    private var clock: Finding {
        let milliseconds = clockAhead * 1000
        let side = clockAhead < 0 ? "behind" : "ahead of"
        let text = "the hub's clock is \(Self.number(abs(milliseconds))) ms \(side) this one"
        let finding =
            abs(clockAhead) <= max(1, roundTrip)
            ? Finding("clock", .ok, text)
            : Finding(
                "clock",
                .warn,
                text + ": run NTP on both machines, or times and waits are shown wrong"
            )
        return finding.measured(milliseconds, "ms")
    }

    private static func number(_ value: Double) -> String {
        String((value * 100).rounded() / 100)
    }
}
