public import FloorClient
public import FloorEvents

/// An outbox's store in memory, with a disk that can be full and bytes that can be damaged.
///
///     let store = MemoryOutboxStore()
///     try core.keepOutbox(in: store, try store.open(for: "ann", producer: id))
///     // "kill" the core, then:
///     try nextCore.keepOutbox(in: store, try store.open(for: "ann", producer: id))
///
/// - Thread: one at a time.
public final class MemoryOutboxStore: OutboxStore {
    /// What is stored; a test may change it.
    public var bytes: [UInt8]
    /// Whether it takes nothing more.
    public var isFull = false
    /// How often it was replaced as a whole.
    public private(set) var replacements = 0

    /// A store with these bytes; none = a new one.
    public init(_ bytes: [UInt8] = []) { self.bytes = bytes }

    /// What it holds; a torn end is cut off, as a file's is.
    ///
    /// - Parameters:
    ///   - principal: whose it must be.
    ///   - producer: who the client is if the store is new.
    /// - Returns: the contents.
    /// - Throws: `OutboxFault` for damaged bytes.
    public func open(
        for principal: String,
        producer: FloorID
    ) throws(OutboxFault) -> OutboxContents {
        if bytes.isEmpty { return OutboxContents(of: producer) }
        let contents = try OutboxContents(bytes.span, principal: principal)
        bytes.removeLast(bytes.count - contents.length)
        return contents
    }

    /// Adds bytes unless it is full.
    public func append(_ bytes: Span<UInt8>) -> Bool {
        if isFull { return false }
        for index in bytes.indices { self.bytes.append(bytes[index]) }
        return true
    }

    /// Writes over bytes that are there; that works although it is full.
    public func overwrite(_ bytes: Span<UInt8>, at offset: Int) -> Bool {
        for index in bytes.indices { self.bytes[offset + index] = bytes[index] }
        return true
    }

    /// Keeps the first bytes; that works although it is full.
    public func truncate(to length: Int) -> Bool {
        bytes.removeLast(bytes.count - length)
        return true
    }

    /// Replaces everything unless it is full.
    public func replace(with bytes: Span<UInt8>) -> Bool {
        if isFull { return false }
        self.bytes.removeAll()
        replacements += 1
        return append(bytes)
    }
}
