/// A network in memory: links that carry messages in order until they are cut.
///
/// The tester decides when a message arrives; a cut link drops what it still carries, as a
/// dying connection does.
///
///     var network = MemoryNetwork()
///     let link = network.open(capacity: 8)
///     network.sendUp(link, [1, 2, 3])
///     network.takeUp(link)              // [1, 2, 3]
public struct MemoryNetwork: Sendable {
    /// One direction's outcome of a send.
    public enum SendOutcome: Sendable, Equatable {
        /// It is on its way.
        case sent
        /// The pipe is full.
        case wouldBlock
        /// The other end is gone.
        case unreachable
    }

    private struct Link: Sendable {
        var up: [[UInt8]] = []
        var down: [[UInt8]] = []
        var capacity: Int
        var isOpen = true
    }

    private var links: [UInt64: Link] = [:]
    private var lastLink: UInt64 = 0

    /// No links.
    public init() {}

    /// Opens a link whose downward pipe holds `capacity` messages.
    public mutating func open(capacity: Int) -> UInt64 {
        lastLink += 1
        links[lastLink] = Link(capacity: capacity)
        return lastLink
    }

    /// Whether both ends can still use the link.
    public func isOpen(_ link: UInt64) -> Bool { links[link]?.isOpen ?? false }

    /// Cuts a link; with `losing: false` what is on its way up still arrives.
    public mutating func cut(_ link: UInt64, losing: Bool = true) {
        links[link]?.isOpen = false
        links[link]?.down.removeAll()
        if losing { links[link]?.up.removeAll() }
    }

    /// Sends towards the hub.
    public mutating func sendUp(_ link: UInt64, _ message: [UInt8]) {
        guard isOpen(link) else { return }
        links[link]?.up.append(message)
    }

    /// Sends towards the client.
    public mutating func sendDown(_ link: UInt64, _ message: [UInt8]) -> SendOutcome {
        guard let state = links[link], state.isOpen else { return .unreachable }
        guard state.down.count < state.capacity else { return .wouldBlock }
        links[link]?.down.append(message)
        return .sent
    }

    /// The next message that arrives at the hub.
    public mutating func takeUp(_ link: UInt64) -> [UInt8]? {
        guard let state = links[link], !state.up.isEmpty else { return nil }
        return links[link]?.up.removeFirst()
    }

    /// The next message that arrives at the client.
    public mutating func takeDown(_ link: UInt64) -> [UInt8]? {
        guard let state = links[link], !state.down.isEmpty else { return nil }
        return links[link]?.down.removeFirst()
    }

    /// Links with something on its way up, in the order they were opened.
    public var linksWithUp: [UInt64] { links.filter { !$0.value.up.isEmpty }.keys.sorted() }

    /// Links with something on its way down, in the order they were opened.
    public var linksWithDown: [UInt64] { links.filter { !$0.value.down.isEmpty }.keys.sorted() }
}
