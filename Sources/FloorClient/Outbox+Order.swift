import FloorEvents
import FloorWire

extension Outbox {
    /// Whether a newer operation on a key of the state lane makes an older one void.
    func isOlder(_ old: Int, than new: Int) -> Bool {
        guard operations[old].ticket.rawValue < operations[new].ticket.rawValue else {
            return false
        }
        let oldRecord = operations[old].record
        let newRecord = operations[new].record
        let left = oldRecord.span.extracting(view(old).key)
        let right = newRecord.span.extracting(view(new).key)
        guard KeyRules.kind(of: left)?.lane == .state, left.count == right.count else {
            return false
        }
        for index in 0..<left.count where left[index] != right[index] { return false }
        return true
    }
}
