import FloorEvents
import FloorRoster
import FloorWire

// Live figures of help flags, team by team: looked at once a second, told when they have changed
// . docs/figures.md has names, units and formulas.

extension Hub {
    /// When figures and alert rules are looked at next.
    var figuresDeadline: Int64 {
        guard board.teams.isEmpty, roster.alerts.isEmpty, roster.teams.isEmpty else {
            return nextFigures
        }
        return .max
    }

    mutating func runFigures(_ effects: inout HubEffects) {
        guard now.boot >= figuresDeadline else { return }
        nextFigures = now.boot + Limits.figuresMicroseconds
        board.followDay(lastStamp, zone: options.zoneMinutes)
        // Windows of 15 minutes change without a flag: once a minute everybody is looked at.
        let isMinute = now.boot >= board.nextMinute
        if isMinute {
            board.nextMinute = now.boot + 60_000_000
            board.follow(roster.teams)
        }
        for place in board.teams.indices where isMinute || board[place].isChanged {
            board[place].isChanged = false
            tellFigures(place, &effects)
        }
        if isMinute { for place in board.teams.indices { tellAskers(place) } }
        runAlerts()
    }

    private mutating func tellFigures(_ place: Int, _ effects: inout HubEffects) {
        let team = board[place]
        let zone = options.zoneMinutes
        let figures = team.figures(at: lastStamp, midnight: board.midnight, zone: zone)
        put(figures, of: team, "flags", &effects)
        guard team.areCategoriesChanged else { return }
        board[place].areCategoriesChanged = false
        put(team.topCategories(at: lastStamp, zone: zone), of: team, "categories", &effects)
    }

    private mutating func put(
        _ figures: [Figure],
        of team: TeamBoard,
        _ entity: String,
        _ effects: inout HubEffects
    ) {
        let slash = [UInt8(ascii: "/")]
        let key =
            Array("team/".utf8) + team.site + slash + team.team + slash + Array(entity.utf8) + slash
        var payload: [UInt8] = []
        guard (try? TeamFigures(figures).append(to: &payload)) != nil else {
            preconditionFailure("Hub: the figures of flags are within their limits")
        }
        let hash = ByteIndex.hash(key.span)
        let slot = table.find(key.span, hash: hash)
        if let slot, !table.entries[slot].isDeleted, isSame(figures, slot) { return }
        guard slot != nil || table.used < options.maximumKeys else { return }
        var header = RecordHeader(.team, .put, schema: PayloadSchema.team)
        header.flags = [.unleased]
        putState(
            header,
            key: key.span,
            payload: payload.span,
            owner: nil,
            known: slot,
            hash: hash,
            &effects
        )
    }

    /// Whether a team's value says the same but for its moment.
    private func isSame(_ figures: [Figure], _ slot: Int) -> Bool {
        let record = table.entries[slot].record
        guard let view = try? RecordView(record.span, at: 0),
            var told = try? TeamFigures(payload: record.span.extracting(view.payload)),
            told.figures.count == figures.count
        else { return false }
        for place in told.figures.indices { told.figures[place].asOf = figures[place].asOf }
        return told.figures == figures
    }

    // MARK: who asks most

    /// Who asked most today, under `private/-/SITE/TEAM/`: for those alone whom the roster grants
    /// it.
    private mutating func tellAskers(_ place: Int) {
        let team = board[place]
        let top = TeamBoard.top(team.askers, Limits.topAskers)
        let isTold = top.elementsEqual(team.toldAskers) { $0.0 == $1.0 && $0.1 == $1.1 }
        guard !top.isEmpty, !isTold else { return }
        if let eventLaneRetryAt, now.boot < eventLaneRetryAt { return }
        guard lane.hasRoom(for: 1) else { return }
        let slash = [UInt8(ascii: "/")]
        let path = Array("private/-/".utf8) + team.site + slash + team.team + slash
        guard let key = try? FloorKey(bytes: path) else { return }
        board[place].toldAskers = top
        var payload: [UInt8] = []
        TopAskers(askers: top, raised: team.raisedToday, since: board.midnight)
            .append(to: &payload)
        let header = RecordHeader(.private, .append, schema: PayloadSchema.topAskers)
        appendOwn(header, key, payload.span, nil)
        lane.noteOwn(records: 1)
    }

    // MARK: calls

    /// An agent's state as it comes: whether a call begins with it.
    mutating func noteCall(_ key: Span<UInt8>, _ payload: Span<UInt8>, before slot: Int?) {
        let phase = 4  // AgentState's payload, docs/wire-protocol.md 9
        let connected = CallPhase.connected.rawValue
        guard payload.count > phase, payload[phase] == connected else { return }
        if let slot {
            let record = table.entries[slot].record
            if let view = try? RecordView(record.span, at: 0), view.payload.count > phase {
                let old = record[view.payload.lowerBound + phase]
                // A call that was held and goes on is the same call.
                if old == connected || old == CallPhase.held.rawValue { return }
            }
        }
        guard let agent = try? FloorKey(bytes: key.copy(0..<key.count)) else { return }
        board.noteCall(agent)
    }
}
