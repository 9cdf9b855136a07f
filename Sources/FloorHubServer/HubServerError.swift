public import FloorEvents
public import FloorPosix
public import FloorZeroMQ

/// Why a hub could not start, and what to do about it.
public enum HubServerError: Error, Sendable {
    /// Another hub has the data directory.
    case directoryInUse(String)
    /// Another hub listens at the path of an ipc endpoint.
    case pathInUse(String)
    /// The data directory or a file in it cannot be used.
    case directory(String, PosixError)
    /// The identity file is not one of ours.
    case badIdentity(String)
    /// The journal cannot be used; the sentence says why and what to do.
    case journal(String)
    /// A socket could not be opened or bound.
    case socket(ZeroMQError)
    /// The system refused something else.
    case system(PosixError)
    /// An endpoint that other machines reach, while nobody needs a key.
    case insecureAddress(String)
    /// An endpoint of a transport the hub does not offer.
    case badEndpoint(String)

    /// What kind of error it is.
    public var status: FloorStatus {
        switch self {
        case .directoryInUse, .pathInUse: .exists
        case .directory, .badIdentity, .journal: .storage
        case .socket(let error): Self.status(of: error.code)
        case .system(let error): Self.status(of: error.code)
        case .insecureAddress, .badEndpoint: .invalid
        }
    }

    private static func status(of code: Int32) -> FloorStatus {
        switch code {
        case ErrorNumber.addressInUse: .exists
        case ErrorNumber.tooManyOpen, ErrorNumber.tryAgain: .limit
        case ErrorNumber.noMemory: .noMemory
        default: .internal
        }
    }

    /// What is wrong and what to do, for a person.
    public var sentence: String {
        switch self {
        case .directoryInUse(let path):
            "another hub is using the data directory " + path
                + "; stop it or choose another directory with --data"
        case .pathInUse(let endpoint):
            "another hub is listening at " + endpoint + "; stop it or choose another path"
        case .directory(let path, let error):
            "the data directory cannot be used: " + path + ": " + error.description
        case .badIdentity(let path):
            path + " is not a FloorBus identity file; restore it from a copy, or start with an "
                + "empty directory"
        case .journal(let sentence):
            sentence
        case .socket(let error):
            error.description
        case .system(let error):
            error.description
        case .insecureAddress(let endpoint):
            "refusing to listen on " + endpoint + ": other machines can reach it and there are "
                + "no keys yet, so anybody could publish; use a loopback address such as "
                + "tcp://127.0.0.1:7410, or say --insecure if the network is trusted"
        case .badEndpoint(let endpoint):
            "'" + endpoint + "' is not an endpoint; write tcp://ADDRESS:PORT with a port up "
                + "to 65535, or ipc:///PATH"
        }
    }
}
