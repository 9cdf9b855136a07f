public import FloorEvents

extension Figure {
    static let tag: UInt16 = 16
    static let fixedSize = 32
    static let nameBytes = Limits.figureNameBytes

    private func append(to out: inout [UInt8]) {
        out.append(number: Self.tag)
        out.append(number: UInt16(Self.fixedSize + name.utf8.count))
        out.append(number: value)
        out.append(number: asOf)
        out.append(number: n)
        out.append(number: thresholdMilliseconds)
        out.append(unit.rawValue)
        out.append(formula.rawValue)
        out.append(window.rawValue)
        out.append(0)
        out.append(number: zoneMinutes)
        out.append(number: UInt16(0))
        out.append(contentsOf: name.utf8)
    }

    init(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(WireError) {
        guard range.count > Self.fixedSize, range.count <= Self.fixedSize + Self.nameBytes else {
            throw .badValue(field: "figure")
        }
        let at = range.lowerBound
        self.init(
            try bytes.text((at + Self.fixedSize)..<range.upperBound),
            bytes.i64(at),
            FigureUnit(rawValue: bytes.u8(at + 24)) ?? .unknown,
            formula: Formula(rawValue: bytes.u8(at + 25)) ?? .unknown,
            window: FigureWindow(rawValue: bytes.u8(at + 26)) ?? .unknown,
            n: bytes.u32(at + 16),
            thresholdMilliseconds: bytes.u32(at + 20)
        )
        asOf = bytes.i64(at + 8)
        zoneMinutes = Int16(bitPattern: bytes.u16(at + 28))
    }

    /// Checks before anything is written, so that an error leaves the buffer as it was.
    static func check(_ figures: [Figure]) throws(FloorStatus) {
        guard figures.count <= Limits.figuresPerRecord else { throw .limit }
        for figure in figures {
            guard (1...Self.nameBytes).contains(figure.name.utf8.count) else { throw .tooBig }
        }
    }

    /// Appends figures that passed `check`.
    static func appendAll(_ figures: [Figure], to out: inout [UInt8]) {
        for figure in figures { figure.append(to: &out) }
    }

    static func readAll(_ bytes: Span<UInt8>, from start: Int) throws(WireError) -> [Figure] {
        var figures: [Figure] = []
        try TLV.forEach(bytes, from: start) { (tag, range) throws(WireError) in
            guard tag == Figure.tag else { return }
            guard figures.count < Limits.figuresPerRecord else {
                throw .badValue(field: "figures")
            }
            figures.append(try Figure(bytes, range))
        }
        return figures
    }
}

extension TeamFigures {
    static let fixedSize = 8

    /// Appends the payload, schema `PayloadSchema.team`.
    ///
    /// - Throws: `FloorStatus.tooBig` for a name over 32 bytes, `.limit` for too many figures.
    public func append(to out: inout [UInt8]) throws(FloorStatus) {
        try Figure.check(figures)
        out.append(number: UInt64(0))
        Figure.appendAll(figures, to: &out)
    }

    /// Reads the payload.
    public init(payload bytes: Span<UInt8>) throws(WireError) {
        try bytes.need(Self.fixedSize)
        self.init(try Figure.readAll(bytes, from: Self.fixedSize))
    }
}

extension QueueLevel {
    static let fixedSize = 88

    /// Appends the payload, schema `PayloadSchema.queue`.
    ///
    /// - Throws: `FloorStatus.tooBig` for a name over 32 bytes, `.limit` for too many figures.
    public func append(to out: inout [UInt8]) throws(FloorStatus) {
        try Figure.check(figures)
        out.append(number: oldestEnqueuedAt)
        out.append(number: waiting)
        out.append(window.rawValue)
        out.append(0)
        out.append(number: UInt16(0))
        out.append(number: counters.offered)
        out.append(number: counters.answered)
        out.append(number: counters.abandoned)
        out.append(number: counters.abandonedShort)
        out.append(number: counters.overflowed)
        out.append(number: counters.timedOut)
        out.append(number: counters.exitedByKey)
        out.append(number: counters.callbackTaken)
        out.append(number: agents.loggedOn)
        out.append(number: agents.ready)
        out.append(number: agents.reserved)
        out.append(number: agents.busyInbound)
        out.append(number: agents.busyOutbound)
        out.append(number: agents.busyInternal)
        out.append(number: agents.afterCall)
        out.append(number: agents.notReady)
        out.append(number: agents.busyOther)
        out.append(number: UInt32(0))
        Figure.appendAll(figures, to: &out)
    }

    /// Reads the payload.
    public init(payload bytes: Span<UInt8>) throws(WireError) {
        try bytes.need(Self.fixedSize)
        self.init(waiting: bytes.u32(8))
        oldestEnqueuedAt = bytes.i64(0)
        window = FigureWindow(rawValue: bytes.u8(12)) ?? .unknown
        counters.offered = bytes.u32(16)
        counters.answered = bytes.u32(20)
        counters.abandoned = bytes.u32(24)
        counters.abandonedShort = bytes.u32(28)
        counters.overflowed = bytes.u32(32)
        counters.timedOut = bytes.u32(36)
        counters.exitedByKey = bytes.u32(40)
        counters.callbackTaken = bytes.u32(44)
        agents.loggedOn = bytes.u32(48)
        agents.ready = bytes.u32(52)
        agents.reserved = bytes.u32(56)
        agents.busyInbound = bytes.u32(60)
        agents.busyOutbound = bytes.u32(64)
        agents.busyInternal = bytes.u32(68)
        agents.afterCall = bytes.u32(72)
        agents.notReady = bytes.u32(76)
        agents.busyOther = bytes.u32(80)
        figures = try Figure.readAll(bytes, from: Self.fixedSize)
    }
}

/// Who is connected under one name: the payload of a `presence/` key, written by the hub.
public struct Presence: Hashable, Sendable {
    /// Live sessions of the principal; 0 = offline.
    public var sessions: UInt32
    /// When it last came or went, microseconds since 1970.
    public var since: Int64
    /// Whether they are there to help others, and with what in hand; `unknown` = not said.
    public var supporter = SupporterState.unknown
    /// Help flags they have.
    public var flags: UInt16 = 0

    /// A presence.
    public init(sessions: UInt32, since: Int64) {
        self.sessions = sessions
        self.since = since
    }

    /// Appends the payload, schema `PayloadSchema.presence`.
    public func append(to out: inout [UInt8]) {
        out.append(number: since)
        out.append(number: sessions)
        out.append(supporter.rawValue)
        out.append(0)
        out.append(number: flags)
    }

    /// Reads the payload.
    public init(payload bytes: Span<UInt8>) throws(WireError) {
        try bytes.need(16)
        self.init(sessions: bytes.u32(8), since: bytes.i64(0))
        supporter = SupporterState(rawValue: bytes.u8(12)) ?? .unknown
        flags = bytes.u16(14)
    }
}
