import CFloorBus
import FloorEvents
import FloorHub
import FloorHubServer
import FloorPosix

/// One hub of this process.
final class HostedHub: Sendable {
    let port: any LoadedHub
    /// Where it listens, the tap last.
    let endpoints: [String]

    private init(_ port: any LoadedHub) {
        self.port = port
        endpoints = port.endpoints + (port.tapEndpoint.map { [$0] } ?? [])
    }

    static func start(_ wish: HubWish) throws(Failure) -> HostedHub {
        try checkMemory()
        wish.onNotice = { HostLog.shared.say($0.level.rawValue, "hub: " + $0.sentence) }
        var isBuiltAlike = true
        if let why = HubEntry.call(with: wish, isBuiltAlike: &isBuiltAlike) {
            throw Failure(
                .unsupported,
                "the hub's code cannot be loaded; install " + HubEntry.library
                    + " beside libfloorbus.so.1: " + why
            )
        }
        guard isBuiltAlike else {
            throw Failure(
                .unsupported,
                HubEntry.library + " is of another build than this library; install both anew"
            )
        }
        guard let hub = wish.hub else { throw Failure(wish.status, wish.sentence) }
        return HostedHub(hub)
    }
}

extension HubWish {
    /// Takes a caller's options over, checked.
    func take(_ options: floorbus_hub_options) throws(Failure) {
        guard unsafe options.flags & ~UInt32(FLOORBUS_HUB_ALLOW_INSECURE) == 0,
            unsafe options.reserved0 == 0
        else { throw Failure(.invalid, "flags has bits that mean nothing, or reserved0 is not 0") }
        isInsecureAllowed = unsafe options.flags != 0
        let mostBytes = 4096
        listen =
            try unsafe optionText(options.listen, "listen", atMost: mostBytes).map { split($0) }
            ?? []
        tap = try unsafe optionText(options.tap_listen, "tap_listen", atMost: mostBytes)
        maximumSessions = Int(clamping: unsafe options.max_clients)
        maximumKeys = Int(clamping: unsafe options.max_keys)
        journalRecords = Int(clamping: unsafe options.journal_records)
        suspectMilliseconds = Int(clamping: unsafe options.suspect_ms)
        staleMilliseconds = Int(clamping: unsafe options.stale_ms)
        let suspect =
            suspectMilliseconds > 0
            ? suspectMilliseconds : Int(Limits.suspectMicroseconds / 1000)
        let stale =
            staleMilliseconds > 0 ? staleMilliseconds : Int(Limits.staleMicroseconds / 1000)
        guard suspect <= stale else {
            throw Failure(
                .invalid,
                "values would be stale after \(stale) ms, before they are suspect after \(suspect)"
            )
        }
    }
}
