import FloorBusTestKit
import FloorEvents
import FloorWire
import Testing

@testable import FloorHub

/// What the journal cannot read is told to readers, once, and they go on behind it.
@Suite struct UnreadablePageTests {
    private func unreadable(_ token: UInt64, through: Revision, atEnd: Bool) -> HubInput {
        var page = JournalPage(
            token: token,
            records: [],
            floor: .zero,
            through: through,
            atEnd: atEnd
        )
        page.isUnreadable = true
        return .journalPage(page)
    }

    /// Five events of the last life, which a reader of this one asks the journal for.
    private func hubWithReader() -> (HubHarness, HarnessClient) {
        let hub = HubHarness()
        let ana = hub.join("ana")
        ana.publish((1...5).map { .event(eventKey($0), "\($0)") })
        hub.turn()
        hub.restart()
        // Only who says which data they know may resume in them.
        let bo = hub.join("bo")
        bo.reconnect()
        bo.hello()
        hub.journal.holdsReads = true
        bo.subscribe(1, "event/", event: Revision(epoch: 1, counter: 1))
        hub.turn()
        return (hub, bo)
    }

    @Test func aReaderIsToldAGapAndGetsWhatIsBehindIt() {
        let (hub, bo) = hubWithReader()
        hub.step(unreadable(1, through: Revision(epoch: 1, counter: 3), atEnd: false))
        hub.turn()
        #expect(hub.hub.statistics.gaps == 1)
        // Its next question begins behind the gap.
        hub.releaseReads()
        #expect(bo.takeRecords().map { $0.text } == ["4", "5"])
        #expect(hub.hub.statistics.gaps == 1)
    }

    @Test func nobodyIsLedBeyondWhatIsCommitted() {
        let (hub, bo) = hubWithReader()
        hub.step(unreadable(1, through: Revision(epoch: 2, counter: 1000), atEnd: true))
        hub.turn()
        #expect(hub.hub.statistics.gaps == 1)
        let ana = hub.join("ana")
        ana.publish([.event(eventKey(6), "6")])
        hub.turn()
        #expect(bo.takeRecords().map { $0.text } == ["6"])
    }

    @Test func storingCanBeKnownWithoutACommitAndRetentionIsCounted() {
        let hub = HubHarness { $0.isDurable = true }
        hub.step(.storing(false))
        hub.step(.retentionFailed)
        #expect(!hub.hub.statistics.isStoring)
        #expect(hub.hub.statistics.retentionFailures == 1)
        // The word of it is a value to be stored: when that is done, storing works.
        hub.advance(milliseconds: 2000)
        #expect(hub.hub.statistics.isStoring)
    }
}
