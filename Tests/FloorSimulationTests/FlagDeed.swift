import FloorClient
import FloorEvents

/// One flag operation as its client saw it: asked for, and answered.
struct FlagDeed {
    struct Answer {
        var status: FloorStatus
        var revision: Revision
        var generation: UInt32
        /// Who has it, or what is wrong.
        var detail: String
    }

    /// Whose name it was done in.
    let principal: String
    let producer: FloorID
    let operation: RecordOperation
    let id: FloorID
    let request: FlagRequest
    /// The journal's head when it was asked for, and when the answer was read: the operation took
    /// effect in between.
    let after: Revision
    var before = Revision.zero
    var answer: Answer?

    var words: String {
        let said = answer.map { answer in
            "\(answer.status) \(answer.revision.words) gen \(answer.generation) \(answer.detail)"
        }
        return "\(principal) \(operation.name) \(id.low) gen \(request.claimGeneration)"
            + " in \(after.words)...\(before.words): \(said ?? "no answer")"
    }

    // MARK: refusals, by the words of the design (vocabulary 5) and not by the hub's code

    /// Whether the flag in this state gets this answer, which changes nothing.
    func isExplained(by flag: HelpFlag?) -> Bool {
        guard let answer else { return true }
        guard let flag else { return answer.status == .notFound }
        if operation != .raise, answer.status != .notFound,
            answer.generation != flag.claimGeneration
        {
            return false
        }
        switch answer.status {
        case .ok: return isDone(flag)
        case .conflict: return isConflict(flag, answer)
        case .wrongState: return isOutOfPlace(flag)
        case .denied: return isForbidden(flag)
        // It may have been forgotten; or it is the incident that is not there.
        case .notFound: return flag.isEnded || operation == .merge
        case .expired: return operation == .reopen && (flag.isEnded || flag.status == .answered)
        case .invalid:
            return operation == .merge && (request.incident == id || flag.merged > 0)
        default: return false
        }
    }

    private func isDone(_ flag: HelpFlag) -> Bool {
        let isOwners = flag.isOwned && flag.owner == principal
        switch operation {
        case .raise: return flag.words.agent == principal
        case .seen: return flag.status != .raised
        case .claim: return isOwners
        case .engage: return flag.status == .engaged && isOwners && hasToken(flag)
        case .close: return flag.status == .closed
        case .cancel: return flag.status == .cancelled
        case .merge: return flag.status == .merged && flag.incident == request.incident
        default: return false
        }
    }

    private func isConflict(_ flag: HelpFlag, _ answer: Answer) -> Bool {
        switch operation {
        case .claim:
            if flag.isOwned { return flag.owner != principal && flag.owner == answer.detail }
            return flag.isWaiting && request.claimGeneration != 0 && !hasToken(flag)
        case .engage, .release, .reject, .answer:
            let isOwners = flag.isOwned && flag.owner == principal && hasToken(flag)
            return !isOwners && flag.owner == answer.detail
        case .merge: return flag.isOwned && flag.owner == answer.detail
        default: return false
        }
    }

    private func isOutOfPlace(_ flag: HelpFlag) -> Bool {
        let status = flag.status
        switch operation {
        case .claim: return !flag.isWaiting && !flag.isOwned
        case .engage, .release, .reject, .answer: return flag.isEnded || status == .answered
        case .close: return ![.answered, .engaged, .closed].contains(status)
        case .reopen: return status != .answered && status != .closed
        case .cancel: return [.answered, .closed, .unanswered].contains(status)
        case .escalate: return flag.isEnded || status == .answered || flag.escalation == 3
        case .rate: return flag.claims == 0 && flag.stamps.answered == 0
        case .verdict: return flag.stamps.answered == 0
        // Or it is the incident that is.
        case .merge: return true
        default: return false
        }
    }

    private func isForbidden(_ flag: HelpFlag) -> Bool {
        let isAsker = flag.words.agent == principal
        switch operation {
        case .raise, .close, .reopen, .cancel, .rate: return !isAsker
        case .seen, .claim, .engage, .release, .reject, .answer, .merge: return isAsker
        case .verdict: return isAsker || flag.owner == principal
        default: return false
        }
    }

    private func hasToken(_ flag: HelpFlag) -> Bool {
        request.claimGeneration == flag.claimGeneration
    }
}

extension HelpFlag {
    /// Somebody has it.
    var isOwned: Bool { status == .claimed || status == .engaged }
    /// It waits for somebody to take it.
    var isWaiting: Bool { status == .raised || status == .pending }
}
