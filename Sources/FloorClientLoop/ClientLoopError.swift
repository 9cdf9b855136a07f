public import FloorEvents
public import FloorPosix
public import FloorZeroMQ

/// Why a client could not be opened, and what to do about it.
public enum ClientLoopError: Error, Sendable {
    /// There is no endpoint, or one of a transport clients do not use.
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
        case .socket, .system: .internal
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
