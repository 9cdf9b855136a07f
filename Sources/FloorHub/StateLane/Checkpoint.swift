import FloorEvents
import FloorWire

/// What of the state lane a durable hub has not stored yet.
///
/// Batches are decided in order and a lost one takes all behind it along: revisions tell what is to
/// be handed over again, so a lost batch needs no undoing.
struct Checkpoint {
    private struct OpenBatch {
        var number: UInt64
        var before: Revision
        var through: Revision
    }

    /// Values up to this revision are in a batch.
    private(set) var handedOver: Revision
    private let keepsHistory: Bool
    private var open: [OpenBatch] = []
    private var history = UnsavedHistory()

    init(_ options: HubOptions, from head: Revision) {
        handedOver = head
        keepsHistory = options.isDurable && options.keepsHistory
    }

    /// Values up to here are the journal's own.
    mutating func begin(at head: Revision) { handedOver = head }

    /// Remembers a changed value for the history, if it is of a kind that has one; false when
    /// there was no room, while the journal cannot store.
    ///
    /// Whoever reads the history sees that too: a record names the revision of its key before it.
    mutating func noteHistory(_ record: [UInt8], _ revision: Revision) -> Bool {
        guard keepsHistory else { return true }
        let kind = record[4]
        guard kind == RecordKind.agent.rawValue || kind == RecordKind.queue.rawValue else {
            return true
        }
        return history.add(record, revision)
    }

    /// Everything up to a revision is in a batch, its history included.
    mutating func close(_ batch: UInt64, through head: Revision, _ effects: inout HubEffects) {
        if keepsHistory {
            let start = effects.bytes.count
            history.append(after: handedOver, to: &effects.bytes)
            if effects.bytes.count > start {
                effects.list.append(.saveHistory(start..<effects.bytes.count))
            }
        }
        open.append(OpenBatch(number: batch, before: handedOver, through: head))
        handedOver = head
    }

    /// The journal holds a batch and all before it.
    mutating func confirm(_ batch: UInt64) {
        let count = open.firstIndex { $0.number > batch } ?? open.count
        guard count > 0 else { return }
        history.forget(through: open[count - 1].through)
        open.removeFirst(count)
    }

    /// The journal lost a batch and all behind it.
    mutating func takeBack(_ batch: UInt64) {
        guard let place = open.firstIndex(where: { $0.number == batch }) else { return }
        handedOver = open[place].before
        open.removeLast(open.count - place)
    }
}
