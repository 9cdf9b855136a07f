import CFloorBus
import FloorEvents
import FloorPosix

/// Why a call fails: the status it returns, and the sentence `floorbus_last_error` gives.
struct Failure: Error {
    let status: FloorStatus
    let sentence: String

    init(_ status: FloorStatus, _ sentence: String) {
        self.status = status
        self.sentence = sentence
    }

    init(_ status: FloorStatus) { self.init(status, status.sentence) }

    static func missing(_ argument: StaticString) -> Failure {
        Failure(.invalid, argument.description + " is NULL")
    }
}

/// Runs a call's body, in which its thread cannot be cancelled; a failure becomes this thread's
/// sentence and the status.
func answer(_ body: () throws(Failure) -> Void) -> floorbus_status {
    HostCall.quietly {
        do throws(Failure) {
            try body()
            return FloorStatus.ok.rawValue
        } catch {
            ThreadText.set(error.sentence)
            return error.status.rawValue
        }
    }
}

/// Refuses what takes memory for long while there is none.
func checkMemory() throws(Failure) {
    if SystemTrial.isMemoryShort { throw Failure(.noMemory) }
}

/// Runs the core's or the wire's part of a call, whose errors are plain statuses.
func naming<Result>(_ body: () throws(FloorStatus) -> Result) throws(Failure) -> Result {
    do { return try body() } catch { throw Failure(error) }
}

/// A timeout of the C interface as a deadline.
enum Patience {
    /// Only look.
    case none
    /// Nanoseconds of `Clocks.monotonicNanoseconds()`.
    case until(UInt64)
    case forever

    init(milliseconds: Int32) throws(Failure) {
        switch milliseconds {
        case 0: self = .none
        case -1: self = .forever
        case 1...:
            self = .until(Clocks.monotonicNanoseconds() + UInt64(milliseconds) * 1_000_000)
        default:
            throw Failure(
                .invalid,
                "a timeout of \(milliseconds) ms; use 0 to look, FLOORBUS_WAIT_FOREVER for no limit"
            )
        }
    }

    /// The deadline for a wait that always looks once; nil = no limit.
    var deadline: UInt64? {
        switch self {
        case .none: 0
        case .until(let deadline): deadline
        case .forever: nil
        }
    }

    /// What a wait that was for nothing is answered with.
    var disappointment: Failure {
        if case .none = self { Failure(.again) } else { Failure(.timedOut) }
    }
}
