import FloorClient
public import FloorEvents
import FloorPosix
import FloorWire

// Help flags. Every operation is acknowledged only once the hub's journal has it, is sent again
// after a break, and is applied once however often that happens.

extension FloorID {
    /// A fresh identity whose order is that of time (UUID version 7, RFC 9562).
    ///
    /// - Throws: `FloorBusError` when the system gives no random bytes.
    public static func fresh() throws(FloorBusError) -> FloorID {
        var random = [UInt8](repeating: 0, count: 16)
        do {
            try Randomness.fill(&random)
        } catch {
            throw FloorBusError(.internal, error.description)
        }
        return FloorID(
            milliseconds: Clocks.wallMicroseconds() / 1000,
            random: random.span.floorID(0)
        )
    }
}

extension FloorKey {
    /// The key under which the hub takes operations on a flag of which one knows the id alone:
    /// `flag/-/-/ID/`.
    ///
    /// - Parameter id: the flag's id.
    /// - Throws: never for an id that is one.
    public init(flag id: FloorID) throws(FloorBusError) {
        do {
            try self.init(.flag, site: "-", unit: "-", entity: id.text)
        } catch {
            throw FloorBusError(.badKey, error.sentence)
        }
    }
}

/// A flag that was looked for by its id.
public struct FoundFlag: Sendable, Hashable {
    /// The flag's key, `flag/SITE/TEAM/ID/`.
    public let key: FloorKey
    /// The flag as it stands.
    public let flag: HelpFlag
    /// Whether its words are there, which are not for everybody: question, answer, rating.
    public let hasWords: Bool

    /// The flag of a record under `flag/` or `private/`; nil for another record.
    ///
    /// - Parameter record: as GET or a subscription brings it.
    /// - Throws: `FloorBusError` when the payload is not well-formed.
    public init?(_ record: FloorRecord) throws(FloorBusError) {
        guard let flag = try record.helpFlag else { return nil }
        hasWords = record.key.kind == .private
        self.flag = flag
        guard hasWords else {
            key = record.key
            return
        }
        let segments = record.key.segments
        do {
            key = try FloorKey(.flag, site: segments[1], unit: flag.team, entity: segments[3])
        } catch {
            throw FloorBusError(.badKey, error.sentence)
        }
    }
}

extension FloorBusClient {
    /// Raises a help flag, and waits until the hub's journal has it.
    ///
    /// One open flag for each agent and call: raising again answers with the one that is open. An
    /// answered one is open until it is closed where the call is said (`callReference`): reopen it
    /// to be asked again, close it for another question. Without a call a question after an answer
    /// is a new flag.
    ///
    ///     let receipt = try await client.raiseFlag(help, site: "bj", team: "sales")
    ///     if receipt.eligibleSupporters == 0 { say("nobody is there right now") }
    ///
    /// - Parameters:
    ///   - help: what is asked for.
    ///   - site: the first part of the flag's key.
    ///   - team: the second part: the asker's team.
    ///   - id: the flag's id, for a program that keeps its own; nil = a fresh one.
    /// - Returns: the flag's key, how many are there to help, and the standard answer if there is
    ///   one.
    /// - Throws: `FloorBusError`: `denied` with the reason, `badKey`, `tooBig`, `closed`, …
    public func raiseFlag(
        _ help: HelpRequest,
        site: String,
        team: String,
        id: FloorID? = nil
    ) async throws(FloorBusError) -> FlagReceipt {
        let flagID: FloorID
        if let id { flagID = id } else { flagID = try FloorID.fresh() }
        func key(_ id: FloorID) throws(FloorBusError) -> FloorKey {
            do {
                return try FloorKey(.flag, site: site, unit: team, entity: id.text)
            } catch {
                throw FloorBusError(.badKey, error.sentence)
            }
        }
        let flagKey = try key(flagID)
        let result = try await operate(.raise, flagKey, help.request)
        if result.status == .exists, let open = FloorID(result.text) {
            // Perhaps raised under another team.
            var known = try await flag(open)?.key
            if known == nil { known = try FloorKey(flag: open) }
            return FlagReceipt(
                id: open,
                key: known ?? flagKey,
                isNew: false,
                eligibleSupporters: 0,
                // That flag may be about something else.
                standardAnswer: nil,
                incident: nil
            )
        }
        guard result.status == .ok else { throw FloorBusError(result, of: flagKey) }
        return FlagReceipt(
            id: flagID,
            key: flagKey,
            isNew: result.revision != nil,
            eligibleSupporters: Int(result.number),
            standardAnswer: await standardAnswer(help.category),
            incident: FloorID(result.text)
        )
    }

    /// What the catalogue answers to a category's questions; nil when it says nothing.
    private func standardAnswer(_ category: String) async -> String? {
        guard !category.isEmpty,
            let key = try? FloorKey(
                .catalogue,
                site: "-",
                unit: CatalogueSubject.category.name,
                entity: category
            ), let filter = try? KeyFilter(key.text)
        else { return nil }
        // The flag is raised; it needs no answer from the catalogue.
        guard let record = try? await get(filter).first,
            let entry = try? record.catalogueEntry
        else { return nil }
        return entry.answer.isEmpty ? nil : entry.answer
    }

    /// Does anything else with a flag, and waits until the hub's journal has it.
    ///
    ///     switch try await client.changeFlag(key, .claim) {
    ///     case .done(let generation): …        // won: keep the token for what follows
    ///     case .lost(let owner): …             // somebody was faster
    ///     default: …
    ///     }
    ///
    /// A claim lasts as long as somebody of the claimant's name is connected, and for the team's
    /// lease after that; then the flag goes back to those who wait.
    ///
    /// - Parameters:
    ///   - key: `flag/SITE/TEAM/ID/`, or `FloorKey(flag: id)` when only the id is known.
    ///   - operation: `seen`, `claim`, `engage`, `release`, `reject`, `answer`, `close`,
    ///     `reopen`, `cancel`, `merge`, `escalate`, `rate` or `verdict`.
    ///   - request: what the operation needs: the token for what an owner does, a channel, an
    ///     outcome, words.
    /// - Returns: what became of it.
    /// - Throws: `FloorBusError` when it could not be decided: `invalid`, `storage`, `closed`, …
    @discardableResult
    public func changeFlag(
        _ key: FloorKey,
        _ operation: RecordOperation,
        _ request: FlagRequest = FlagRequest()
    ) async throws(FloorBusError) -> FlagResult {
        try FlagResult(try await operate(operation, key, request), of: key)
    }

    /// Claims a flag; exactly one of those who do wins.
    ///
    /// - Parameter key: the flag.
    /// - Returns: `done` with the token for the one who won, `lost` with that name for the others.
    /// - Throws: as `changeFlag`.
    public func claimFlag(_ key: FloorKey) async throws(FloorBusError) -> FlagResult {
        try await changeFlag(key, .claim)
    }

    /// Answers a flag that one has claimed.
    ///
    /// - Parameters:
    ///   - key: the flag.
    ///   - claimGeneration: the token of one's claim.
    ///   - text: the answer, at most 4 KiB; the asker and supporters read it.
    ///   - knowledge: where it stands in the knowledge base.
    ///   - outcome: how it came out.
    /// - Returns: what became of it; `lost` when the claim is somebody else's by now.
    /// - Throws: as `changeFlag`.
    @discardableResult
    public func answerFlag(
        _ key: FloorKey,
        claimGeneration: UInt32,
        text: String,
        knowledge: String = "",
        outcome: FlagOutcome = .answered
    ) async throws(FloorBusError) -> FlagResult {
        var request = FlagRequest()
        request.claimGeneration = claimGeneration
        request.text = text
        request.knowledge = knowledge
        request.outcome = outcome
        return try await changeFlag(key, .answer, request)
    }

    /// Rates the help one got, at any time until the flag is forgotten; again to change it.
    ///
    /// - Parameters:
    ///   - key: the flag.
    ///   - stars: 1 to 5; nil withdraws the rating.
    ///   - comment: at most 1 KiB.
    /// - Returns: what became of it; `notEligible` for anybody but the asker.
    /// - Throws: as `changeFlag`.
    @discardableResult
    public func rateFlag(
        _ key: FloorKey,
        stars: UInt8?,
        comment: String = ""
    ) async throws(FloorBusError) -> FlagResult {
        var request = FlagRequest()
        request.rating = stars ?? 0
        request.text = comment
        return try await changeFlag(key, .rate, request)
    }

    /// Looks for a flag by its id alone.
    ///
    /// - Parameters:
    ///   - id: the flag's id.
    ///   - timeout: the longest wait for the hub.
    /// - Returns: the flag, with its words for those who may read them; nil when there is no such
    ///   flag, or it is not for this principal to see.
    /// - Throws: `FloorBusError` when the hub does not answer.
    public func flag(
        _ id: FloorID,
        timeout: Duration = .seconds(5)
    ) async throws(FloorBusError) -> FoundFlag? {
        // An asker sees the flag in their own words alone; a manager without them.
        for kind in [RecordKind.private, .flag] {
            let filter: KeyFilter
            do {
                filter = try KeyFilter(kind.name + "/+/+/" + id.text + "/")
            } catch {
                throw FloorBusError(.badKey, error.sentence)
            }
            do {
                for record in try await getReadable(filter, timeout: timeout).records {
                    if let flag = try FoundFlag(record) { return flag }
                }
            } catch {
                // Nothing of that kind may be read: that is no error here.
                guard error.status == .denied else { throw error }
            }
        }
        return nil
    }

    /// Says whether one is there to help others: `available`, `onBreak` or `offFloor`.
    ///
    /// The hub adds what one has in hand, and says all of it on the presence key.
    ///
    /// - Parameter state: what to say; the hub alone says `committed` and `engaged`.
    /// - Throws: `FloorBusError`: `denied` for somebody who is no supporter, `invalid`, `closed`.
    public func setDuty(_ state: SupporterState) async throws(FloorBusError) {
        let key: FloorKey
        do {
            key = try FloorKey(.presence, site: "-", unit: "-", entity: principal)
        } catch {
            throw FloorBusError(.badKey, error.sentence)
        }
        var presence = Presence(sessions: 0, since: 0)
        presence.supporter = state
        var payload: [UInt8] = []
        presence.append(to: &payload)
        let publication = Publication(.put, schema: PayloadSchema.presence)
        let result = try await result(of: publication, key, payload)
        guard result.status == .ok else { throw FloorBusError(result, of: key) }
    }

    private func operate(
        _ operation: RecordOperation,
        _ key: FloorKey,
        _ request: FlagRequest
    ) async throws(FloorBusError) -> PublishResult {
        guard key.kind == .flag else {
            throw FloorBusError(.badKey, "the key " + key.text + " is none of a flag")
        }
        var payload: [UInt8] = []
        do { try request.append(to: &payload) } catch { throw FloorBusError(error) }
        var publication = Publication(operation, schema: PayloadSchema.flagRequest)
        publication.sourceTime = Clocks.wallMicroseconds()
        return try await result(of: publication, key, payload)
    }
}
