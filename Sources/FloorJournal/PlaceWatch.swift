import FloorEvents
import FloorPosix

/// Whether the database's files are where they were opened.
///
/// A file that is removed stays open and takes what is written to it, until the process ends and
/// everything is gone. So the writer looks before each transaction, and now and then.
struct PlaceWatch {
    private let path: String
    /// The database, its log and their index, in this order: none of them changes while it is open.
    private let files: [(path: String, status: FileStatus)]

    /// Remembers the files of a database that is open and has been written to.
    ///
    /// - Throws: what the system says of a file that is missing already.
    init(_ path: String) throws(PosixError) {
        self.path = path
        var files: [(String, FileStatus)] = []
        for suffix in ["", "-wal", "-shm"] {
            files.append((path + suffix, try FileSystem.status(path: path + suffix)))
        }
        self.files = files
    }

    /// What is wrong, as a sentence; nil when every file is in its place.
    func fault() -> String? {
        for file in files {
            do {
                if try FileSystem.status(path: file.path).isSameFile(as: file.status) { continue }
                return "\(file.path) is another file than the one the hub has open; put back the "
                    + "one that was there, or restart the hub to go on with this one"
            } catch {
                guard error.code == ErrorNumber.notFound else { return error.description }
                return "\(file.path) was removed or renamed; put it back, or restart the hub to "
                    + "begin an empty journal"
            }
        }
        return nil
    }

    /// Bytes of the log.
    func logBytes() throws(PosixError) -> Int64 { try FileSystem.status(path: path + "-wal").size }
}
