import Foundation

/// A process of this program in another role; it ends when its standard input is closed.
final class Child {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()

    init(_ arguments: [String]) throws {
        process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = ["role"] + arguments
        process.standardInput = input
        process.standardOutput = output
        try process.run()
    }

    var id: Int32 { process.processIdentifier }

    /// The next line it prints, as words.
    func line() throws -> [String] {
        var bytes: [UInt8] = []
        while let byte = try output.fileHandleForReading.read(upToCount: 1)?.first {
            if byte == UInt8(ascii: "\n") {
                return String(decoding: bytes, as: UTF8.self).split(separator: " ").map(String.init)
            }
            bytes.append(byte)
        }
        throw BenchError("a child ended early")
    }

    func go() throws { try input.fileHandleForWriting.write(contentsOf: Array("go\n".utf8)) }

    /// Ends it as a power cut would.
    func kill() {
        _ = Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// Closes its input and waits for its end.
    func end() {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }
}
