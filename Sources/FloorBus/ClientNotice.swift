import FloorClient

/// What a client has to say about its work as a whole.
///
///     for await notice in client.notices { … }
public enum ClientNotice: Sendable, Equatable {
    /// The hub answers, but lets operations wait; they are tried again by themselves.
    ///
    /// `storage`: its journal cannot store; `limit`: it is full. Said once for each such time.
    case delayed(FloorBusError)
    /// No operation waits for that any more.
    case resumed

    init(_ notice: FloorClient.ClientNotice) {
        switch notice {
        case .deferred(let status): self = .delayed(FloorBusError(delay: status))
        case .resumed: self = .resumed
        }
    }
}
