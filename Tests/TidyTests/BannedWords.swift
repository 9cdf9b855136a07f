/// A word that must not stand in code, and what to write instead.
struct Ban {
    var word: String
    /// What must follow the word for it to count: `!` at once, `(` after spaces; nil: anything.
    var next: Character?
    var instead: String

    init(_ word: String, next: Character? = nil, instead: String) {
        self.word = word
        self.next = next
        self.instead = instead
    }

    func matches(_ other: Word) -> Bool {
        guard other.text == word, let next else { return other.text == word }
        return next == (next == "!" ? other.after : other.next)
    }
}

/// Calls we do not make, each with its replacement.
enum BannedWords {
    /// Everywhere.
    static let everywhere = [
        Ban("try", next: "!", instead: "Let the error through, or handle it."),
        Ban("as", next: "!", instead: "Use as? with a guard, or a type that says it."),
        Ban("DispatchQueue", instead: "Use a Task, an actor, or FloorPosix's thread."),
        Ban("DispatchSemaphore", instead: "Use an async sequence, or FloorPosix's wake-up."),
        Ban(
            "NSLock",
            instead: "Use Mutex of Synchronization, or FloorPosix's lock in [E] targets."
        ),
        Ban("NSRecursiveLock", instead: "Use Mutex, and call nothing while you hold it."),
        Ban("unsafeBitCast", instead: "Convert the value through its bytes or its raw value."),
    ]

    /// In Sources, but for the command line.
    static let libraries = [
        Ban("print", next: "(", instead: "Return a value or tell a callback; FloorCLI prints."),
        Ban("debugPrint", next: "(", instead: "Remove it."),
        Ban("exit", next: "(", instead: "Throw an error; the program decides when it ends."),
    ]

    /// In tests: they wait for what they need, not for time to pass.
    static let tests = ["sleep", "usleep", "nanosleep", "sleepForTimeInterval"].map {
        Ban($0, next: "(", instead: "Wait for a condition with a deadline, or move a manual clock.")
    }

    /// In the pure cores: no clock, lock, thread, input, output or hidden chance.
    static let cores =
        [
            "async", "await", "Task", "actor", "AsyncStream", "AsyncSequence", "Mutex", "Atomic",
            "ContinuousClock", "SuspendingClock", "SystemRandomNumberGenerator", "print",
            "readLine", "withUnsafeContinuation", "withCheckedContinuation",
        ].map { Ban($0, instead: "The core is pure: take it as an input, give it as an effect.") }

    /// The bans that hold in a file.
    static func bans(for path: String) -> [Ban] {
        var bans = everywhere
        if path.hasPrefix("Sources/"), !path.hasPrefix("Sources/FloorCLI/") { bans += libraries }
        if path.hasPrefix("Tests/") { bans += tests }
        if ["FloorHub", "FloorClient"].contains(Imports.target(of: path)) { bans += cores }
        return bans
    }

    /// Banned words in a file's code.
    static func findings(in file: TextFile) -> [Finding] {
        let bans = bans(for: file.path)
        var found: [Finding] = []
        for (index, line) in file.codeLines.enumerated() {
            for word in words(in: line) {
                for ban in bans where ban.matches(word) {
                    found.append(
                        Finding(
                            path: file.path,
                            line: index + 1,
                            rule: "\(ban.word)\(ban.next.map(String.init) ?? "") is not used here",
                            remedy: ban.instead
                        )
                    )
                }
            }
            found += silentTrap(line, at: index + 1, in: file.path)
        }
        return found
    }

    /// A trap without a sentence tells nobody what went wrong.
    private static func silentTrap(_ line: String, at number: Int, in path: String) -> [Finding] {
        let code = line.filter { !$0.isWhitespace }
        return ["fatalError()", "preconditionFailure()", "assertionFailure()"]
            .filter(code.contains).map {
                Finding(
                    path: path,
                    line: number,
                    rule: "\($0) without a message",
                    remedy: "Say which rule the caller broke and what to do."
                )
            }
    }
}
