import FloorEvents
import FloorWire

/// How far a walk over matching keys has come: for each segment the birth of what is looked at.
///
/// It stays right while keys come and go: what has been passed was born before.
struct KeyCursor {
    fileprivate var births: InlineArray<4, UInt64> = [0, 0, 0, 0]

    init() {}

    /// Behind the present place at a depth.
    fileprivate mutating func pass(_ depth: Int) {
        births[depth] += 1
        clear(below: depth)
    }

    /// Goes into what was born then; false when it was there already.
    fileprivate mutating func enter(_ depth: Int, _ birth: UInt64) -> Bool {
        guard births[depth] != birth else { return false }
        births[depth] = birth
        clear(below: depth)
        return true
    }

    private mutating func clear(below depth: Int) {
        for deeper in (depth + 1)..<max(depth + 1, 4) { births[deeper] = 0 }
    }
}

/// The keys of a table by their segments: class, site, unit, entity.
///
/// A reader's filter costs what it matches, never what the table holds.
///
/// Invariant: a node is here exactly while a key is below it; `count` is the keys below it.
struct KeyTree {
    private struct Node {
        var parent = -1
        var segment: [UInt8] = []
        var hash: UInt32 = 0
        var birth: UInt64 = 0
        var count = 0
        /// Nodes, or at the third segment the table's places of keys.
        var children = BirthList()
    }

    /// Where a key stands in the tree; its table keeps it.
    struct Place {
        fileprivate var unit: Int32 = -1
        fileprivate(set) var birth: UInt64 = 0
    }

    private static let unitDepth = Limits.keySegments - 1

    private var nodes: [Node] = [Node()]
    private var free: [Int] = []
    private var edges = ByteIndex()
    private var lastBirth: UInt64 = 0

    /// Adds a well-formed key that is not here, under its number in the table.
    mutating func insert(_ key: Span<UInt8>, _ number: Int) -> Place {
        var node = 0
        var start = 0
        for _ in 0..<Self.unitDepth {
            let end = Self.end(of: key, from: start)
            node = child(of: node, key.extracting(start..<end))
            start = end + 1
        }
        lastBirth += 1
        nodes[node].children.append(number, birth: lastBirth)
        count(node, by: 1)
        return Place(unit: Int32(node), birth: lastBirth)
    }

    /// Removes a key.
    mutating func remove(_ place: Place) {
        let unit = Int(place.unit)
        nodes[unit].children.remove(birth: place.birth)
        count(unit, by: -1)
        var node = unit
        while node != 0, nodes[node].count == 0 {
            let parent = nodes[node].parent
            edges.remove(nodes[node].hash, node)
            nodes[parent].children.remove(birth: nodes[node].birth)
            nodes[node] = Node()
            free.append(node)
            node = parent
        }
    }

    /// Keys that match a filter without wildcards, at most: those below its segments.
    func count(below filter: KeyFilter) -> Int? {
        guard !filter.hasWildcard else { return nil }
        guard !filter.isOneKey else { return 1 }
        let path = Path(filter)
        var node = 0
        for depth in 0..<path.count {
            guard let next = edge(from: node, filter.bytes.span.extracting(path.range(depth)))
            else { return 0 }
            node = next
        }
        return nodes[node].count
    }

    /// The cursor that goes on with a key.
    func cursor(at place: Place) -> KeyCursor {
        var cursor = KeyCursor()
        cursor.births[Self.unitDepth] = place.birth
        var node = Int(place.unit)
        for depth in (0..<Self.unitDepth).reversed() {
            cursor.births[depth] = nodes[node].birth
            node = nodes[node].parent
        }
        return cursor
    }

    // MARK: walking

    /// Looks at matching keys from a cursor on, as long as `take` says so and work is left.
    ///
    /// - Parameters:
    ///   - filter: which keys.
    ///   - cursor: where to begin; on return at the first key that was not taken.
    ///   - work: units that may be used, one for each node and key looked at.
    ///   - find: the number of a whole key, for filters that name the last segment.
    ///   - take: gets a key's number; false leaves it for the next time.
    /// - Returns: true when nothing is left behind the cursor.
    func walk(
        _ filter: KeyFilter,
        _ cursor: inout KeyCursor,
        _ work: inout Int,
        find: (Span<UInt8>) -> Int?,
        take: (Int) -> Bool
    ) -> Bool {
        let path = Path(filter)
        var node = 0
        var depth = 0
        while work > 0 {
            if depth == Self.unitDepth {
                work -= 1
                switch takeKey(node, path, filter, &cursor, find, take) {
                case .taken: continue
                case .left: return false
                case .none: break
                }
            } else if let next = nextChild(node, depth, path, filter, cursor) {
                // The way back to where it was costs nothing: the least share of work leads on.
                if cursor.enter(depth, nodes[next].birth) { work -= 1 }
                node = next
                depth += 1
                continue
            }
            guard depth > 0 else { return true }
            work = max(0, work - 1)
            depth -= 1
            node = nodes[node].parent
            cursor.pass(depth)
        }
        return false
    }

    private enum Taken {
        case taken, left, none
    }

    /// The next key of a unit.
    private func takeKey(
        _ unit: Int,
        _ path: Path,
        _ filter: KeyFilter,
        _ cursor: inout KeyCursor,
        _ find: (Span<UInt8>) -> Int?,
        _ take: (Int) -> Bool
    ) -> Taken {
        let depth = Self.unitDepth
        if path.isExact(depth, filter) {
            guard cursor.births[depth] != .max else { return .none }
            let key = key(of: unit, filter.bytes.span.extracting(path.range(depth)))
            if let number = find(key.span), !take(number) { return .left }
            cursor.births[depth] = .max
            return .taken
        }
        guard let next = nodes[unit].children.first(from: cursor.births[depth]) else {
            return .none
        }
        cursor.births[depth] = next.birth
        guard take(next.number) else { return .left }
        cursor.births[depth] = next.birth + 1
        return .taken
    }

    private func nextChild(
        _ node: Int,
        _ depth: Int,
        _ path: Path,
        _ filter: KeyFilter,
        _ cursor: KeyCursor
    ) -> Int? {
        guard path.isExact(depth, filter) else {
            return nodes[node].children.first(from: cursor.births[depth])?.number
        }
        guard let child = edge(from: node, filter.bytes.span.extracting(path.range(depth))),
            nodes[child].birth >= cursor.births[depth]
        else { return nil }
        return child
    }

    /// The whole key of an entity in a unit.
    private func key(of unit: Int, _ entity: Span<UInt8>) -> [UInt8] {
        let site = nodes[unit].parent
        let kind = nodes[site].parent
        var key: [UInt8] = []
        for node in [kind, site, unit] {
            key.append(contentsOf: nodes[node].segment)
            key.append(UInt8(ascii: "/"))
        }
        key.append(span: entity)
        key.append(UInt8(ascii: "/"))
        return key
    }

    // MARK: nodes

    private mutating func count(_ unit: Int, by change: Int) {
        var node = unit
        while node >= 0 {
            nodes[node].count += change
            node = nodes[node].parent
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
        if let known = edge(from: node, segment) { return known }
        lastBirth += 1
        var fresh = Node()
        fresh.parent = node
        fresh.segment.append(span: segment)
        fresh.hash = ByteIndex.hash(segment, salt: UInt32(node))
        fresh.birth = lastBirth
        let place: Int
        if let reused = free.popLast() {
            place = reused
            nodes[place] = fresh
        } else {
            place = nodes.count
            nodes.append(fresh)
        }
        edges.insert(fresh.hash, place)
        nodes[node].children.append(place, birth: lastBirth)
        return place
    }

    private static func end(of key: Span<UInt8>, from start: Int) -> Int {
        var end = start
        while key[end] != UInt8(ascii: "/") { end += 1 }
        return end
    }

    /// Where a filter's segments are.
    private struct Path {
        private var starts: InlineArray<5, Int32> = [0, 0, 0, 0, 0]
        let count: Int

        init(_ filter: KeyFilter) {
            var count = 0
            for at in 0..<filter.bytes.count where filter.bytes[at] == UInt8(ascii: "/") {
                count += 1
                starts[count] = Int32(at + 1)
            }
            self.count = count
        }

        /// Whether a segment is named, neither `+` nor left open.
        func isExact(_ depth: Int, _ filter: KeyFilter) -> Bool {
            guard depth < count else { return false }
            let start = Int(starts[depth])
            return
                !(filter.bytes[start] == UInt8(ascii: "+")
                && filter.bytes[start + 1] == UInt8(ascii: "/"))
        }

        func range(_ depth: Int) -> Range<Int> {
            Int(starts[depth])..<(Int(starts[depth + 1]) - 1)
        }
    }
}
