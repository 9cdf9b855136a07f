import Foundation

/// Why the system refused, in its own words: Foundation's sentences name an error's domain and
/// number where they know nothing better.
package enum SystemReason {
    /// The reason, for example `Is a directory`.
    package static func of(_ error: any Error) -> String {
        var cause: NSError? = error as NSError
        while let known = cause {
            if known.domain == NSPOSIXErrorDomain, let number = Int32(exactly: known.code) {
                return unsafe String(cString: strerror(number))
            }
            cause = known.userInfo[NSUnderlyingErrorKey] as? NSError
        }
        return (error as NSError).localizedFailureReason ?? error.localizedDescription
    }
}
