import FloorBus
import FloorPosix
import FloorRosterFile
import Foundation

/// What `floorbus doctor` looks at on the machine it runs on.
enum MachineChecks {
    /// A large floor's clients, and what the process itself needs.
    private static let wantedDescriptors = UInt64(Limits.sessionsUsual) + 128
    private static let spaceToWarn: Int64 = 1 << 30
    private static let spaceToFail: Int64 = 100 << 20
    private static let slowSync = Duration.milliseconds(20)

    static func descriptors() -> Finding {
        let soft: UInt64
        do {
            soft = try ThisProcess.openFileLimit().soft
        } catch {
            return Finding("descriptors", .warn, "the limit cannot be read: \(error.description)")
        }
        let clients = soft > 128 ? soft - 128 : 0
        let served = min(clients, UInt64(Limits.sessions))
        let text = "\(soft) descriptors: a hub started from here serves \(served) clients"
        let finding =
            soft >= wantedDescriptors
            ? Finding("descriptors", .ok, text)
            : Finding(
                "descriptors",
                .warn,
                text + "; for more raise it with 'ulimit -n' or LimitNOFILE"
            )
        return finding.measured(Double(soft), "descriptors")
    }

    /// Free space and the time of a durable write.
    static func disk(_ directory: String) -> [Finding] {
        let attributes = try? FileManager.default.attributesOfItem(atPath: directory)
        guard attributes?[.type] as? FileAttributeType == .typeDirectory else {
            return [
                Finding(
                    "disk space",
                    .fail,
                    "there is no directory \(directory): name the one the hub has with --data"
                )
            ]
        }
        return [space(directory), sync(directory)]
    }

    private static func space(_ directory: String) -> Finding {
        let free: Int64
        do {
            let attributes = try FileManager.default.attributesOfFileSystem(forPath: directory)
            free = (attributes[.systemFreeSize] as? NSNumber)?.int64Value ?? 0
        } catch {
            let reason = SystemReason.of(error)
            return Finding("disk space", .warn, "the space cannot be read: \(reason)")
        }
        let text = "\(free >> 20) MiB are free at \(directory)"
        let finding: Finding
        switch free {
        case ..<spaceToFail:
            finding = Finding(
                "disk space",
                .fail,
                text + ": free some before the hub has to refuse events, for example with a "
                    + "smaller --keep-mib and 'floorbus journal compact'"
            )
        case ..<spaceToWarn:
            finding = Finding(
                "disk space",
                .warn,
                text + ": the journal grows to --keep-mib, 4096 by default; make room for it"
            )
        default: finding = Finding("disk space", .ok, text)
        }
        return finding.measured(Double(free), "bytes")
    }

    private static func sync(_ directory: String) -> Finding {
        let path = directory + "/doctor-probe"
        defer { try? FileSystem.removeFile(path: path) }
        let bytes = [UInt8](repeating: 0x5A, count: 4096)
        var times: [Duration] = []
        let clock = ContinuousClock()
        for _ in 0..<5 {
            let start = clock.now
            do {
                try SmallFile.writeDurably(path: path, bytes: bytes.span)
            } catch {
                return Finding(
                    "disk sync",
                    .fail,
                    "\(error.description): the hub's user must be able to write there; run the "
                        + "doctor as that user"
                )
            }
            times.append(clock.now - start)
        }
        times.sort()
        let middle = times[times.count / 2]
        let milliseconds = middle / .milliseconds(1)
        let text = "a small file is on the disk in \((milliseconds * 10).rounded() / 10) ms"
        let finding =
            middle <= slowSync
            ? Finding("disk sync", .ok, text)
            : Finding(
                "disk sync",
                .warn,
                text + ": an event is acknowledged only then; put --data on a faster disk"
            )
        return finding.measured(milliseconds, "ms")
    }
}
