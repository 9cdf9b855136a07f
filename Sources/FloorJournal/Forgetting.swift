import FloorEvents
import FloorWire

// One person out of the records: what is rewritten and what stays. The rules are in
// docs/reports.md, "Forgetting a person".

/// Rewrites records so that one person's name and words are not in them any more.
///
/// Events come in the order of their revisions: who said a flag's answer or reason follows from
/// the operation that brought it.
struct Forgetting {
    let name: String
    let pseudonym: String
    /// What the person is called in other people's words, beside the name.
    let calledBy: [String]
    /// Producers that are the person's.
    let producers: Set<FloorID>
    /// Whether every event has been seen: the flags' last records then bring nothing new.
    var hasSeenEvents = false
    /// Payloads left as they were although the digits of the name are in them.
    private(set) var doubtful = 0
    /// The first of them.
    private(set) var doubtfulRevisions: [Revision] = []
    /// Most records told one by one of which nobody can say whether they are about the person.
    static let doubtfulShown = 1000
    /// Whether the name may as well be a number: then it is looked for in fields for names alone.
    private let isNumber: Bool
    private var authors: [FloorID: Authors] = [:]

    /// Whose words a flag has, as of its last record.
    private struct Authors {
        var owner = ""
        var isAnswerTheirs = false
        var isReasonTheirs = false
    }

    init(name: String, calledBy: [String] = [], pseudonym: String, producers: Set<FloorID>) {
        self.name = name
        self.calledBy = calledBy.filter { !$0.isEmpty }
        self.pseudonym = pseudonym
        self.producers = producers
        isNumber = name.utf8.allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
    }

    /// The record without the person; nil when it has nothing of them.
    mutating func rewrite(_ record: [UInt8]) throws -> [UInt8]? {
        let bytes = record.span
        guard let view = try? RecordView(bytes, at: 0),
            let key = try? FloorKey(bytes: bytes.copy(view.key))
        else { return nil }
        let header = view.header(bytes)
        let payload = bytes.copy(view.payload)
        let newKey = try rewrite(key, header.schema)
        let newPayload = try rewrite(payload, header, key)
        guard newKey != key || newPayload != payload else { return nil }
        var out: [UInt8] = []
        RecordWriter.append(header, key: newKey.bytes.span, payload: newPayload.span, to: &out)
        return out
    }

    // MARK: keys

    /// Whether a key names the person: their state, their presence.
    func isAbout(_ key: FloorKey) -> Bool {
        isPersons(key) && isName(key.entity)
    }

    private func isPersons(_ key: FloorKey) -> Bool {
        switch key.kind {
        case .agent, .presence: true
        case .catalogue: key.segments[2].exact == CatalogueSubject.person.name.exact
        default: false
        }
    }

    private func rewrite(_ key: FloorKey, _ schema: UInt16) throws -> FloorKey {
        var parts = key.segments
        guard parts.count == Limits.keySegments else { return key }
        let places: [Int]
        switch key.kind {
        case .agent, .presence: places = [3]
        case .catalogue: places = isPersons(key) ? [3] : []
        case .private:
            // What else is there has a site or a word of the hub's in that place.
            let isPersonal = schema == PayloadSchema.flag || schema == PayloadSchema.note
            places = isPersonal ? [2] : []
        case .personal: places = [2]
        // A number in the last place is somebody's or something's own; before it, a queue's.
        case .event, .custom: places = isNumber ? [3] : [2, 3]
        case .queue, .flag, .team, .note: places = isNumber ? [] : [2, 3]
        }
        for place in places where isName(parts[place]) { parts[place] = pseudonym }
        guard parts != key.segments else { return key }
        return try FloorKey(key.kind, site: parts[1], unit: parts[2], entity: parts[3])
    }

    // MARK: payloads

    private mutating func rewrite(
        _ payload: [UInt8],
        _ header: RecordHeader,
        _ key: FloorKey
    ) throws -> [UInt8] {
        switch key.kind {
        case .flag, .private, .note, .personal:
            if let changed = try rewriteOther(payload, header.schema) { return changed }
            if header.schema == PayloadSchema.flag, key.kind != .note, key.kind != .personal,
                let flag = try? HelpFlag(payload: payload.span)
            {
                return try rewrite(flag, header.operation, key, payload)
            }
        case .agent:
            if header.schema == PayloadSchema.agent, header.operation == .put, isName(key.entity),
                var state = try? AgentState(payload: payload.span)
            {
                state.seat = ""
                state.deviceExtension = ""
                state.callReference = ""
                mask(&state.reason)
                var out: [UInt8] = []
                try state.append(to: &out)
                return out
            }
        case .event, .custom:
            // Their own words; the record stays, to be counted.
            if producers.contains(header.producer) { return [] }
            if header.schema == Self.callStepSchema, let step = rewriteStep(payload) { return step }
        case .catalogue:
            // Their name; of a category it may be said in words.
            if isAbout(key), var entry = try? CatalogueEntry(payload: payload.span) {
                entry.label = ""
                var out: [UInt8] = []
                try entry.append(to: &out)
                return out
            }
        case .queue, .team, .presence: break
        }
        return masked(payload, header)
    }

    /// The text of a call's step (docs/cli.md, replay): six fields, the agent's the fifth.
    static let callStepSchema: UInt16 = 1001

    /// A call's step with the pseudonym for the agent; nil for another payload.
    private func rewriteStep(_ payload: [UInt8]) -> [UInt8]? {
        let tab = UInt8(ascii: "\t")
        var fields = payload.split(separator: tab, omittingEmptySubsequences: false)
        guard fields.count == 6,
            ([name] + calledBy).contains(where: { fields[4].elementsEqual($0.utf8) })
        else { return nil }
        fields[4] = Array(pseudonym.utf8)[...]
        return Array(fields.joined(separator: [tab]))
    }

    private mutating func rewrite(
        _ flag: HelpFlag,
        _ operation: RecordOperation?,
        _ key: FloorKey,
        _ payload: [UInt8]
    ) throws -> [UInt8] {
        var changed = flag
        if isName(changed.owner) { changed.owner = pseudonym }
        let isPrivate = key.kind == .private
        if isPrivate { rewriteWords(&changed.words, of: flag, operation, FloorID(key.entity)) }
        guard changed != flag else { return payload }
        var out: [UInt8] = []
        try changed.append(withWords: isPrivate, to: &out)
        return out
    }

    /// Notes, lists of those who ask most, denials; nil for other layouts.
    private func rewriteOther(_ payload: [UInt8], _ schema: UInt16) throws -> [UInt8]? {
        var out: [UInt8] = []
        switch schema {
        case PayloadSchema.note:
            guard let before = try? FloorNote(payload: payload.span) else { return nil }
            var note = before
            if isName(note.sender) { note.text = "" }
            mask(&note.text)
            note.sender = renamed(note.sender)
            note.person = renamed(note.person)
            note.acknowledgedBy = renamed(note.acknowledgedBy)
            note.readers = note.readers.map { renamed($0) }
            note.subject = try renamed(key: note.subject)
            guard note != before else { return payload }
            try note.append(to: &out)
        case PayloadSchema.topAskers:
            guard let before = try? TopAskers(payload: payload.span) else { return nil }
            var list = before
            list.askers = list.askers.map { (renamed($0.name), $0.flags) }
            guard list != before else { return payload }
            list.append(to: &out)
        case PayloadSchema.denial:
            guard let before = try? Denial(payload: payload.span) else { return nil }
            var denial = before
            let segment = FloorKey.segment(encoding: name)
            if denial.principal.utf8.elementsEqual(segment.utf8) { denial.principal = pseudonym }
            denial.key = try renamed(key: denial.key)
            mask(&denial.reason)
            guard denial != before else { return payload }
            denial.append(to: &out)
        default: return nil
        }
        return out
    }

    private func renamed(_ other: String) -> String { isName(other) ? pseudonym : other }

    /// A key, or a filter, in a text.
    private func renamed(key text: String) throws -> String {
        if let key = try? FloorKey(text) { return try rewrite(key, PayloadSchema.flag).text }
        let segment = FloorKey.segment(encoding: name)
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        return parts.map { $0.utf8.elementsEqual(segment.utf8) ? pseudonym : String($0) }.joined(
            separator: "/"
        )
    }

    private mutating func rewriteWords(
        _ words: inout FlagWords,
        of flag: HelpFlag,
        _ operation: RecordOperation?,
        _ id: FloorID?
    ) {
        let authors = noteAuthors(flag, operation, id)
        if authors.isAnswerTheirs {
            words.answer = ""
            words.knowledge = ""
        }
        if authors.isReasonTheirs { words.reason = "" }
        if isName(words.agent) {
            words.agent = pseudonym
            words.seat = ""
            words.callReference = ""
            words.note = ""
            words.comment = ""
        }
        if isName(words.verdictBy) { words.verdictBy = pseudonym }
        words.viewers = words.viewers.map { renamed($0) }
        // What others wrote may speak of them.
        mask(&words.note)
        mask(&words.answer)
        mask(&words.knowledge)
        mask(&words.reason)
        mask(&words.comment)
        mask(&words.seat)
    }

    private mutating func noteAuthors(
        _ flag: HelpFlag,
        _ operation: RecordOperation?,
        _ id: FloorID?
    ) -> Authors {
        guard let id else { return Authors() }
        var now: Authors
        if let known = authors[id] {
            if hasSeenEvents { return known }
            now = known
            switch operation {
            case .answer: now.isAnswerTheirs = isName(flag.owner)
            case .reject: now.isReasonTheirs = isName(known.owner)
            case .cancel: now.isReasonTheirs = isName(flag.words.agent)
            default: break
            }
        } else {
            // Its beginning is gone: words whose author cannot be known go too.
            let isUnknown = operation != .raise
            now = Authors()
            now.isAnswerTheirs = isUnknown && (flag.owner.isEmpty || isName(flag.owner))
            now.isReasonTheirs = isUnknown
        }
        now.owner = flag.owner
        authors[id] = now
        return now
    }

    // MARK: the name in other words

    private func mask(_ text: inout String) {
        var bytes = Array(text.utf8)
        var count = isNumber ? 0 : Self.mask(name, in: &bytes)
        for word in calledBy { count += Self.mask(word, in: &bytes) }
        if count > 0 { text = String(decoding: bytes, as: UTF8.self) }
    }

    private mutating func masked(_ payload: [UInt8], _ header: RecordHeader) -> [UInt8] {
        var bytes = payload
        for word in calledBy { _ = Self.mask(word, in: &bytes) }
        let before = bytes
        guard Self.mask(name, in: &bytes) > 0 else { return bytes }
        guard isNumber else { return bytes }
        doubtful += 1
        if doubtfulRevisions.count < Self.doubtfulShown {
            doubtfulRevisions.append(header.revision)
        }
        return before
    }

    /// Whether a text is the person's name, by its bytes as keys are: another spelling of the
    /// same letters is another person.
    private func isName(_ text: String) -> Bool { text.utf8.elementsEqual(name.utf8) }

    /// Overwrites a name wherever it stands as a word of its own; returns how often.
    ///
    /// The length stays, so that binary payloads stay readable. A name with letters beyond ASCII
    /// needs no edges: Chinese has no spaces.
    static func mask(_ name: String, in bytes: inout [UInt8]) -> Int {
        let name = Array(name.utf8)
        guard !name.isEmpty, bytes.count >= name.count else { return 0 }
        let needsEdges = name.allSatisfy { $0 < 0x80 }
        var count = 0
        var at = 0
        while at + name.count <= bytes.count {
            let end = at + name.count
            let isWord =
                !needsEdges
                || !((at > 0 && bytes[at - 1].isWordByte)
                    || (end < bytes.count && bytes[end].isWordByte))
            if isWord, bytes[at..<end].elementsEqual(name) {
                for place in at..<end { bytes[place] = UInt8(ascii: "*") }
                count += 1
                at = end
            } else {
                at += 1
            }
        }
        return count
    }
}

extension UInt8 {
    /// An ASCII letter or digit.
    fileprivate var isWordByte: Bool {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: false
        }
    }
}
