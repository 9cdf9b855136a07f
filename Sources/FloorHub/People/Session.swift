import FloorEvents
import FloorRoster
import FloorWire

/// A session: one connected client, as who it is.
///
/// What it reads is in `reader`, which is the readers' own; what it is to be answered in `answers`,
/// which is the event lane's.
final class Session {
    let downlink: Downlink
    let reader: Reader
    let answers: Answers
    let principal: Principal
    let producer: Producer
    /// Which of several programs with one producer id speaks.
    let incarnation: UInt64
    /// Whether somebody else has numbered operations under this producer id (R21), and this client
    /// none since: what it knows the results of says nothing about the hub's.
    var isForeign = false
    let heartbeat: Int64
    let will: [UInt8]
    let willGrace: Int64
    /// The roles its WELCOME has told.
    let roles: Roles
    /// What its client shows in the next HELLO.
    let secret: FloorID
    var lastHeard: Int64
    var isEnded = false
    /// Its place among the sessions.
    var place = -1

    init(
        _ downlink: Downlink,
        _ reader: Reader,
        _ producer: Producer,
        _ hello: Hello,
        heartbeat: Int64,
        secret: FloorID,
        now: Int64
    ) {
        self.downlink = downlink
        self.reader = reader
        answers = Answers(cumulative: producer.cumulative)
        principal = producer.principal
        self.producer = producer
        incarnation = hello.incarnation
        self.heartbeat = heartbeat
        will = hello.will
        willGrace = Int64(hello.willGraceMilliseconds) * 1000
        roles = producer.principal.permissions.roles
        self.secret = secret
        lastHeard = now
    }

    var link: LinkID { downlink.link }

    /// Boot time at which it counts as silent, if nothing is heard before.
    var silentAt: Int64 {
        lastHeard + heartbeat * Int64(Limits.silentHeartbeats) + Limits.silenceSlackMicroseconds
    }
}
