import ArgumentParser
import FloorBus
import Logging

/// From which level on the daemon logs what its hub tells.
enum LogLevel: String, CaseIterable, ExpressibleByArgument, Sendable {
    case info
    case warning
    case error
}

/// What the hub tells an operator, on standard error.
///
/// A thread of the hub hands it over and goes on: a standard error that nobody reads keeps the log
/// waiting, not the floor.
struct HubLog: Sendable {
    private let notices: AsyncStream<HubNotice>.Continuation
    private let writing: Task<Void, Never>

    /// Notices that wait to be written; further ones replace the oldest.
    private static let mostWaiting = 256

    init(from level: LogLevel) {
        var logger = Logger(label: "floorbus.hub") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = Logger.Level(rawValue: level.rawValue) ?? .info
        let (stream, notices) = AsyncStream.makeStream(
            of: HubNotice.self,
            bufferingPolicy: .bufferingNewest(Self.mostWaiting)
        )
        self.notices = notices
        writing = Task { [logger] in
            for await notice in stream { Self.write(notice, to: logger) }
        }
    }

    /// Takes a notice; never waits.
    func take(_ notice: HubNotice) { notices.yield(notice) }

    /// Writes what waits, and ends.
    func close() async {
        notices.finish()
        await writing.value
    }

    private static func write(_ notice: HubNotice, to logger: Logger) {
        let level: Logger.Level =
            switch notice.level {
            case .info: .info
            case .warning: .warning
            case .error: .error
            }
        logger.log(
            level: level,
            "\(Output.printable(notice.sentence))",
            metadata: ["code": "\(notice.code.rawValue)"]
        )
    }
}
