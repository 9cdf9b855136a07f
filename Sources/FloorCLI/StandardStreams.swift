import Foundation

/// The three descriptors that a program begins with.
enum StandardStreams {
    /// Takes the places of those that whoever started the program has closed (`>&-`).
    ///
    /// The next file or socket would get the number, and lines meant for people would be written
    /// into it. What stands in their place refuses what is written to it, and says so.
    static func fill() {
        let modes = [
            (STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_RDONLY),
        ]
        for (descriptor, mode) in modes where fcntl(descriptor, F_GETFD) < 0 {
            // It gets the lowest number that is free, which is this one.
            _ = unsafe open("/dev/null", mode)
        }
    }
}
