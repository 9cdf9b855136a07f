/// The callers waiting in one queue, in the order in which they joined.
struct WaitingLine {
    enum Joined {
        case joined
        case alreadyWaiting
        case full
    }

    private struct Place {
        var turn: Int
        var sinceSeconds: Int64
    }

    private var places = NameTable<Place>()
    // Every place ever taken, oldest first; those given up are passed over at the head and
    // cleared out when they are the larger part, so that the array stays within twice the limit.
    private var order: [(callID: String, turn: Int)] = []
    private var head = 0
    private var nextTurn = 0

    var count: Int { places.count }

    var oldestSeconds: Int64? {
        guard head < order.count else { return nil }
        return places[order[head].callID]?.sinceSeconds
    }

    var callIDs: [String] { order[head...].filter(isCurrent).map(\.callID) }

    /// The first so many in the line.
    func oldest(_ count: Int) -> [String] {
        var found: [String] = []
        for entry in order[head...] where found.count < count && isCurrent(entry) {
            found.append(entry.callID)
            if found.count == count { break }
        }
        return found
    }

    func waitSeconds(of callID: String, until now: Int64) -> Int64 {
        guard let place = places[callID] else { return 0 }
        return min(max(0, now - place.sinceSeconds), ImportLimits.durationSeconds)
    }

    mutating func join(_ callID: String, at seconds: Int64) -> Joined {
        guard places[callID] == nil else { return .alreadyWaiting }
        guard places.count < ImportLimits.waitingPerQueue else { return .full }
        places[callID] = Place(turn: nextTurn, sinceSeconds: seconds)
        order.append((callID, nextTurn))
        nextTurn += 1
        return .joined
    }

    /// Returns false if the call was not waiting.
    mutating func leave(_ callID: String) -> Bool {
        guard places.removeValue(forKey: callID) != nil else { return false }
        while head < order.count, !isCurrent(order[head]) { head += 1 }
        if order.count > 2 * places.count + 16 {
            order = order[head...].filter(isCurrent)
            head = 0
        }
        return true
    }

    private func isCurrent(_ entry: (callID: String, turn: Int)) -> Bool {
        places[entry.callID]?.turn == entry.turn
    }
}
