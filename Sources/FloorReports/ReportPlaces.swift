import FloorEvents
public import FloorJournal
import FloorWire

extension JournalReports {
    /// Looks for the site and the team that a report is to be of.
    ///
    /// The states of agents and queues are looked at first, by a few keys; only for a name that is
    /// not among them the events are read, as far as the first that has it.
    ///
    ///     if let known = try reports.placesWithout(period, roster: teams) { print(known) }
    ///
    /// - Parameters:
    ///   - period: whose site and team are looked for.
    ///   - roster: sites and teams that are known anyway.
    /// - Returns: nil when there is such a place, when none was asked for, and when nothing is
    ///   known of any; else the places there are.
    /// - Throws: `HubServerError.journal`.
    public func placesWithout(
        _ period: ReportPeriod,
        roster: [JournalFile.Place] = []
    ) throws -> [JournalFile.Place]? {
        func isMeant(_ place: JournalFile.Place) -> Bool {
            period.includes(site: place.site, team: place.unit)
        }
        guard period.site != nil || period.team != nil, !roster.contains(where: isMeant) else {
            return nil
        }
        var known = roster
        for kind in [RecordKind.agent, .queue] {
            // A journal that no hub of this version has opened would have to be read for it.
            guard let places = try journal.places(kind) else { return nil }
            if places.contains(where: isMeant) { return nil }
            known += places
        }
        var names = Set(known.map { ExactNames([$0.site, $0.unit]) })
        do {
            try journal.records(.events, [.private, .event]) { record in
                guard let place = place(of: record) else { return }
                if isMeant(place) { throw Found() }
                if names.insert(ExactNames([place.site, place.unit])).inserted {
                    known.append(place)
                }
            }
        } catch is Found {
            return nil
        }
        return known.isEmpty ? nil : known
    }

    private struct Found: Error {}

    private func place(of record: JournalRecord) -> JournalFile.Place? {
        let parts = record.key.segments
        guard record.key.kind == .private else {
            return JournalFile.Place(site: parts[1], unit: parts[2])
        }
        // A flag's team is in its words; it is raised in one.
        guard record.schema == PayloadSchema.flag, record.operation == .raise,
            let flag = try? HelpFlag(payload: record.payload.span)
        else { return nil }
        return JournalFile.Place(site: parts[1], unit: flag.team)
    }
}
