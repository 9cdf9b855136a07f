import FloorEvents
import FloorWire

// What every desk's operations do alike: a result leaves with the commit of everything it was
// decided on (rule 3; races R11, R16 to R18). What is decided stands in the desk's own folder.

extension Hub {
    /// Takes one operation of a flag or a note: it is applied, to be committed, or changes nothing
    /// and says why.
    mutating func operate(
        _ kind: RecordKind,
        _ session: Session,
        _ header: RecordHeader,
        _ key: Span<UInt8>,
        _ payload: Span<UInt8>
    ) {
        let before = events.applied
        var result = ResultRun(header.producerSequence, .ok)
        do throws(DeskRefusal) {
            if kind == .flag {
                try changeFlag(session, header, key, payload, &result)
            } else {
                try changeNote(session, header, key, payload, &result)
            }
        } catch {
            result.status = error.status
            let detail = error.detail.utf8.prefix(Limits.nameBytes)
            result.owner = String(decoding: detail, as: UTF8.self)
        }
        settle(result, since: before, session)
    }

    /// Gives an operation its result, at once or with the commit of what it was decided on.
    private mutating func settle(
        _ result: ResultRun,
        since before: Revision,
        _ session: Session
    ) {
        let producer = session.producer
        // A refusal decided on what the journal may still lose waits for it; one that is to be
        // tried again does not.
        let isCertain = events.applied == events.committed || result.status.isRetryable
        if isCertain { return finish(result, producer, session) }
        events.noteOutcome(producer, result, records: events.applied.counter - before.counter)
        producer.addPending(result.first...result.first)
    }

    /// Refuses what the journal could not take now.
    func checkRoom(for records: Int) throws(DeskRefusal) {
        if events.isHeldBack(at: clock.boot) { throw DeskRefusal(.storage) }
        guard events.hasRoom(for: records) else { throw DeskRefusal(.limit) }
    }

    /// The key of a flag or a note, and its id.
    func checkObject(
        _ key: Span<UInt8>,
        _ kind: RecordKind
    ) throws(DeskRefusal) -> (FloorKey, FloorID) {
        guard let known = try? FloorKey(bytes: key.copy(0..<key.count)), known.kind == kind,
            let id = FloorID(known.entity), id.text == known.entity, id != .zero
        else { throw DeskRefusal(.badKey, kind.name + "/SITE/TEAM/ and 32 hexadecimal digits") }
        return (known, id)
    }
}

extension FloorKey {
    /// Whether site and unit are left open: of a flag or a note of which one knows the id alone.
    var isOfAnyPlace: Bool {
        let segments = segments
        return segments[1] == "-" && segments[2] == "-"
    }
}
