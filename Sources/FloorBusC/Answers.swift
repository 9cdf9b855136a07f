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
struct Answers {
    /// Answers kept until newer ones take their place.
    private static let most = 1024

    /// In ascending order: tickets are numbered as they are given.
    private var pending: [UInt64] = []
    private var kept: [Answer] = []
    private var next = 0

    /// The newest publication without an answer; 0 when there is none.
    var lastPending: UInt64 { pending.last ?? 0 }

    /// Whether every publication up to this one has its answer.
    func isAnswered(upTo ticket: UInt64) -> Bool { pending.isEmpty || pending[0] > ticket }

    func isPending(_ ticket: UInt64) -> Bool { place(of: ticket) != nil }

    func answer(to ticket: UInt64) -> Answer? {
        // Ticket 0 is "none"; nothing kept has it.
        kept.first { $0.ticket == ticket }
    }

    mutating func expect(_ ticket: UInt64) { pending.append(ticket) }

    mutating func take(_ answer: Answer) {
        if let place = place(of: answer.ticket) { pending.remove(at: place) }
        if kept.count < Self.most {
            kept.append(answer)
        } else {
            kept[next] = answer
            next = (next + 1) % Self.most
        }
    }

    private func place(of ticket: UInt64) -> Int? {
        var low = 0
        var high = pending.count
        while low < high {
            let middle = (low + high) / 2
            if pending[middle] < ticket { low = middle + 1 } else { high = middle }
        }
        return low < pending.count && pending[low] == ticket ? low : nil
    }
}
