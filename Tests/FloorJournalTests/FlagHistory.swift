import FloorEvents
import FloorWire
import Testing

/// What the journal says happened to every flag, in the hub's order.
struct FlagHistory {
    /// One record under a flag's key, or under its private key what only some may know.
    struct Step: Hashable {
        let flag: FloorID
        let operation: RecordOperation
        let producer: FloorID
        let sequence: UInt64
        let state: HelpFlag
        let isPrivate: Bool
    }

    private(set) var steps: [Step] = []

    /// Reads records that lie end to end, as a page of the journal has them.
    init(_ records: [UInt8]) throws {
        let bytes = records.span
        var at = 0
        while at < bytes.count {
            let view = try RecordView(bytes, at: at)
            at = view.range.upperBound
            let header = view.header(bytes)
            let key = try FloorKey(bytes: bytes.copy(view.key))
            guard header.schema == PayloadSchema.flag, let id = FloorID(key.entity),
                let operation = header.operation
            else { continue }
            steps.append(
                Step(
                    flag: id,
                    operation: operation,
                    producer: header.producer,
                    sequence: header.producerSequence,
                    state: try HelpFlag(payload: bytes.extracting(view.payload)),
                    isPrivate: key.kind == .private
                )
            )
        }
    }

    /// What clients asked for: the words beside an operation and the hub's own steps are not.
    var asked: [Step] { steps.filter { $0.producer != .zero } }

    /// The steps of each flag under its own key.
    var lives: [FloorID: [Step]] {
        Dictionary(grouping: steps.filter { !$0.isPrivate }, by: \.flag)
    }

    /// Checks what must hold of every history: no operation twice, one owner for each token, and
    /// with `allEnded` no flag open for ever.
    func check(allEnded: Bool = true) {
        let numbers = asked.map { "\($0.producer) \($0.sequence)" }
        #expect(Set(numbers).count == numbers.count, "an operation is in the journal twice")
        for (id, life) in lives { check(id, life, allEnded: allEnded) }
    }

    private func check(_ id: FloorID, _ life: [Step], allEnded: Bool) {
        #expect(life[0].operation == .raise, "\(id) does not begin with its raising")
        #expect(life.count { $0.operation == .raise } == 1, "\(id) is raised twice")
        var owners: [UInt32: String] = [:]
        var before = life[0].state
        for step in life.dropFirst() {
            let state = step.state
            let token = state.claimGeneration
            #expect(token >= before.claimGeneration, "\(id): an old token came back")
            if step.operation == .claim {
                #expect(token == before.claimGeneration + 1, "\(id): a claim without a new token")
                #expect(owners[token] == nil, "\(id): token \(token) was won twice")
                #expect(before.owner.isEmpty, "\(id): claimed from \(before.owner)")
                owners[token] = state.owner
            }
            if step.operation == .answer || step.operation == .engage {
                #expect(owners[token] == state.owner, "\(id): \(state.owner) has no claim")
            }
            before = state
        }
        if allEnded { #expect(before.isEnded, "\(id) is open for ever: \(before.status.name)") }
    }
}
