import FloorPosix

/// Where a client connects to.
enum Endpoint {
    /// The endpoint, as it is to be given to libzmq: which connects again and again, whatever
    /// directory the process is in by then.
    ///
    /// - Throws: `ClientLoopError.badEndpoint` for one of another form.
    static func known(_ text: String) throws(ClientLoopError) -> String {
        if let address = rest(of: text, behind: "tcp://") {
            if address.isEmpty { throw .badEndpoint(text) }
            return text
        }
        guard let path = rest(of: text, behind: "ipc://"), let first = path.first else {
            throw .badEndpoint(text)
        }
        var whole = String(decoding: path, as: UTF8.self)
        // "@" begins a name that is in no directory.
        if first != UInt8(ascii: "/"), first != UInt8(ascii: "@") {
            do { whole = try FileSystem.currentDirectory() + "/" + whole } catch {
                throw .system(error)
            }
        }
        return "ipc://" + whole
    }

    private static func rest(of text: String, behind scheme: String) -> [UInt8]? {
        guard text.utf8.starts(with: scheme.utf8) else { return nil }
        return Array(text.utf8.dropFirst(scheme.utf8.count))
    }
}
