import CFloorBus
import FloorClient
import FloorEvents
import FloorWire

/// One event a caller holds: what it says, and the bytes its views point at.
///
/// @unchecked Sendable because it is filled before anybody has its handle, and read only with the
/// library's lock held.
@safe final class Event: @unchecked Sendable {
    /// Bytes kept in an event that waits to be used again.
    private static let keptBytes = 1024

    private(set) var info = unsafe floorbus_event_info()
    private var bytes = unsafe UnsafeMutableRawBufferPointer(start: nil, count: 0)
    private var key = 0..<0
    private var payload = 0..<0
    /// What had to be made for the caller: converted texts, decoded structs and their lists.
    private var made = Arena()
    /// The struct that was decoded before, in `made`.
    private var decoded: UnsafeMutableRawPointer?
    private var encoding: HostEncoding?

    deinit { unsafe bytes.deallocate() }

    var isSmall: Bool { unsafe bytes.count <= Self.keptBytes }

    /// Forgets what it was.
    func empty() {
        unsafe info = floorbus_event_info()
        payload = 0..<0
        unsafe decoded = nil
        made.removeAll()
        encoding = nil
    }

    /// Takes over, into an event that is empty, what a mailbox gave; false for what is no event of
    /// a subscription.
    ///
    /// `delivery` stays as it is; it is inout because Swift lends a class's property no other way
    /// without a copy.
    func fill(
        _ kind: DeliveryKind,
        _ delivery: inout Delivery,
        for encoding: HostEncoding?
    ) -> Bool {
        self.encoding = encoding
        switch kind {
        case .record: fill(&delivery, isDeleted: false)
        case .deleted: fill(&delivery, isDeleted: true)
        case .link: fill(delivery.link)
        case .snapshotEnd:
            unsafe info.kind = UInt8(FLOORBUS_KIND_SNAPSHOT_END)
            unsafe info.subscription = delivery.subscription.rawValue
            unsafe info.count = delivery.count
        case .gap:
            unsafe info.kind = UInt8(FLOORBUS_KIND_GAP)
            unsafe info.prev_rev = delivery.gap.from.rawValue
            unsafe info.rev = delivery.gap.to.rawValue
            unsafe info.count = delivery.gap.count
        case .subscriptionFailed:
            unsafe info.kind = UInt8(FLOORBUS_KIND_REFUSED)
            unsafe info.subscription = delivery.subscription.rawValue
            unsafe info.result = delivery.status.rawValue
        case .replyRecord:
            fill(&delivery, isDeleted: false)
            unsafe info.subscription = 0
            unsafe info.coalesced = 0
        case .result, .replyEnd: return false
        }
        return true
    }

    /// Says which filter was refused, and why in words.
    func refuse(_ filter: [UInt8], _ status: FloorStatus) {
        unsafe info.key = made(String(decoding: filter, as: UTF8.self))
        unsafe info.owner = made(status.sentence)
    }

    /// Tells how a publication came out.
    func fill(_ answer: Answer, for encoding: HostEncoding?) {
        self.encoding = encoding
        unsafe info.kind = UInt8(FLOORBUS_KIND_RESULT)
        unsafe info.ticket = answer.ticket
        unsafe info.result = answer.status.rawValue
        unsafe info.rev = answer.revision.rawValue
        unsafe info.claim_gen = answer.claimGeneration
        unsafe info.owner = made(answer.owner)
        unsafe info.result_flags = answer.flags
    }

    /// Says that the record was asked for.
    func mark(_ flags: Int) { unsafe info.flags |= UInt16(flags) }

    private func fill(_ link: LinkReport) {
        unsafe info.kind = UInt8(FLOORBUS_KIND_LINK)
        switch link {
        case .down(let status): unsafe info.result = status.rawValue
        case .up(let epoch, _, let continuity):
            unsafe info.epoch = epoch
            switch continuity {
            case .first: unsafe info.link = UInt8(FLOORBUS_LINK_FIRST)
            case .resumed: unsafe info.link = UInt8(FLOORBUS_LINK_RESUMED)
            case .resynced: unsafe info.link = UInt8(FLOORBUS_LINK_RESYNCED)
            }
        }
    }

    private func fill(_ delivery: inout Delivery, isDeleted: Bool) {
        copy(delivery.bytes)
        let view = delivery.record
        let header = view.header(delivery.bytes.span)
        unsafe info.kind = header.kind?.rawValue ?? 0
        let operation = isDeleted ? .delete : header.operation
        unsafe info.op = operation?.rawValue ?? 0
        unsafe info.flags = header.flags.rawValue
        unsafe info.subscription = delivery.subscription.rawValue
        unsafe info.coalesced = delivery.coalesced
        unsafe info.rev = header.revision.rawValue
        unsafe info.prev_rev = header.previous.rawValue
        unsafe info.hub_time_us = header.hubTime
        unsafe info.src_time_us = header.sourceTime
        unsafe info.schema = header.schema
        unsafe info.freshness = header.flags.freshness.rawValue
        key = view.key
        unsafe info.key = text(key)
        payload = isDeleted ? 0..<0 : view.payload
        let place = unsafe bytes(at: payload)
        unsafe info.payload.ptr = UnsafeRawPointer(place.ptr)
        unsafe info.payload.len = place.len
    }

    private func copy(_ record: [UInt8]) {
        if unsafe bytes.count < record.count {
            unsafe bytes.deallocate()
            unsafe bytes = .allocate(byteCount: max(256, record.count), alignment: 8)
        }
        unsafe bytes.copyBytes(from: record)
    }

    /// A text of the record in the host's encoding.
    private func text(_ range: Range<Int>) -> floorbus_str {
        guard let encoding, !range.isEmpty else { return unsafe bytes(at: range) }
        let part = unsafe UnsafeRawBufferPointer(rebasing: bytes[range])
            .assumingMemoryBound(to: UInt8.self)
        return unsafe made.add(text: encoding.host(part.span))
    }

    /// A text that is not the record's, in the host's encoding.
    // Not inlined: a flag has twelve texts, and the library is kept small.
    @inline(never)
    func made(_ text: String) -> floorbus_str {
        let bytes = Array(text.utf8)
        return unsafe made.add(text: encoding.map { $0.host(bytes.span) } ?? bytes)
    }

    private func bytes(at range: Range<Int>) -> floorbus_str {
        var result = unsafe floorbus_str()
        if let start = unsafe bytes.baseAddress {
            unsafe result.ptr = UnsafePointer(
                (start + range.lowerBound).assumingMemoryBound(to: CChar.self)
            )
        }
        unsafe result.len = range.count
        return unsafe result
    }

    /// The agent's state, with texts that point into this event.
    func agentState() throws(Failure) -> floorbus_agent_state {
        guard unsafe info.kind == RecordKind.agent.rawValue,
            unsafe info.op == RecordOperation.put.rawValue
        else {
            throw Failure(
                .wrongState,
                "only an event of the kind AGENT whose op is PUT has a state"
            )
        }
        let span = unsafe payloadBytes.span
        do {
            let texts = try AgentTexts(payload: span)
            var result = unsafe floorbus_agent_state(try AgentState(numbersOf: span))
            unsafe result.freshness = info.freshness
            unsafe result.reason = text(in: texts.reason)
            unsafe result.extension = text(in: texts.deviceExtension)
            unsafe result.seat = text(in: texts.seat)
            unsafe result.call_ref = text(in: texts.callReference)
            return unsafe result
        } catch {
            throw Failure(.protocolError, "the agent's state is not well-formed: " + error.sentence)
        }
    }

    private func text(in range: Range<Int>) -> floorbus_str {
        unsafe text(range.lowerBound + payload.lowerBound..<range.upperBound + payload.lowerBound)
    }

    private var payloadBytes: UnsafeBufferPointer<UInt8> {
        unsafe UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[payload])
            .assumingMemoryBound(to: UInt8.self)
    }

    var hasPayload: Bool { !payload.isEmpty }

    /// Whether it brings a value of this kind.
    func isPut(_ kind: RecordKind) -> Bool {
        unsafe info.kind == kind.rawValue && info.op == RecordOperation.put.rawValue
    }

    /// The id at the end of the key; zero when there is none.
    var keyID: FloorID {
        let digits = unsafe UnsafeRawBufferPointer(bytes)[key].dropLast().suffix(32)
        return unsafe FloorID(String(decoding: digits, as: UTF8.self)) ?? .zero
    }

    /// The key's last segment, decoded.
    var keyEntity: String {
        let text = unsafe Array(UnsafeRawBufferPointer(bytes)[key])
        return FloorKey.decoding(segment: text.span.copy(KeyRules.segment(3, of: text.span)))
    }

    /// Decodes once; asked again, an event gives the same struct with the same pointers.
    func decode<Struct: BitwiseCopyable>(
        _ what: StaticString,
        when isOfThisKind: Bool,
        _ body: (UnsafeBufferPointer<UInt8>) throws(WireError) -> Struct
    ) throws(Failure) -> Struct {
        guard isOfThisKind else {
            throw Failure(
                .wrongState,
                "the event's kind and op say that it is no " + what.description
            )
        }
        if let decoded = unsafe decoded {
            return unsafe decoded.load(as: Struct.self)
        }
        let result: Struct
        do { result = try unsafe body(payloadBytes) } catch {
            throw Failure(
                .protocolError,
                "the " + what.description + " is not well-formed: " + error.sentence
            )
        }
        let place = unsafe made.reserve(MemoryLayout<Struct>.stride)
        unsafe place.storeBytes(of: result, as: Struct.self)
        unsafe decoded = place
        return result
    }

    /// A list of structs that lives as long as the event.
    func made<Struct: BitwiseCopyable>(list: [Struct]) -> UnsafePointer<Struct>? {
        guard !list.isEmpty else { return nil }
        let place = unsafe made.reserve(MemoryLayout<Struct>.stride * list.count)
            .bindMemory(to: Struct.self, capacity: list.count)
        for index in list.indices { unsafe place[index] = list[index] }
        return unsafe UnsafePointer(place)
    }
}
