import FloorClient
import FloorEvents
import FloorWire

@testable import FloorHub

// What must hold of help flags, whatever has happened (docs/testing.md).

extension World {
    /// Everything that can be said of flags once the floor is at rest.
    func checkFlags() {
        let everybody = clients + departed
        var principals: [FloorID: String] = [:]
        for client in everybody { principals[client.core.producer] = client.principal }
        let history = FlagHistory(
            journal.history,
            epoch: journal.epoch,
            keepsDisk: luck.keepsDisk,
            principals: principals
        )
        for fault in history.faults { fail(fault) }
        var claimed: [Revision: FlagDeed] = [:]
        for client in everybody {
            for fault in client.desk?.faults ?? [] { fail(fault) }
            for deed in client.deeds {
                check(deed, history, isCloned: client.isCloned, &claimed)
            }
        }
        checkActs(history, claimed)
        checkTexts()
        for client in clients { checkDesk(client) }
        checkKept()
        checkFlagTable()
        checkLoads()
        checkNextLife(history)
    }

    // MARK: I3 and I4, what clients were told

    /// I3, I4: an answer is what the journal says, at some point between question and answer.
    private func check(
        _ deed: FlagDeed,
        _ history: FlagHistory,
        isCloned: Bool,
        _ claimed: inout [Revision: FlagDeed]
    ) {
        guard let answer = deed.answer, answer.status != .closed else { return }
        if answer.status == .ok, answer.revision != .zero {
            if let other = claimed[answer.revision], !isCloned {
                fail("I3 broken, one record for \(deed.words) and \(other.words)")
            }
            claimed[answer.revision] = deed
            checkDone(deed, answer, history)
        } else if answer.status == .exists {
            if !isExplainedByOther(deed, answer, history) {
                fail("I4 broken, there is no other flag: \(deed.words)")
            }
        } else {
            let states = history.states(deed.id, from: deed.after, through: deed.before)
            if !states.contains(where: { deed.isExplained(by: $0) }) {
                fail("I4 broken, nothing explains \(deed.words)")
            }
        }
    }

    private func checkDone(
        _ deed: FlagDeed,
        _ answer: FlagDeed.Answer,
        _ history: FlagHistory
    ) {
        guard deed.after < answer.revision, answer.revision <= deed.before else {
            return fail("I4 broken, not between question and answer: \(deed.words)")
        }
        guard let act = history.acts[answer.revision], act.id == deed.id,
            act.operation == deed.operation, act.producer == deed.producer
        else { return fail("I3 broken, not in the journal: \(deed.words)") }
        let (before, after) = history.change(deed.id, at: answer.revision)
        guard let after else { return fail("I3 broken, no flag: \(deed.words)") }
        let told = deed.operation == .raise ? UInt32(after.eligible) : after.claimGeneration
        if answer.generation != told { fail("I4 broken, another token: \(deed.words)") }
        switch deed.operation {
        case .claim:
            let wanted = deed.request.claimGeneration
            if after.owner != deed.principal
                || (wanted != 0 && before?.claimGeneration != wanted)
            {
                fail("I4 broken, not the claim asked for: \(deed.words)")
            }
        case .engage, .release, .reject, .answer:
            if before?.owner != deed.principal
                || before?.claimGeneration != deed.request.claimGeneration
            {
                fail("I4 broken, done with a stale token: \(deed.words)")
            }
        default: break
        }
    }

    private func isExplainedByOther(
        _ deed: FlagDeed,
        _ answer: FlagDeed.Answer,
        _ history: FlagHistory
    ) -> Bool {
        guard deed.operation == .raise || deed.operation == .reopen,
            let other = FloorID(answer.detail), other != deed.id
        else { return false }
        let own = history.states(deed.id, from: deed.after, through: deed.before)
        let calls =
            deed.operation == .raise
            ? [deed.request.callReference] : own.compactMap { $0?.words.callReference }
        return history.states(other, from: deed.after, through: deed.before).contains { flag in
            guard let flag, !flag.isEnded else { return false }
            return flag.words.agent == deed.principal && calls.contains(flag.words.callReference)
        }
    }

    /// I3: each numbered operation is in the journal once, and whoever did it was told so.
    private func checkActs(_ history: FlagHistory, _ claimed: [Revision: FlagDeed]) {
        guard luck.keepsDisk || crashes == 0 else { return }
        var seen: Set<[UInt64]> = []
        for (revision, act) in history.acts.sorted(by: { $0.key < $1.key }) {
            if !seen.insert([act.producer.high, act.producer.low, act.sequence]).inserted {
                fail("I3 broken, operation \(act.sequence) is twice in the journal")
            }
            guard !luck.kills, !luck.clones, claimed[revision] == nil else { continue }
            let deeds = clients.flatMap(\.deeds).filter {
                $0.producer == act.producer && $0.id == act.id && $0.operation == act.operation
            }
            let told = deeds.map(\.words).joined(separator: ", ")
            fail("I3 broken, \(act.operation.name) at \(revision.words) was told as: \(told)")
        }
    }

    /// I3: what has a text of its own was done once, by whatever numbers it came.
    private func checkTexts() {
        guard luck.keepsDisk || crashes == 0, !luck.clones else { return }
        var seen: Set<String> = []
        for (_, bytes) in journal.history {
            guard let view = try? RecordView(bytes.span, at: 0),
                view.header(bytes.span).kind == .private,
                let operation = view.header(bytes.span).operation,
                let flag = try? HelpFlag(payload: bytes.span.extracting(view.payload)),
                flag.cause == .person
            else { continue }
            let text: String
            switch operation {
            case .raise: text = flag.words.note
            case .answer: text = flag.words.answer
            case .reject: text = flag.words.reason
            case .rate: text = flag.words.comment
            default: continue
            }
            if !text.isEmpty, !seen.insert(text).inserted {
                fail("I3 broken, \(text) is in the journal twice")
            }
        }
    }

    // MARK: I1

    /// I1: a desk without a gap shows the hub's open flags, each by its last record.
    private func checkDesk(_ client: SimulatedClient) {
        guard let desk = client.desk else { return }
        var expected: [[UInt8]: [UInt8]] = [:]
        for entry in keptFlags where entry.isOpen {
            guard let view = try? RecordView(entry.record.span, at: 0) else { continue }
            let key = entry.record.span.copy(view.key)
            if desk.filters.contains(where: { $0.matches(key.span) }) {
                expected[key] = entry.record
            }
        }
        for (key, sight) in desk.view where sight.isOpen && expected[key] == nil {
            fail("I1 broken, \(client.name) still sees \(String(decoding: key, as: UTF8.self))")
        }
        for (key, record) in expected {
            let name = String(decoding: key, as: UTF8.self)
            guard let sight = desk.view[key] else {
                fail("I1 broken, \(client.name) does not see \(name)")
                continue
            }
            guard let view = try? RecordView(record.span, at: 0) else { continue }
            let payload = record.span.copy(view.payload)
            if sight.revision != view.revision(record.span) || sight.payload != payload {
                fail("I1 broken, \(client.name) sees an old record of \(name)")
            }
        }
    }

    // MARK: the hub's own tables

    /// The kept records are the flags as they stand, here and in the journal.
    private func checkKept() {
        var flags: [FloorID: HelpFlag] = [:]
        var keys: Set<[UInt8]> = []
        for entry in keptFlags {
            guard let view = try? RecordView(entry.record.span, at: 0) else { continue }
            let key = entry.record.span.copy(view.key)
            keys.insert(key)
            guard KeyRules.kind(of: key.span) == .private, let id = FlagDesk.id(key) else {
                continue
            }
            let flag = try? HelpFlag(payload: entry.record.span.extracting(view.payload))
            flags[id] = flag
            if entry.isOpen == flag?.isEnded { fail("flag \(id.low) is told late, or not") }
        }
        let applied = hub.flags.entries.compactMap { $0 }
        if applied.count != flags.count { fail("\(flags.count) kept of \(applied.count) flags") }
        for entry in applied where flags[entry.id] != entry.flag {
            fail("\(entry.flag) is not as kept, \(flags[entry.id].map { "\($0)" } ?? "nothing")")
        }
        if keys.count != applied.count * 2 { fail("\(keys.count) keys for \(applied.count) flags") }
        if luck.keepsDisk, journalFlags != keys {
            fail("the journal keeps \(journalFlags.count) records, the hub \(keys.count)")
        }
    }

    /// What the hub keeps of flags; notes are kept beside them.
    private var keptFlags: [(record: [UInt8], isOpen: Bool)] {
        hub.kept.records.filter { isOfFlag($0.record) }
    }

    private var journalFlags: Set<[UInt8]> {
        Set(journal.kept.filter { isOfFlag($0.value) }.keys)
    }

    private func isOfFlag(_ record: [UInt8]) -> Bool {
        guard let view = try? RecordView(record.span, at: 0) else { return false }
        return view.header(record.span).operation?.isOfFlagsLife ?? false
    }

    /// Every way to find a flag finds what is there and nothing else.
    func checkFlagTable() {
        var byCall: [[String]: [Int]] = [:]
        var byAgent: [String: Set<Int>] = [:]
        var byOwner: [String: Set<Int>] = [:]
        var byIncident: [FloorID: Set<Int>] = [:]
        for slot in hub.flags.entries.indices {
            guard let entry = hub.flags.entries[slot] else { continue }
            let flag = entry.flag
            if hub.flags.slot(entry.id) != slot { fail("flag \(entry.id.low) is not found") }
            if !flag.isEnded {
                if FlagHistory.standsForCall(flag) {
                    byCall[[flag.words.agent, flag.words.callReference], default: []].append(slot)
                }
                byAgent[flag.words.agent, default: []].insert(slot)
            }
            if flag.isOwned { byOwner[flag.owner, default: []].insert(slot) }
            if flag.status == .merged { byIncident[flag.incident, default: []].insert(slot) }
            let isGone = !hub.producers.isPresent(flag.owner)
            if flag.isOwned, (entry.ownerGoneSince != nil) != isGone {
                fail("flag \(entry.id.low): its owner's leaving is not noted, or their return")
            }
        }
        for client in clients + departed {
            let name = client.principal
            let agents = hub.flags.openFlags(ofAgent: name)
            if Set(agents) != byAgent[name] ?? [] || agents.count != byAgent[name]?.count ?? 0 {
                fail("\(name)'s open flags are not those found")
            }
            let owned = hub.flags.flags(ofOwner: name)
            if Set(owned) != byOwner[name] ?? [] || owned.count != byOwner[name]?.count ?? 0 {
                fail("what \(name) has is not what is found")
            }
            for call in ["", "call-1"] {
                let found = hub.flags.openFlag(agent: name, call: call).map { [$0] } ?? []
                if found != byCall[[name, call]] ?? [] {
                    fail("I8 broken, \(name)'s flag for \(call) is not the one found")
                }
            }
        }
        for number in Self.flags {
            let id = Self.flagID(number)
            if Set(hub.flags.merged(into: id)) != byIncident[id] ?? [] {
                fail("what was merged into flag \(number) is not what is found")
            }
        }
        let count = hub.flags.entries.filter { $0 != nil }.count
        if hub.flags.count != count { fail("\(count) flags, counted as \(hub.flags.count)") }
    }

    /// What somebody has in hand is what the committed flags say, and so does their presence.
    private func checkLoads() {
        var loads: [String: SupporterLoad] = [:]
        for entry in hub.flags.entries.compactMap({ $0 }) where entry.flag.isOwned {
            loads[entry.flag.owner, default: SupporterLoad()].claimed += 1
            if entry.flag.status == .engaged {
                loads[entry.flag.owner, default: SupporterLoad()].engaged += 1
            }
        }
        for client in clients + departed {
            let name = client.principal
            let load = loads[name] ?? SupporterLoad()
            let known = hub.supporters.loads[name.exact] ?? SupporterLoad()
            if known.claimed != load.claimed || known.engaged != load.engaged {
                fail("\(name) has \(load.claimed) flags, counted as \(known.claimed)")
            }
            guard let presence = presence(of: name) else { continue }
            let isHelping = presence.supporter == .committed || presence.supporter == .engaged
            let isEngaged = presence.supporter == .engaged
            if Int(presence.flags) != load.claimed || isHelping != (load.claimed > 0)
                || isEngaged != (load.engaged > 0)
            {
                fail("\(name) has \(load.claimed) flags, their presence says \(presence)")
            }
        }
        if hub.supporters.loads.values.contains(where: { $0.claimed <= 0 || $0.engaged < 0 }) {
            fail("a load that is none")
        }
    }

    private func presence(of name: String) -> Presence? {
        guard let key = try? FloorKey(.presence, site: "-", unit: "-", entity: name),
            let slot = hub.state.find(key.bytes.span)
        else { return nil }
        let record = hub.state.record(slot)
        guard let view = try? RecordView(record.span, at: 0) else { return nil }
        return try? Presence(payload: record.span.extracting(view.payload))
    }

    // MARK: the next life

    /// A hub that starts from what the journal holds has the flags that were committed.
    private func checkNextLife(_ history: FlagHistory) {
        guard luck.keepsDisk else { return }
        let before = hub.flags.entries.compactMap { $0 }
        restartHub()
        let after = hub.flags.entries.compactMap { $0 }
        let restored = Dictionary(uniqueKeysWithValues: after.map { ($0.id, $0) })
        if before.count != after.count { fail("\(before.count) flags became \(after.count)") }
        for entry in before where restored[entry.id]?.flag != entry.flag {
            fail("flag \(entry.id.low) is another one in the hub's next life")
        }
        checkRestored()
        checkLoads()
    }

    /// After a crash: what is here was committed, and what was committed and is open is here.
    func checkRestored() {
        checkFlagTable()
        var last: [FloorID: HelpFlag] = [:]
        for (_, bytes) in journal.history {
            guard isOfFlag(bytes), let view = try? RecordView(bytes.span, at: 0),
                view.header(bytes.span).kind == .private,
                let id = FlagDesk.id(bytes.span.copy(view.key))
            else { continue }
            last[id] = try? HelpFlag(payload: bytes.span.extracting(view.payload))
        }
        for entry in hub.flags.entries.compactMap({ $0 }) where last[entry.id] != entry.flag {
            fail("I3 broken, flag \(entry.id.low) is not what was committed")
        }
        for (id, flag) in last where !flag.isEnded && hub.flags.slot(id) == nil {
            fail("I3 broken, flag \(id.low) is open and lost")
        }
    }

    /// Long after everybody has gone: every flag has ended, and nothing is kept of it.
    func checkFlagsEnded() -> [String] {
        for entry in hub.flags.entries.compactMap({ $0 }) {
            fail("flag \(entry.id.low) is still \(entry.flag.status.name)")
        }
        let kept = keptFlags.count
        if kept > 0 { fail("\(kept) records are kept of flags that are over") }
        if luck.keepsDisk, !journalFlags.isEmpty {
            fail("the journal keeps \(journalFlags.count) records for the next life")
        }
        checkFlagTable()
        checkLoads()
        return faults
    }
}
