import CFloorBus
import FloorClient
import FloorEvents

/// How a publication came out.
struct Answer {
    var ticket: UInt64
    var status: FloorStatus
    var revision: Revision
    /// Of a flag: its token; of a raise: supporters who may take it.
    var claimGeneration: UInt32
    /// Who has it, or why not.
    var owner: String
    /// Whether the hub's journal is in memory alone.
    var isVolatile: Bool

    /// The same as the header's bits.
    var flags: UInt32 { isVolatile ? UInt32(FLOORBUS_RESULT_VOLATILE) : 0 }
}

/// The publications without an answer, and the last answers.
///
/// Every call takes the same time however many publications are under way: a host's thread waits
/// for it. Those without an answer are a list in the order of their tickets, linked by `nodes`.
struct Answers {
    /// Answers kept until newer ones take their place.
    private static let most = 1024

    private struct Node {
        var ticket: UInt64
        /// -1 = none.
        var before: Int
        var after: Int
    }

    /// Where a ticket is: a place of `nodes`, or below zero `~` a place of `kept`.
    private var places: [UInt64: Int] = [:]
    private var nodes: [Node] = []
    private var free: [Int] = []
    private var oldest = -1
    private var newest = -1
    private var kept: [Answer] = []
    private var next = 0

    /// - Parameter capacity: the most publications without an answer.
    init(capacity: Int) {
        // A large table that grows stops a publisher for milliseconds; see `Outbox`.
        guard capacity > Limits.outboxOperations else { return }
        places.reserveCapacity(capacity + Self.most)
        nodes.reserveCapacity(capacity)
        free.reserveCapacity(capacity)
    }

    /// The newest publication without an answer; 0 when there is none.
    var lastPending: UInt64 { newest < 0 ? 0 : nodes[newest].ticket }

    /// Whether every publication up to this one has its answer.
    func isAnswered(upTo ticket: UInt64) -> Bool { oldest < 0 || nodes[oldest].ticket > ticket }

    func isPending(_ ticket: UInt64) -> Bool { places[ticket].map { $0 >= 0 } ?? false }

    func answer(to ticket: UInt64) -> Answer? {
        guard let place = places[ticket], place < 0 else { return nil }
        return kept[~place]
    }

    /// A publication is under way; tickets are numbered as they are given.
    mutating func expect(_ ticket: UInt64) {
        let node = Node(ticket: ticket, before: newest, after: -1)
        let place: Int
        if let reused = free.popLast() {
            nodes[reused] = node
            place = reused
        } else {
            nodes.append(node)
            place = nodes.count - 1
        }
        if newest < 0 { oldest = place } else { nodes[newest].after = place }
        newest = place
        places[ticket] = place
    }

    mutating func take(_ answer: Answer) {
        if let place = places[answer.ticket], place >= 0 { unlink(place) }
        if kept.count < Self.most {
            places[answer.ticket] = ~kept.count
            kept.append(answer)
        } else {
            places[kept[next].ticket] = nil
            places[answer.ticket] = ~next
            kept[next] = answer
            next = (next + 1) % Self.most
        }
    }

    private mutating func unlink(_ place: Int) {
        let node = nodes[place]
        if node.before < 0 { oldest = node.after } else { nodes[node.before].after = node.after }
        if node.after < 0 { newest = node.before } else { nodes[node.after].before = node.before }
        free.append(place)
    }
}
