import FloorEvents
import FloorWire

/// Which sessions want which keys: a tree of filter segments.
///
/// Equal filters of many sessions are one node, so that a change costs what its key's depth
/// costs, not what the number of readers costs.
struct FilterIndex: ~Copyable {
    private let inPlace = InPlace()
    private struct Node {
        var parent = -1
        var segment: [UInt8] = []
        var hash: UInt32 = 0
        var plusChild = -1
        var children = 0
        /// Sessions with a subscription whose filter ends here, each with its count.
        var readers: [(session: Session, subscriptions: Int)] = []
        var isFree = false
    }

    private var nodes: [Node] = [Node()]
    private var free: [Int] = []
    private var edges = ByteIndex()
    /// Where a session stands among a node's readers, by both numbers.
    private var places: [UInt64: Int] = [:]
    /// Grows with every change of the set of nodes; cached matches of older ones are void.
    private(set) var generation: UInt64 = 0

    /// The distinct sets of nodes that keys of the event lane match: few, however many keys.
    private var sets: [[Int]] = []
    private var setIndex = ByteIndex()
    /// Grows when the numbers of all sets become void.
    private(set) var setGeneration: UInt64 = 0
    private var found: [Int] = []
    private static let maximumSets = 16_384

    /// Nodes in use, the root not counted.
    var nodeCount: Int { nodes.count - 1 - free.count }

    /// The sessions whose filter is this node's.
    func readers(_ node: Int) -> [(session: Session, subscriptions: Int)] { nodes[node].readers }

    /// Adds a subscription; returns the filter's node, for `remove`.
    mutating func add(_ filter: KeyFilter, _ session: Session) -> Int {
        var node = 0
        var start = 0
        for end in 0..<filter.bytes.count where filter.bytes[end] == UInt8(ascii: "/") {
            node = child(of: node, filter.bytes.span.extracting(start..<end))
            start = end + 1
        }
        let key = Self.key(node, session)
        if let place = places[key] {
            nodes[node].readers[place].subscriptions += 1
            return node
        }
        places[key] = nodes[node].readers.count
        nodes[node].readers.append((session, 1))
        changed()
        return node
    }

    /// Removes one subscription of a session from a filter's node.
    mutating func remove(_ node: Int, _ session: Session) {
        let key = Self.key(node, session)
        guard let place = places[key] else {
            preconditionFailure("FilterIndex.remove: the session has no such filter")
        }
        nodes[node].readers[place].subscriptions -= 1
        guard nodes[node].readers[place].subscriptions == 0 else { return }
        places[key] = nil
        // The last one takes its place, so that thousands who leave cost each one step.
        let last = nodes[node].readers.removeLast()
        if place < nodes[node].readers.count {
            nodes[node].readers[place] = last
            places[Self.key(node, last.session)] = place
        }
        changed()
        prune(node)
    }

    private static func key(_ node: Int, _ session: Session) -> UInt64 {
        UInt64(node) << 32 | UInt64(session.downlink.number)
    }

    private mutating func changed() {
        generation += 1
        dropSets()
    }

    /// How many sessions want a well-formed key; those with several filters count for each.
    mutating func readerCount(_ key: Span<UInt8>) -> Int {
        var found: [Int] = []
        swap(&found, &self.found)
        defer { swap(&found, &self.found) }
        found.removeAll(keepingCapacity: true)
        match(key, into: &found)
        var count = 0
        for node in found { count += nodes[node].readers.count }
        return count
    }

    /// The nodes of a set of this generation.
    func set(_ number: Int32) -> [Int] { sets[Int(number)] }

    /// The number of the set of nodes whose filters match a well-formed key.
    mutating func set(matching key: Span<UInt8>) -> Int32 {
        // Out of self while it is filled; back afterwards, so that the storage stays.
        var found: [Int] = []
        swap(&found, &self.found)
        defer { swap(&found, &self.found) }
        found.removeAll(keepingCapacity: true)
        match(key, into: &found)
        var hash: UInt32 = 2_166_136_261
        for node in found { hash = (hash ^ UInt32(truncatingIfNeeded: node)) &* 16_777_619 }
        if let known = setIndex.find(hash, { sets[$0] == found }) { return Int32(known) }
        if sets.count == Self.maximumSets { dropSets() }
        setIndex.insert(hash, sets.count)
        sets.append(found)
        return Int32(sets.count - 1)
    }

    private mutating func dropSets() {
        if !sets.isEmpty {
            sets.removeAll()
            setIndex.removeAll()
        }
        setGeneration += 1
    }

    /// Appends the nodes whose filters match a well-formed key.
    func match(_ key: Span<UInt8>, into found: inout [Int]) {
        match(node: 0, key, from: 0, into: &found)
    }

    private func match(node: Int, _ key: Span<UInt8>, from start: Int, into found: inout [Int]) {
        if !nodes[node].readers.isEmpty { found.append(node) }
        guard nodes[node].children > 0, start < key.count else { return }
        var end = start
        while key[end] != UInt8(ascii: "/") { end += 1 }
        if nodes[node].plusChild >= 0 {
            match(node: nodes[node].plusChild, key, from: end + 1, into: &found)
        }
        if let next = edge(from: node, key.extracting(start..<end)) {
            match(node: next, key, from: end + 1, into: &found)
        }
    }

    private func edge(from node: Int, _ segment: Span<UInt8>) -> Int? {
        edges.find(ByteIndex.hash(segment, salt: UInt32(node))) { candidate in
            nodes[candidate].parent == node
                && nodes[candidate].segment.count == segment.count
                && nodes[candidate].segment.holds(segment, at: 0)
        }
    }

    private mutating func child(of node: Int, _ segment: Span<UInt8>) -> Int {
        let isPlus = segment.count == 1 && segment[0] == UInt8(ascii: "+")
        if isPlus, nodes[node].plusChild >= 0 { return nodes[node].plusChild }
        if !isPlus, let found = edge(from: node, segment) { return found }
        var fresh = Node()
        fresh.parent = node
        fresh.segment.append(span: segment)
        fresh.hash = ByteIndex.hash(segment, salt: UInt32(node))
        let place: Int
        if let reused = free.popLast() {
            place = reused
            nodes[place] = fresh
        } else {
            place = nodes.count
            nodes.append(fresh)
        }
        nodes[node].children += 1
        if isPlus { nodes[node].plusChild = place } else { edges.insert(fresh.hash, place) }
        return place
    }

    /// Removes nodes that no filter needs any more.
    private mutating func prune(_ start: Int) {
        var node = start
        while node != 0, nodes[node].readers.isEmpty, nodes[node].children == 0 {
            let parent = nodes[node].parent
            if nodes[parent].plusChild == node {
                nodes[parent].plusChild = -1
            } else {
                edges.remove(nodes[node].hash, node)
            }
            nodes[parent].children -= 1
            nodes[node] = Node()
            free.append(node)
            node = parent
        }
    }
}
