import FloorEvents
import FloorPosix
import FloorWire

/// Who the hub's data are: the lineage born with the directory, and a new epoch for each life.
///
/// The new epoch is stored before anything is bound (rule 2), so that no revision is ever given
/// twice. The lock keeps a second hub out of the directory (R24).
struct HubIdentity {
    let lineage: FloorID
    let epoch: UInt32
    /// Held as long as the hub lives; nil without a directory.
    let lock: FileLock?

    private static let magic: UInt64 = 0x3144_4942_524F_4C46  // "FLORBID1"
    private static let fileSize = 32

    /// A life of a hub that keeps nothing.
    static func inMemory() throws(HubServerError) -> HubIdentity {
        HubIdentity(lineage: try freshLineage(), epoch: 1, lock: nil)
    }

    /// The next life of the data in a directory, which is made when missing.
    static func inDirectory(_ path: String) throws(HubServerError) -> HubIdentity {
        let lock: FileLock
        do {
            try FileSystem.makeDirectory(path: path)
            lock = try FileLock(path: path + "/floorbus.lock")
        } catch {
            if error.code == ErrorNumber.tryAgain { throw .directoryInUse(path) }
            throw .directory(path, error)
        }
        let file = path + "/identity"
        var lineage = try freshLineage()
        var epoch: UInt32 = 0
        if let bytes = try readIfThere(file) {
            guard bytes.count == fileSize, bytes.span.u64(0) == magic else {
                throw .badIdentity(file)
            }
            lineage = bytes.span.floorID(8)
            epoch = bytes.span.u32(24)
        }
        // 24 bits of epoch: a restart every second would last half a year.
        guard epoch < 1 << 24 - 1 else { throw .badIdentity(file) }
        epoch += 1
        var bytes: [UInt8] = []
        bytes.append(number: magic)
        bytes.append(id: lineage)
        bytes.append(number: epoch)
        bytes.append(number: UInt32(0))
        do {
            try SmallFile.writeDurably(path: file, bytes: bytes.span)
        } catch {
            throw .directory(file, error)
        }
        return HubIdentity(lineage: lineage, epoch: epoch, lock: lock)
    }

    private static func readIfThere(_ file: String) throws(HubServerError) -> [UInt8]? {
        do {
            return try SmallFile.read(path: file, limit: fileSize + 1)
        } catch {
            guard error.code == ErrorNumber.notFound else { throw .directory(file, error) }
            return nil
        }
    }

    private static func freshLineage() throws(HubServerError) -> FloorID {
        var bytes = [UInt8](repeating: 0, count: 16)
        do { try Randomness.fill(&bytes) } catch { throw .system(error) }
        return bytes.span.floorID(0)
    }
}
