import FloorEvents
import FloorWire

@testable import FloorHub

// The invariants of the design's testing document, checked after a run has come to rest.

extension World {
    /// Every broken invariant as a sentence; empty when all hold.
    func check() -> [String] {
        for client in clients {
            checkCache(client)
            checkEvents(client)
            checkOwnValues(client)
            if client.unanswered > 0 {
                fail("\(client.name): \(client.unanswered) operations have no answer")
            }
        }
        checkSessions()
        if luck.keepsDisk || crashes == 0 { checkJournal() }
        if luck.flags { checkFlags() }
        return faults + (clients + departed).flatMap(\.faults)
    }

    /// I1: every client's view equals the hub's table restricted to its filters.
    private func checkCache(_ client: SimulatedClient) {
        var expected: [[UInt8]: (written: Revision, value: SeenValue)] = [:]
        for record in hub.state.records {
            let bytes = record.span
            guard let view = try? RecordView(bytes, at: 0) else {
                return fail("the table holds something that is no record")
            }
            let key = bytes.copy(view.key)
            guard client.filters.contains(where: { $0.matches(key.span) }) else { continue }
            expected[key] = (
                hub.state.find(key.span).map { hub.state.written($0) } ?? .zero,
                SeenValue(
                    view.revision(bytes),
                    bytes.copy(view.payload),
                    view.flags(bytes).freshness
                )
            )
        }
        for (key, (written, value)) in expected {
            let name = String(decoding: key, as: UTF8.self)
            guard let seen = client.view[key] else {
                fail("I1 broken, \(client.name) does not see \(name)")
                continue
            }
            // A change of freshness takes a revision that viewers need not learn.
            let isPresent = written <= seen.revision && seen.revision <= value.revision
            if !isPresent || seen.payload != value.payload {
                fail("I1 broken, \(client.name) sees an old value of \(name)")
            }
            if seen.freshness != value.freshness {
                fail("I1 broken, \(client.name) takes \(name) for \(seen.freshness.name)")
            }
        }
        for key in client.view.keys where expected[key] == nil {
            fail("I1 broken, \(client.name) still sees \(String(decoding: key, as: UTF8.self))")
        }
    }

    /// I5: what a client saw is committed; I7: what it wanted has arrived or lies in a gap.
    private func checkEvents(_ client: SimulatedClient) {
        guard let first = client.eventsDueAfter else { return }
        let seen = Set(client.events)
        for revision in seen.subtracting(journal.history.map(\.revision)) {
            fail("I5 broken, \(client.name) saw event \(revision.epoch).\(revision.counter)")
        }
        for (revision, bytes) in journal.history where revision > first {
            guard let view = try? RecordView(bytes.span, at: 0) else { continue }
            let key = bytes.span.extracting(view.key)
            guard client.filters.contains(where: { $0.matches(key) }) else { continue }
            if seen.contains(revision) { continue }
            if client.gaps.contains(where: { $0.from <= revision && revision <= $0.to }) {
                continue
            }
            fail("I7 broken, \(client.name) missed event \(revision.epoch).\(revision.counter)")
        }
    }

    /// A live client's own leased keys are in the table as it published them last.
    private func checkOwnValues(_ client: SimulatedClient) {
        for (key, own) in client.ownValues where key.entity.hasPrefix(client.name) {
            guard let slot = hub.state.value(key.bytes.span) else {
                // Values without a lease are nobody's to say again after a crash.
                if own.isLeased || crashes == 0 {
                    fail("\(client.name): \(key.text) is lost")
                }
                continue
            }
            let record = hub.state.record(slot)
            guard let view = try? RecordView(record.span, at: 0) else { continue }
            if record.span.copy(view.payload) != own.payload, own.isLeased || crashes == 0 {
                fail("\(client.name): \(key.text) has an old value")
            }
        }
    }

    /// I6: what a session holds is bounded by its keys; at rest it holds nothing.
    private func checkSessions() {
        for session in hub.sessions.all {
            if session.reader.hasDirty {
                fail("\(session.principal.presenceKey.text): dirty keys at rest")
            }
            if session.reader.hasEvents {
                fail("\(session.principal.presenceKey.text): events at rest")
            }
            if session.reader.kept != nil {
                fail("\(session.principal.presenceKey.text): kept records at rest")
            }
            if session.downlink.isBlocked {
                fail("\(session.principal.presenceKey.text): blocked")
            }
        }
        if hub.sessions.count != clients.count {
            fail("\(hub.sessions.count) sessions for \(clients.count) clients")
        }
    }

    /// I3: every accepted event is in the journal once (retention aside), none is there twice.
    private func checkJournal() {
        var payloads: [[UInt8]: Int] = [:]
        for (_, bytes) in journal.committed {
            // Flags have their own rules, and the hub may say the same list of askers again.
            guard let view = try? RecordView(bytes.span, at: 0),
                view.header(bytes.span).kind == .event
            else { continue }
            payloads[bytes.span.copy(view.payload), default: 0] += 1
        }
        // R21: what two of one identity had no answer to may be applied twice, and is not lost.
        let copied = Set((clients + departed).filter(\.isCloned).flatMap(\.publishedEvents))
        for (payload, count) in payloads where count > 1 && !copied.contains(payload) {
            fail("\(String(decoding: payload, as: UTF8.self)) is in the journal \(count) times")
        }
        guard journal.keepsEverything else { return }
        for client in clients + departed {
            // A kept outbox loses nothing that `publish` took, whoever dies.
            for payload in client.takenEvents
            where client.store != nil && payloads[payload] == nil {
                fail("\(client.name): a published event is not in the journal")
            }
            for payload in client.acceptedEvents where payloads[payload] == nil {
                fail("\(client.name): an accepted event is not in the journal")
            }
        }
    }
}
