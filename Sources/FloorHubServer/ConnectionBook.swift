import FloorEvents
import FloorHub

/// The connections of one socket, by their descriptors: which are too many, and which say nothing.
///
/// libzmq keeps whoever connects: a peer that never says HELLO holds a descriptor for ever, and
/// without one left `accept` fails in a loop that takes half a core. So what comes above a ceiling
/// is closed at once, and so is whoever has no session for some time.
///
/// Descriptors are used again, so an entry counts while its number is that of the connection.
struct ConnectionBook {
    private struct Connection {
        var number: UInt64
        var link: LinkID?
    }

    private struct Appointment {
        var descriptor: Int32
        var number: UInt64
        var due: Int64
    }

    /// Connections without a session are looked for again after so many microseconds.
    static let laterMicroseconds: Int64 = 10_000_000

    /// Descriptors from here on are for the process itself.
    let ceiling: Int32
    /// Whether who connects has to open a session.
    private let expectsHello: Bool
    private(set) var refused = 0
    private(set) var silent = 0
    private var connections: [Int32: Connection] = [:]
    private var lastNumber: UInt64 = 0
    /// Who has to have said HELLO by when, and who has to have a session by when; both in order.
    private var fresh = AppointmentList()
    private var known = AppointmentList()
    /// Whether libzmq tells where a message came from.
    private var tellsSource = true

    private struct AppointmentList {
        var list: [Appointment] = []
        var head = 0

        var due: Int64 { head < list.count ? list[head].due : .max }

        mutating func takeDue(at now: Int64) -> Appointment? {
            guard due <= now else { return nil }
            defer {
                head += 1
                if head >= 1024, head * 2 >= list.count {
                    list.removeFirst(head)
                    head = 0
                }
            }
            return list[head]
        }
    }

    init(ceiling: Int32, expectsHello: Bool) {
        self.ceiling = ceiling
        self.expectsHello = expectsHello
    }

    /// Open connections; for tests.
    var count: Int { connections.count }
    /// Boot time of the next look.
    var deadline: Int64 { min(fresh.due, known.due) }

    /// A connection came in; false when there is no room and it has to be closed.
    mutating func accepted(_ descriptor: Int32, at now: Int64) -> Bool {
        lastNumber += 1
        connections[descriptor] = Connection(number: lastNumber)
        guard descriptor < ceiling else {
            refused += 1
            return false
        }
        guard expectsHello else { return true }
        let due = now + Limits.helloTimeoutMicroseconds
        fresh.list.append(Appointment(descriptor: descriptor, number: lastNumber, due: due))
        return true
    }

    /// A connection is gone.
    mutating func ended(_ descriptor: Int32) { connections[descriptor] = nil }

    /// A HELLO of this link came over a connection; a negative descriptor is not known.
    mutating func saidHello(_ descriptor: Int32, _ link: LinkID) {
        if descriptor < 0 { tellsSource = false }
        connections[descriptor]?.link = link
    }

    /// Connections to be closed: without a HELLO in time, or without a session later.
    mutating func overdue(at now: Int64, isOpen: (LinkID) -> Bool) -> [Int32] {
        var result: [Int32] = []
        while let next = fresh.takeDue(at: now) ?? known.takeDue(at: now) {
            guard let connection = connections[next.descriptor],
                connection.number == next.number
            else { continue }
            guard tellsSource else { continue }
            if let link = connection.link, isOpen(link) {
                var later = next
                later.due = now + Self.laterMicroseconds
                known.list.append(later)
            } else {
                silent += 1
                result.append(next.descriptor)
            }
        }
        return result
    }
}
