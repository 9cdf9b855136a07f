public import FloorEvents
public import FloorPosix
public import FloorZeroMQ

/// Why a client could not be opened, and what to do about it.
public enum ClientLoopError: Error, Sendable {
    /// There is no endpoint, or one that no client can connect to.
    case badEndpoint(String)
    /// An option has a value that is not allowed.
    case options(FloorStatus)
    /// The outbox file cannot be used.
    case outbox(OutboxFileError)
    /// A socket could not be opened.
    case socket(ZeroMQError)
    /// The system refused something else.
    case system(PosixError)

    /// What kind of error it is.
    public var status: FloorStatus {
        switch self {
        case .badEndpoint: .invalid
        case .options(let status): status
        case .outbox(let error): error.status
        case .socket(let error): Self.status(of: error.code)
        case .system(let error): Self.status(of: error.code)
        }
    }

    /// Of what the system has no more of, whoever asks can give some back and try again.
    private static func status(of code: Int32) -> FloorStatus {
        switch code {
        case ErrorNumber.tooManyOpen, ErrorNumber.tryAgain: .limit
        case ErrorNumber.noMemory: .noMemory
        default: .internal
        }
    }

    /// What is wrong and what to do, for a person.
    public var sentence: String {
        switch self {
        case .badEndpoint(let endpoint):
            "'" + endpoint + "' is not an endpoint; write tcp://HOST:PORT, for example "
                + "tcp://127.0.0.1:7410, or ipc:///PATH"
        case .options(let status):
            "the client's options are not allowed: " + status.sentence
        case .outbox(let error):
            error.sentence
        case .socket(let error):
            error.description
        case .system(let error):
            error.description
        }
    }
}
