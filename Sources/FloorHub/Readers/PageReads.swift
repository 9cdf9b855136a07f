import FloorEvents

/// Who waits for a page of the journal.
enum PageReader {
    case session(Session)
    case replay(Replay)
}

/// What the journal was asked for and has not answered.
struct PageReads {
    private var readers: [UInt64: PageReader] = [:]
    private var lastToken: UInt64 = 0

    var isEmpty: Bool { readers.isEmpty }

    /// Asks the journal for records after a revision; returns the question's token.
    mutating func ask(
        _ reader: PageReader,
        after revision: Revision,
        maximumBytes: Int,
        _ effects: inout HubEffects
    ) -> UInt64 {
        lastToken += 1
        readers[lastToken] = reader
        effects.list.append(
            .readEvents(
                ReadRequest(
                    token: lastToken,
                    after: revision,
                    maximumRecords: Limits.eventRecordsPerStep,
                    maximumBytes: maximumBytes
                )
            )
        )
        return lastToken
    }

    /// Who asked; nil when nobody waits for it any more.
    mutating func take(_ token: UInt64) -> PageReader? { readers.removeValue(forKey: token) }

    /// Nobody waits for it any more.
    mutating func cancel(_ token: UInt64, _ effects: inout HubEffects) {
        guard readers.removeValue(forKey: token) != nil else { return }
        effects.list.append(.cancelRead(token: token))
    }

    /// The reader's page is not wanted any more.
    mutating func cancel(_ reader: Reader, _ effects: inout HubEffects) {
        guard let token = reader.awaitedPage else { return }
        reader.awaitedPage = nil
        cancel(token, &effects)
    }
}
