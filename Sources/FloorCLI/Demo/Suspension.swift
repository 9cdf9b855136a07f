import Foundation
import Synchronization

/// Ctrl-Z: the terminal is given back before the program stops, and taken again when it goes on.
enum Suspension {
    private static let isWanted = Atomic(false)

    /// Catches SIGTSTP from here on.
    static func listen() {
        // Made before the handler uses it, which may do nothing but this store.
        isWanted.store(false, ordering: .relaxed)
        _ = signal(SIGTSTP) { _ in Suspension.isWanted.store(true, ordering: .relaxed) }
    }

    /// Whether it came since the last question.
    static func isDue() -> Bool { isWanted.exchange(false, ordering: .relaxed) }

    /// Stops the program; returns when it goes on.
    static func stop() { kill(getpid(), SIGSTOP) }
}
