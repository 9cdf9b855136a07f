import Foundation

/// How far a long command is, on stderr, when that is a terminal.
struct ProgressBar {
    private let isShown = isatty(STDERR_FILENO) == 1 && Output.hasScreen
    private var nextTime = ContinuousClock.now
    private var width = 0

    /// Shows a fraction from 0 to 1, or no fraction when it is not known; at most ten a second.
    mutating func show(_ fraction: Double?, _ text: String) {
        guard isShown, ContinuousClock.now >= nextTime else { return }
        nextTime = ContinuousClock.now + .milliseconds(100)
        write(Self.line(fraction, text))
    }

    /// Removes the bar, so that what is printed next has the line for itself.
    mutating func clear() {
        guard isShown, width > 0 else { return }
        write("")
        write("")
    }

    private mutating func write(_ line: String) {
        let pad = String(repeating: " ", count: max(0, width - line.count))
        width = line.count
        // A bar that nobody can see is no reason to stop.
        try? FileHandle.standardError.write(contentsOf: Data(("\r" + line + pad).utf8))
    }

    static func line(_ fraction: Double?, _ text: String) -> String {
        guard let fraction else { return text }
        let length = 30
        let done = min(max(fraction, 0), 1)
        let full = Int(done * Double(length))
        let bar =
            String(repeating: "#", count: full) + String(repeating: ".", count: length - full)
        return "[\(bar)] \(Int(done * 100)) % \(text)"
    }
}
