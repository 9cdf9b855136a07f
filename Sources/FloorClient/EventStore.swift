import FloorEvents
import FloorWire

/// Records that wait in mailboxes, each once, and the DELIVER whose credit they hold.
///
/// A message's charge is free when its last record has been taken by every mailbox. Slots keep
/// small storage for the next record.
struct EventStore {
    /// Storage above this size is given back when the slot is free, in bytes.
    static let keptCapacity = 4096

    private struct Slot {
        var bytes: [UInt8] = []
        var references = 0
        var message = -1
    }
    private struct Message {
        var charge = 0
        var records = 0
    }
    private var slots: [Slot] = []
    private var freeSlots: [Int] = []
    private var messages: [Message] = []
    private var freeMessages: [Int] = []

    /// Records waiting.
    var count: Int { slots.count - freeSlots.count }

    /// A message whose records come next; closed by `closeMessage`.
    mutating func openMessage(charge: Int) -> Int {
        let message = Message(charge: charge, records: 1)
        if let reused = freeMessages.popLast() {
            messages[reused] = message
            return reused
        }
        messages.append(message)
        return messages.count - 1
    }

    /// All records of the message have been added; returns the charge when none waits.
    mutating func closeMessage(_ message: Int) -> Int { settle(message) }

    /// Keeps a record with one reference; `message` -1 = it holds no credit.
    mutating func add(_ record: Span<UInt8>, message: Int) -> Int {
        let slot: Int
        if let reused = freeSlots.popLast() {
            slot = reused
        } else {
            slots.append(Slot())
            slot = slots.count - 1
        }
        slots[slot].bytes.removeAll(keepingCapacity: true)
        slots[slot].bytes.append(span: record)
        slots[slot].references = 1
        slots[slot].message = message
        if message >= 0 { messages[message].records += 1 }
        return slot
    }

    mutating func retain(_ slot: Int) { slots[slot].references += 1 }

    func copy(_ slot: Int, into out: inout [UInt8]) {
        out.removeAll(keepingCapacity: true)
        out.append(contentsOf: slots[slot].bytes)
    }

    /// One mailbox has taken the record; returns the charge that is free now, or 0.
    mutating func release(_ slot: Int) -> Int {
        precondition(slots[slot].references > 0, "EventStore: the record was released already")
        slots[slot].references -= 1
        guard slots[slot].references == 0 else { return 0 }
        if slots[slot].bytes.capacity > Self.keptCapacity { slots[slot].bytes = [] }
        freeSlots.append(slot)
        return slots[slot].message < 0 ? 0 : settle(slots[slot].message)
    }

    private mutating func settle(_ message: Int) -> Int {
        messages[message].records -= 1
        guard messages[message].records == 0 else { return 0 }
        freeMessages.append(message)
        return messages[message].charge
    }
}
