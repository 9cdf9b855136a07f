import CPosix

/// The hub for the C library, whose code lies in a file of its own.
///
/// Most programs that link the library are clients; the hub's code is larger than all of theirs.
public enum HubEntry {
    /// The file.
    public static var library: String { "libfloorbus-hub.so.1" }

    /// What names the build of this code.
    public static var build: String { unsafe String(cString: floor_posix_build()) }

    /// Shares the reserve of memory of the file that has loaded this one.
    public static func share(memory: OpaquePointer?) { unsafe floor_posix_memory_use(memory) }

    /// Hands a request to the hub's code, which is loaded for the first one.
    ///
    /// - Parameters:
    ///   - wish: an object of a class that both know.
    ///   - isBuiltAlike: false when the other file is of another build: nothing has happened.
    /// - Returns: why the code cannot be loaded; nil when it was called.
    public static func call(with wish: AnyObject, isBuiltAlike: inout Bool) -> String? {
        var why = unsafe UnsafePointer<CChar>?.none
        let entry = unsafe library.withCString { unsafe floor_posix_hub_entry($0, &why) }
        guard let entry = unsafe entry else {
            return unsafe why.map { unsafe String(cString: $0) } ?? ""
        }
        let status = unsafe entry(
            floor_posix_build(),
            floor_posix_memory_reserve(),
            Unmanaged.passUnretained(wish).toOpaque()
        )
        isBuiltAlike = status == 0
        return nil
    }
}
