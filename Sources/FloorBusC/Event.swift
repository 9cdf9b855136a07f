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
    private var payload = 0..<0

    deinit { unsafe bytes.deallocate() }

    var isSmall: Bool { unsafe bytes.count <= Self.keptBytes }

    /// Takes over what a mailbox gave; false for what is no event of a subscription.
    func fill(_ kind: DeliveryKind, _ delivery: borrowing Delivery) -> Bool {
        unsafe info = floorbus_event_info()
        payload = 0..<0
        switch kind {
        case .record: fill(delivery, isDeleted: false)
        case .deleted: fill(delivery, isDeleted: true)
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
        case .result, .replyRecord, .replyEnd: return false
        }
        return true
    }

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

    private func fill(_ delivery: borrowing Delivery, isDeleted: Bool) {
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
        unsafe info.key = text(view.key)
        payload = isDeleted ? 0..<0 : view.payload
        let place = unsafe text(payload)
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

    private func text(_ range: Range<Int>) -> floorbus_str {
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
        let span = unsafe UnsafeRawBufferPointer(rebasing: bytes[payload])
            .assumingMemoryBound(to: UInt8.self).span
        do {
            let texts = try AgentTexts(payload: span)
            let state = try AgentState(payload: span)
            var result = unsafe floorbus_agent_state(state)
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
}
