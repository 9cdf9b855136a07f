public import FloorBus

extension FloorBusEvent {
    /// The event as one JSON object; its fields are in docs/cli.md, "watch and get".
    public func json() throws -> String {
        switch self {
        case .record(let record): return try record.json()
        case .removed(let record):
            return try JSONText.line(RecordJSON(record, type: "removed"))
        case .linkUp(let link):
            var line = EventJSON(type: "linkUp")
            line.continuity = link.continuity.rawValue
            line.epoch = link.epoch
            line.lineage = link.lineage.text
            return try JSONText.line(line)
        case .linkDown(let status):
            var line = EventJSON(type: "linkDown")
            line.status = String(describing: status)
            line.sentence = status.sentence
            return try JSONText.line(line)
        case .snapshotEnd(let keys):
            return try JSONText.line(EventJSON(type: "snapshotEnd", keys: keys))
        case .gap(let from, let to, let count):
            var line = EventJSON(type: "gap")
            line.from = from.text
            line.to = to.text
            line.count = count ?? 0
            return try JSONText.line(line)
        }
    }

    /// The event as a line for people.
    public var text: String {
        switch self {
        case .record(let record):
            return record.line(record.summary)
        case .removed(let record):
            return record.line("removed")
        case .linkUp(let link):
            switch link.continuity {
            case .first: return "-- connected to the hub, epoch \(link.epoch)"
            case .resumed: return "-- connected again, epoch \(link.epoch): nothing was missed"
            case .resynced:
                return "-- connected to another life of the hub, epoch \(link.epoch): "
                    + "everything follows again"
            }
        case .linkDown(let status): return "-- the link is down: \(status.sentence)"
        case .snapshotEnd(let keys): return "-- that is everything now: \(keys) keys"
        case .gap(let from, let to, let count):
            let number = count.map { String($0) } ?? "an unknown number of"
            return "-- gap: \(number) events from \(from.text) to \(to.text) are lost"
        }
    }
}

/// What a subscription brings that is no record.
private struct EventJSON: Encodable {
    var type: String
    var continuity: String?
    var epoch: UInt32?
    var lineage: String?
    var status: String?
    var sentence: String?
    var keys: UInt64?
    var from: String?
    var to: String?
    var count: UInt64?
}
