public import FloorEvents

extension QueueLevel {
    /// The level as one JSON object; its fields are in docs/cli.md, "watch and get".
    public func json() throws -> String { try JSONText.line(QueueJSON(self)) }

    /// Reads a level from the JSON that `json()` writes; what is missing is as in `QueueLevel()`.
    ///
    /// - Throws: `JSONTextError` with the field that is wrong, also for one that is not known.
    public init(json text: String) throws(JSONTextError) {
        self = try JSONText.read(QueueJSON.self, from: text).level
    }

    /// The level in a few words.
    public var summary: String {
        "waiting \(waiting), offered \(counters.offered), answered \(counters.answered), "
            + "abandoned \(counters.abandoned), timed out \(counters.timedOut)"
            + figures.map { ", " + $0.summary }.joined()
    }
}

extension TeamFigures {
    /// The figures as a JSON list of objects; their fields are in docs/cli.md, "watch and get".
    public func json() throws -> String { try JSONText.line(figures.map(FigureJSON.init)) }

    /// Reads figures from the JSON list that `json()` writes.
    ///
    /// - Throws: `JSONTextError` with the field that is wrong, also for one that is not known.
    public init(json text: String) throws(JSONTextError) {
        self.init(try JSONText.read([FigureJSON].self, from: text).map { $0.figure })
    }

    /// The figures in a few words.
    public var summary: String { figures.map(\.summary).joined(separator: ", ") }
}

extension Figure {
    /// Name, value and unit.
    var summary: String { "\(PlainText.printable(name)) \(value) \(unit.name)" }
}

/// A figure and its JSON.
struct FigureJSON: Codable {
    var figure: Figure

    init(_ figure: Figure) { self.figure = figure }

    func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: FieldName.self)
        try fields.encode(figure.name, forKey: "name")
        try fields.encode(figure.value, forKey: "value")
        try fields.encode(figure.unit.name, forKey: "unit")
        try fields.encode(figure.formula.name, forKey: "formula")
        try fields.encode(figure.window.name, forKey: "window")
        try fields.encode(figure.n, forKey: "n")
        try fields.encode(figure.thresholdMilliseconds, forKey: "threshold_ms")
        try fields.encode(figure.zoneMinutes, forKey: "zone_minutes")
        try fields.encode(figure.asOf, forKey: "as_of_us")
    }

    init(from decoder: any Decoder) throws {
        let fields = try JSONFields(
            decoder,
            known: [
                "name", "value", "unit", "formula", "window", "n", "threshold_ms", "zone_minutes",
                "as_of_us",
            ]
        )
        guard let name = try fields.text("name"), !name.isEmpty else {
            throw fields.error("name", "is needed")
        }
        guard let value: Int64 = try fields.number("value") else {
            throw fields.error("value", "is needed")
        }
        figure = Figure(name, value, try fields.named("unit") ?? .unknown)
        figure.formula = try fields.named("formula") ?? figure.formula
        figure.window = try fields.named("window") ?? figure.window
        figure.n = try fields.number("n") ?? 0
        figure.thresholdMilliseconds = try fields.number("threshold_ms") ?? 0
        figure.zoneMinutes = try fields.number("zone_minutes") ?? 0
        figure.asOf = try fields.number("as_of_us") ?? 0
    }
}

/// Numbers that belong together, as one JSON object: a table says which is which.
private struct CountsJSON<Counts: CountTable>: Codable {
    var counts: Counts

    init(_ counts: Counts) { self.counts = counts }

    func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: FieldName.self)
        for (name, path) in Counts.table {
            try fields.encode(counts[keyPath: path], forKey: FieldName(stringValue: name))
        }
    }

    init(from decoder: any Decoder) throws {
        let fields = try JSONFields(decoder, known: Counts.table.map(\.name))
        counts = Counts()
        for (name, path) in Counts.table {
            counts[keyPath: path] = try fields.number(name) ?? 0
        }
    }
}

/// Counts with their names in JSON.
private protocol CountTable {
    static var table: [(name: String, path: WritableKeyPath<Self, UInt32>)] { get }
    init()
}

extension QueueLevel.Counters: CountTable {
    fileprivate static var table: [(name: String, path: WritableKeyPath<Self, UInt32>)] {
        [
            ("offered", \.offered), ("answered", \.answered), ("abandoned", \.abandoned),
            ("abandoned_short", \.abandonedShort), ("overflowed", \.overflowed),
            ("timed_out", \.timedOut), ("exited_by_key", \.exitedByKey),
            ("callback_taken", \.callbackTaken),
        ]
    }
}

extension QueueLevel.Agents: CountTable {
    fileprivate static var table: [(name: String, path: WritableKeyPath<Self, UInt32>)] {
        [
            ("logged_on", \.loggedOn), ("ready", \.ready), ("reserved", \.reserved),
            ("busy_inbound", \.busyInbound), ("busy_outbound", \.busyOutbound),
            ("busy_internal", \.busyInternal), ("after_call", \.afterCall),
            ("not_ready", \.notReady), ("busy_other", \.busyOther),
        ]
    }
}

/// A queue's level and its JSON.
struct QueueJSON: Codable {
    var level: QueueLevel

    init(_ level: QueueLevel) { self.level = level }

    func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: FieldName.self)
        try fields.encode(level.waiting, forKey: "waiting")
        try fields.encode(level.oldestEnqueuedAt, forKey: "oldest_enqueued_at_us")
        try fields.encode(CountsJSON(level.counters), forKey: "counters")
        try fields.encode(CountsJSON(level.agents), forKey: "agents")
        try fields.encode(level.window.name, forKey: "window")
        try fields.encode(level.figures.map(FigureJSON.init), forKey: "figures")
    }

    init(from decoder: any Decoder) throws {
        let fields = try JSONFields(
            decoder,
            known: ["waiting", "oldest_enqueued_at_us", "counters", "agents", "window", "figures"]
        )
        level = QueueLevel(waiting: try fields.number("waiting") ?? 0)
        level.oldestEnqueuedAt = try fields.number("oldest_enqueued_at_us") ?? 0
        if let counters = try fields.part("counters", CountsJSON<QueueLevel.Counters>.self) {
            level.counters = counters.counts
        }
        if let agents = try fields.part("agents", CountsJSON<QueueLevel.Agents>.self) {
            level.agents = agents.counts
        }
        level.window = try fields.named("window") ?? level.window
        level.figures = try fields.part("figures", [FigureJSON].self)?.map { $0.figure } ?? []
    }
}
