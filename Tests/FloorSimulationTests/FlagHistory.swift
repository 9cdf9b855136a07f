import FloorEvents
import FloorWire

/// The lives of all flags as the journal tells them, from its records alone.
struct FlagHistory {
    /// A flag from one record on; nil when a hub without a disk has died.
    struct Moment {
        var revision: Revision
        var operation: RecordOperation
        var flag: HelpFlag?
    }

    /// A record that names who did it.
    struct Act {
        var id: FloorID
        var operation: RecordOperation
        var producer: FloorID
        var sequence: UInt64
    }

    private(set) var moments: [FloorID: [Moment]] = [:]
    private(set) var acts: [Revision: Act] = [:]
    private(set) var faults: [String] = []
    /// Who speaks under a producer's id.
    private let principals: [FloorID: String]
    private var owners: [FloorID: [UInt32: String]] = [:]
    private var open: [String: FloorID] = [:]
    /// The private record whose public one comes next.
    private var awaited: (id: FloorID, flag: HelpFlag, revision: Revision)?

    /// Reads the journal.
    ///
    /// - Parameters:
    ///   - records: all of them, in order.
    ///   - lastEpoch: the present life's.
    ///   - keepsDisk: whether flags outlive their hub.
    ///   - principals: whose producer ids are whose.
    init(
        _ records: [(revision: Revision, bytes: [UInt8])],
        epoch lastEpoch: UInt32,
        keepsDisk: Bool,
        principals: [FloorID: String]
    ) {
        self.principals = principals
        var epoch = records.first?.revision.epoch ?? 1
        for (revision, bytes) in records {
            if !keepsDisk { forgetAll(from: epoch, to: revision.epoch) }
            epoch = revision.epoch
            guard let view = try? RecordView(bytes.span, at: 0) else { continue }
            let header = view.header(bytes.span)
            guard header.kind == .flag || header.kind == .private,
                let id = FlagDesk.id(bytes.span.copy(view.key)),
                let operation = header.operation, operation.isOfFlagsLife,
                let flag = try? HelpFlag(payload: bytes.span.extracting(view.payload))
            else { continue }
            let isPrivate = header.kind == .private
            if !isPrivate, header.producer != .zero || header.sourceTime != 0 {
                fail(id, revision, "its public record says who did it")
            }
            if header.producer != .zero {
                // What is told of an operation is the revision of its last record.
                let isAlone = operation == .rate || operation == .verdict
                acts[isPrivate && !isAlone ? revision.next : revision] = Act(
                    id: id,
                    operation: operation,
                    producer: header.producer,
                    sequence: header.producerSequence
                )
            }
            if isPrivate {
                takePrivate(id, operation, flag, revision)
            } else {
                takePublic(id, operation, flag, revision)
            }
        }
        if !keepsDisk { forgetAll(from: epoch, to: lastEpoch) }
    }

    /// The flag's states from a revision on and up to another.
    func states(_ id: FloorID, from first: Revision, through last: Revision) -> [HelpFlag?] {
        let life = moments[id] ?? []
        var states: [HelpFlag?] = [life.last { $0.revision <= first }?.flag]
        for moment in life where first < moment.revision && moment.revision <= last {
            states.append(moment.flag)
        }
        return states
    }

    /// The flag as it was right before a revision, and from it on.
    func change(_ id: FloorID, at revision: Revision) -> (before: HelpFlag?, after: HelpFlag?) {
        let life = moments[id] ?? []
        let place = life.lastIndex { $0.revision <= revision } ?? 0
        guard place < life.count else { return (nil, nil) }
        return (place == 0 ? nil : life[place - 1].flag, life[place].flag)
    }

    // MARK: reading

    private mutating func forgetAll(from old: UInt32, to new: UInt32) {
        guard old < new else { return }
        for epoch in old + 1...new {
            let revision = Revision(epoch: epoch, counter: 0)
            for id in moments.keys {
                moments[id]?.append(Moment(revision: revision, operation: .delete, flag: nil))
            }
        }
        owners.removeAll()
        open.removeAll()
    }

    private mutating func fail(_ id: FloorID, _ revision: Revision, _ sentence: String) {
        faults.append("flag \(id.low) at \(revision.words): \(sentence)")
    }

    private mutating func takePrivate(
        _ id: FloorID,
        _ operation: RecordOperation,
        _ flag: HelpFlag,
        _ revision: Revision
    ) {
        if awaited != nil { fail(id, revision, "a private record without a public one") }
        let isPrivate = operation == .rate || operation == .verdict
        awaited = isPrivate ? nil : (id, flag, revision)
        let before = moments[id]?.last?.flag
        let isNewLife = operation == .raise
        if isNewLife ? before.map({ !$0.isEnded }) ?? false : before == nil {
            let status = before?.status.name ?? "none"
            fail(id, revision, "\(operation.name) of a flag that is \(status)")
        }
        if isNewLife {
            owners[id] = nil
            if flag.claimGeneration != 0 { fail(id, revision, "raised with a token") }
        } else if let before {
            checkToken(id, operation, before, flag, revision)
        }
        checkOwner(id, flag, revision)
        checkOpen(id, flag, revision)
        moments[id, default: []].append(
            Moment(revision: revision, operation: operation, flag: flag)
        )
    }

    private mutating func takePublic(
        _ id: FloorID,
        _ operation: RecordOperation,
        _ flag: HelpFlag,
        _ revision: Revision
    ) {
        guard var expected = awaited else {
            return fail(id, revision, "a public record without its private one")
        }
        awaited = nil
        expected.flag.words = FlagWords()
        expected.flag.eligible = 0
        if expected.id != id || expected.flag != flag || expected.revision.next != revision {
            fail(id, revision, "its two records differ")
        }
        let producer = acts[revision]?.producer ?? .zero
        if operation == .claim, principals[producer] != flag.owner {
            fail(id, revision, "I4 broken, claimed for \(flag.owner) by another")
        }
    }

    // MARK: I4 and I8

    /// I4: the token never goes back, and grows with every claim and every loss.
    private mutating func checkToken(
        _ id: FloorID,
        _ operation: RecordOperation,
        _ before: HelpFlag,
        _ after: HelpFlag,
        _ revision: Revision
    ) {
        let what = "I4 broken, \(operation.name)"
        let grown = Int64(after.claimGeneration) - Int64(before.claimGeneration)
        if grown < 0 { fail(id, revision, "\(what) took the token back") }
        if after.stamps.raised != before.stamps.raised { fail(id, revision, "another age") }
        switch operation {
        case .claim:
            if grown != 1 || !before.isWaiting || after.status != .claimed {
                fail(id, revision, "\(what) of what was \(before.status.name), token +\(grown)")
            }
        case .engage, .answer:
            let isFollowing = after.cause == .incident && before.status == .merged
            let isOwners = before.isOwned && before.owner == after.owner
            if grown != 0 || !(isOwners || isFollowing) {
                fail(id, revision, "\(what) without having it, token +\(grown)")
            }
        case .release, .reject, .leaseLost, .reopen, .cancel, .expire:
            if grown < 1 { fail(id, revision, "\(what) left the token as it was") }
        case .merge:
            if after.status == .merged ? grown < 1 : after.merged != before.merged + 1 {
                fail(id, revision, "\(what) left the token as it was")
            }
        case .escalate where before.status == .merged && after.status != .merged:
            // The asker has a question of their own after all.
            if grown < 1 || after.incident != .zero || after.isOwned {
                fail(id, revision, "\(what) left the incident, and did not")
            }
        default:
            if grown != 0 { fail(id, revision, "\(what) moved the token") }
        }
    }

    /// I4: under one token nobody but one has ever had the flag.
    private mutating func checkOwner(_ id: FloorID, _ flag: HelpFlag, _ revision: Revision) {
        guard flag.isOwned else { return }
        if let owner = owners[id]?[flag.claimGeneration], owner != flag.owner {
            fail(id, revision, "I4 broken, \(owner) and \(flag.owner) had it under one token")
        }
        owners[id, default: [:]][flag.claimGeneration] = flag.owner
    }

    /// Whether the same question is this flag: not ended, nor answered without a call.
    static func standsForCall(_ flag: HelpFlag) -> Bool {
        !flag.isEnded && (flag.status != .answered || !flag.words.callReference.isEmpty)
    }

    /// I8: at every point an agent has one open flag for a call.
    private mutating func checkOpen(_ id: FloorID, _ flag: HelpFlag, _ revision: Revision) {
        let call = "\(flag.words.agent) \(flag.words.callReference)"
        if !Self.standsForCall(flag) {
            if open[call] == id { open[call] = nil }
        } else if let other = open[call], other != id {
            fail(id, revision, "I8 broken, \(call) has flag \(other.low) too")
        } else {
            open[call] = id
        }
    }
}
