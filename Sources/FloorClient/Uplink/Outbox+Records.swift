import FloorEvents
import FloorWire

// Where the operations' records are.

extension Outbox {
    // MARK: a new operation

    /// Puts an operation at the end; nil, and it is none, when the store is full.
    mutating func add(
        _ operation: Operation,
        _ header: RecordHeader,
        key: Span<UInt8>,
        payload: Span<UInt8>,
        at wall: Int64
    ) -> Int? {
        let size = RecordWriter.size(keyBytes: key.count, payloadBytes: payload.count)
        let home = records.append(size)
        records.write(home, header, key: key, payload: payload)
        return add(operation, home, at: wall)
    }

    /// The same with a whole record that was in an outbox before.
    mutating func add(_ operation: Operation, record: [UInt8], at wall: Int64) -> Int? {
        let home = records.append(record.count)
        records.write(home, record.span)
        return add(operation, home, at: wall)
    }

    private mutating func add(
        _ operation: Operation,
        _ home: RecordChunks.Home,
        at wall: Int64
    ) -> Int? {
        var operation = operation
        operation.home = home
        operation.sequence = first + UInt64(queue.count)
        if log != nil { operation.time = wall }
        let slot = place(operation)
        if let log, !isStored(slot, in: log) {
            drop(slot)
            return nil
        }
        bytes += home.range.count
        queue.append(Int32(slot))
        return slot
    }

    /// Puts an operation into a free slot.
    mutating func place(_ operation: Operation) -> Int {
        if let slot = free.popLast() {
            operations[slot] = operation
            return slot
        }
        operations.append(operation)
        return operations.count - 1
    }

    // MARK: records

    func home(_ slot: Int) -> RecordChunks.Home {
        guard let home = operations[slot].home else {
            preconditionFailure("Outbox: the operation has no record")
        }
        return home
    }

    /// Gives a record's place back; returns how many bytes it had.
    @discardableResult
    mutating func leaveHome(_ slot: Int) -> Int {
        guard let home = operations[slot].home else { return 0 }
        records.remove(home)
        operations[slot].home = nil
        return home.range.count
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
        let home = records.append(record.count)
        records.write(home, record.span)
        operations[slot].home = home
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
