/// What the handles of one kind stand for.
///
/// A handle is never an address: it is slot, kind and generation of the slot in one number, so
/// that a closed one is known as such even when its slot is used again. Guarded by the owner's
/// lock.
struct HandleTable<Object: AnyObject> {
    /// Bits for the kind, so that an event is never taken for a client.
    private static var kindBits: Int { 2 }
    private static var slotBits: Int { 14 }
    /// Most objects a table may hold: a slot's number from 1 fits its bits.
    static var most: Int { 1 << slotBits - 1 }

    private struct Slot {
        var object: Object?
        var token: UInt
    }

    private let kind: UInt
    private let capacity: Int
    private var slots: [Slot] = []
    private var free: [Int] = []

    init(kind: UInt, capacity: Int) {
        precondition(kind < 1 << Self.kindBits && capacity <= Self.most)
        self.kind = kind
        self.capacity = capacity
    }

    var isFull: Bool { free.isEmpty && slots.count == capacity }

    /// Takes an object in; nil when the table is full.
    mutating func insert(_ object: Object) -> OpaquePointer? {
        if let slot = free.popLast() {
            slots[slot].object = object
            return unsafe OpaquePointer(bitPattern: slots[slot].token)
        }
        guard slots.count < capacity else { return nil }
        let place = UInt(slots.count + 1) << Self.kindBits | kind
        let token = 1 << (Self.kindBits + Self.slotBits) | place
        slots.append(Slot(object: object, token: token))
        return unsafe OpaquePointer(bitPattern: token)
    }

    /// The object of a live handle.
    func find(_ handle: OpaquePointer?) -> Object? {
        unsafe slot(of: handle).flatMap { slots[$0].object }
    }

    /// Takes an object out; its handle is void from now on.
    mutating func remove(_ handle: OpaquePointer?) -> Object? {
        guard let slot = unsafe slot(of: handle), let object = slots[slot].object else {
            return nil
        }
        slots[slot].object = nil
        // The next generation; what overflows is gone, and zero is a generation too.
        slots[slot].token &+= 1 << UInt(Self.kindBits + Self.slotBits)
        free.append(slot)
        return object
    }

    private func slot(of handle: OpaquePointer?) -> Int? {
        let token = UInt(bitPattern: handle)
        let number = Int(token >> UInt(Self.kindBits)) & Self.most
        guard number > 0, number <= slots.count, slots[number - 1].token == token else {
            return nil
        }
        return number - 1
    }
}
