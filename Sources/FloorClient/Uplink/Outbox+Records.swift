import FloorEvents
import FloorWire

// Where the operations' records are.

extension Outbox {
    mutating func takeHome(_ slot: Int, _ length: Int) -> RecordChunks.Home {
        let home = records.append(length)
        operations[slot].home = home
        return home
    }

    func home(_ slot: Int) -> RecordChunks.Home {
        guard let home = operations[slot].home else {
            preconditionFailure("Outbox: the operation has no record")
        }
        return home
    }

    mutating func leaveHome(_ slot: Int) {
        if let home = operations[slot].home { records.remove(home) }
        operations[slot].home = nil
    }

    /// The bytes in which an operation's record lies, and where in them it has its parts.
    func record(_ slot: Int) -> (bytes: [UInt8], view: RecordView) {
        let home = home(slot)
        let bytes = records.bytes(of: home)
        return (bytes, RecordView(checked: bytes.span, at: home.range.lowerBound))
    }

    /// A copy of an operation, to be told of.
    func copy(_ slot: Int) -> Removed {
        Removed(operation: operations[slot], record: records.copy(home(slot)))
    }

    /// Writes records anew where few of them keep much memory.
    mutating func gatherRecords() {
        guard records.isWasteful else { return }
        looked += UInt64(operations.count)
        for slot in operations.indices where operations[slot].home != nil { moveRecord(slot) }
    }

    /// Writes an operation's record anew, behind the others: it stays longer than those around it.
    mutating func moveRecord(_ slot: Int) {
        let record = records.copy(home(slot))
        leaveHome(slot)
        records.write(takeHome(slot, record.count), record.span)
    }

    /// Gives a slot back that never was an operation.
    mutating func drop(_ slot: Int) {
        leaveHome(slot)
        free.append(slot)
    }

    func isStored(_ slot: Int, in log: OutboxLog) -> Bool {
        let home = home(slot)
        let bytes = records.bytes(of: home)
        return log.add(
            operations[slot],
            bytes.span.extracting(home.range),
            sequence: operations[slot].sequence
        )
    }
}
