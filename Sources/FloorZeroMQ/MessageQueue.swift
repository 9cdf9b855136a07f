/// Messages in order, end to end in storage that is used again.
struct MessageQueue {
    private var bytes: [UInt8] = []
    /// Where each message ends.
    private var ends: [Int] = []
    /// The place of the first message that waits.
    private var first = 0

    /// Storage beyond it is given back when the queue is empty, in bytes.
    private static let keptBytes = 256 * 1024

    var count: Int { ends.count - first }

    mutating func append(_ message: Span<UInt8>) {
        unsafe message.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
        ends.append(bytes.count)
    }

    /// Moves the first message into `message`; false when there is none.
    mutating func popFirst(into message: inout [UInt8]) -> Bool {
        guard first < ends.count else { return false }
        message.removeAll(keepingCapacity: true)
        message.append(contentsOf: bytes[(first == 0 ? 0 : ends[first - 1])..<ends[first]])
        first += 1
        if first == ends.count {
            removeAll()
        } else if first >= 256, first * 2 >= ends.count {
            dropTaken()
        }
        return true
    }

    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: bytes.capacity <= Self.keptBytes)
        ends.removeAll(keepingCapacity: true)
        first = 0
    }

    private mutating func dropTaken() {
        let taken = ends[first - 1]
        bytes.removeFirst(taken)
        ends.removeFirst(first)
        first = 0
        for place in ends.indices { ends[place] -= taken }
    }
}
