import FloorBusTestKit
import FloorEvents
import FloorHub
import FloorWire
import Testing

/// Commit before publication, cursors and gaps on the event lane (rules 3 and 5).
@Suite struct EventLaneTests {
    private func events(_ range: ClosedRange<Int>) -> [HarnessOperation] {
        range.map { .event(eventKey($0 % 10), "\($0)") }
    }

    private func publish(_ count: Int, _ ana: HarnessClient, _ hub: HubHarness) {
        for start in stride(from: 1, through: count, by: 250) {
            ana.publish(events(start...min(start + 249, count)))
            hub.turn()
        }
    }

    @Test func aReaderThatFellBehindCatchesUpFromTheJournalWithoutAGap() {
        let hub = HubHarness()
        hub.transcript.isRecording = false
        let ana = hub.join("ana")
        let bo = hub.join("bo") { $0.initialCredit = 65_536 }
        bo.subscribe(1, "event/")
        hub.turn()
        publish(9000, ana, hub)
        let seen = bo.take() + bo.drain(hub)
        #expect(seen.flatMap { $0.records }.map { $0.text } == (1...9000).map { "\($0)" })
        #expect(seen.allSatisfy { $0.gap == nil })
        #expect(hub.violations == [])
    }

    @Test func whatTheJournalHasForgottenIsToldAsOneGap() throws {
        let hub = HubHarness()
        hub.transcript.isRecording = false
        hub.journal.maximumRecords = 500
        let ana = hub.join("ana")
        let bo = hub.join("bo") { $0.initialCredit = 65_536 }
        bo.subscribe(1, "event/")
        hub.turn()
        publish(10_000, ana, hub)
        let seen = bo.take() + bo.drain(hub)
        let gaps = seen.compactMap { $0.gap }
        #expect(gaps.count == 1)
        let texts = seen.flatMap { $0.records }.compactMap { Int($0.text) }
        #expect(UInt64(texts.count) + (gaps.first?.count ?? 0) == 10_000)
        #expect(texts.last == 10_000)
        #expect(texts == texts.sorted())
        #expect(hub.violations == [])
    }

    @Test func aPageHalfReadGoesOnWhenCreditComes() {
        let hub = HubHarness()
        hub.transcript.isRecording = false
        let ana = hub.join("ana")
        let old = hub.hub.heads.event
        for n in 1...9 {
            ana.publish([.event(eventKey(n), "\(n)" + bulk)])
            hub.turn()
        }
        publish(8300, ana, hub)
        let bo = hub.join("bo") { $0.initialCredit = 65_536 }
        bo.reconnect()
        bo.hello { $0.initialCredit = 65_536 }
        bo.subscribe(1, "event/", event: Revision(rawValue: old.rawValue + 1))
        hub.turn()
        var texts: [String] = []
        for _ in 0..<200 {
            texts += bo.takeRecords().map { $0.text }
            bo.grant(20_000)
            hub.turn()
        }
        texts += bo.drain(hub).flatMap { $0.records }.map { $0.text }
        #expect(texts.count == 8 + 8300)
        #expect(texts.prefix(8).map { $0.first } == Array("23456789"))
        #expect(hub.violations == [])
    }

    @Test func whileAPageIsAwaitedNothingTurnsAndStateGoesOn() {
        let hub = HubHarness()
        hub.transcript.isRecording = false
        let ana = hub.join("ana")
        publish(8300, ana, hub)
        hub.journal.holdsReads = true
        let bo = hub.join("bo")
        bo.reconnect()
        bo.hello()
        bo.subscribe(1, "+/bj/", event: Revision(epoch: 1, counter: 5))
        hub.turn()
        ana.publish([.put(key(1), "state"), .event(eventKey(1), "late")])
        hub.turn()
        #expect(bo.takeRecords().map { $0.text } == ["state"])
        hub.journal.holdsReads = false
        hub.releaseReads()
        let texts =
            bo.takeRecords().map { $0.text }
            + bo.drain(hub).flatMap { $0.records }.map {
                $0.text
            }
        #expect(texts.count == 8300 - 5 + 1)
        #expect(texts.last == "late")
        #expect(hub.violations == [])
    }

    @Test func aPageThatIsAheadOfItsCommitSendsNothingTwice() {
        let hub = HubHarness()
        let ana = hub.join("ana")
        ana.publish(events(1...5))
        hub.turn()
        hub.restart()
        ana.reconnect()
        ana.hello()
        let bo = hub.join("bo")
        bo.reconnect()
        bo.hello()
        hub.journal.mode = .held
        hub.journal.holdsReads = true
        bo.subscribe(1, "event/", event: Revision(epoch: 1, counter: 5))
        ana.publish([.event(eventKey(6), "6")])
        hub.turn()
        // A store on another thread has the record already and has not said so yet.
        let revision = Revision(epoch: 2, counter: 1)
        var header = RecordHeader(.event, .append)
        header.revision = revision
        var page: [UInt8] = []
        let key = Array(eventKey(6).utf8)
        RecordWriter.append(header, key: key.span, payload: Array("6".utf8).span, to: &page)
        hub.step(
            .journalPage(
                JournalPage(
                    token: 1,
                    records: page,
                    floor: .zero,
                    through: revision,
                    atEnd: true
                )
            )
        )
        hub.turn()
        #expect(bo.takeRecords().isEmpty)
        hub.commitHeld()
        #expect(bo.takeRecords().map { $0.text } == ["6"])
    }

    @Test func aLaterSubscriptionWithAnOlderTokenRepeatsNothingForTheFirst() {
        let hub = HubHarness()
        let ana = hub.join("ana")
        let bo = hub.join("bo")
        bo.reconnect()
        bo.hello()
        bo.subscribe(1, eventKey(1))
        hub.turn()
        let token = hub.hub.heads.event
        ana.publish([.event(eventKey(1), "a"), .event(eventKey(2), "b"), .event(eventKey(3), "c")])
        hub.turn()
        #expect(bo.takeRecords().map { $0.text } == ["a"])
        bo.subscribe(2, eventKey(2), event: Revision(rawValue: token.rawValue))
        hub.turn()
        _ = bo.take()
        ana.publish([.event(eventKey(1), "d"), .event(eventKey(2), "e")])
        bo.subscribe(3, eventKey(3), event: Revision(rawValue: token.rawValue + 1))
        hub.turn()
        #expect(bo.takeRecords().map { $0.text } == ["c", "d", "e"])
    }

    @Test func aReaderOfStateAloneNeverReadsTheJournal() {
        let hub = HubHarness()
        let ana = hub.join("ana")
        ana.publish(events(1...5))
        hub.turn()
        hub.journal.maximumRecords = 1
        hub.restart()
        let bo = hub.join("bo")
        bo.reconnect()
        bo.hello()
        bo.subscribe(1, "custom/", event: Revision(epoch: 1, counter: 1))
        hub.turn()
        #expect(bo.take().allSatisfy { $0.gap == nil })
        #expect(!hub.transcript.text.contains("read events"))
    }

    @Test func lateReportsOfALostBatchTouchNothingNewer() {
        let hub = HubHarness()
        let ana = hub.join("ana")
        hub.journal.mode = .held
        ana.publish(events(1...2))
        hub.turn()
        ana.publish(events(3...4))
        hub.turn()
        hub.step(.commitFailed(batch: 1))
        hub.turn()
        #expect(ana.takeStatuses() == [.storage])
        hub.journal.mode = .immediate
        hub.advance(milliseconds: 1000)
        ana.publish([.event(eventKey(9), "new")])
        hub.step(.commitFailed(batch: 2))
        hub.step(.committed(batch: 2))
        hub.turn()
        #expect(ana.takeStatuses() == [.ok])
        #expect(hub.journal.records.map { $0.text } == ["new"])
        #expect(hub.hub.heads.event.counter == 1)
    }

    @Test func onlyTheLostBatchAndLaterOnesAreTakenBack() {
        let hub = HubHarness()
        let ana = hub.join("ana")
        hub.journal.mode = .held
        for n in 1...3 {
            ana.publish(events(n...n))
            hub.turn()
        }
        hub.step(.commitFailed(batch: 2))
        hub.turn()
        #expect(ana.takeResults().map { $0.first } == [2])
        hub.step(.committed(batch: 1))
        hub.turn()
        #expect(ana.takeStatuses() == [.ok])
        #expect(hub.hub.heads.event.counter == 1)
    }

    @Test func aRolledBackRecordIsNeverTakenForTheOneItWasWrittenOver() {
        let hub = HubHarness()
        hub.transcript.isRecording = false
        let ana = hub.join("ana")
        let bo = hub.join("bo") { $0.initialCredit = 65_536 }
        bo.subscribe(1, "event/")
        hub.turn()
        publish(8000, ana, hub)
        hub.journal.mode = .failing
        for _ in 1...5 { ana.publish((1...200).map { _ in .event(eventKey(1), "phantom") }) }
        hub.turn()
        hub.journal.mode = .immediate
        let texts = (bo.take() + bo.drain(hub)).flatMap { $0.records }.map { $0.text }
        #expect(texts == (1...8000).map { "\($0)" })
        #expect(hub.violations == [])
    }

    @Test func aFullLaneRefusesUntilTheJournalHasCaughtUp() {
        let hub = HubHarness()
        hub.transcript.isRecording = false
        hub.journal.mode = .held
        let ana = hub.join("ana")
        publish(7500, ana, hub)
        let refused = ana.takeResults().filter { $0.status == .limit }
        #expect(refused.reduce(0) { $0 + $1.count } == 7500 - 7168)
        hub.commitHeld()
        hub.journal.mode = .immediate
        #expect(ana.takeStatuses() == [.ok])
        ana.publish(events(1...1))
        hub.turn()
        #expect(ana.takeStatuses() == [.ok])
    }

    @Test func aReplayIsPagedAndStaysWithinItsTimes() {
        let hub = HubHarness()
        let ana = hub.join("ana")
        for n in 1...4 {
            ana.publish([.event(eventKey(n % 2), "\(n)" + bulk)])
            hub.advance(milliseconds: 1000)
        }
        _ = ana.take()
        var texts: [Character] = []
        var cursor: UInt64 = 0
        var more = true
        while more {
            ana.ask(.replay, "event/", cursor: cursor, to: .max)
            hub.turn()
            let answer = ana.take()
            texts += answer.flatMap { $0.records }.compactMap { $0.text.first }
            for message in answer {
                if case .replyEnd(let end) = message.content {
                    more = end.more
                    cursor = end.cursor
                }
            }
        }
        #expect(texts == ["1", "2", "3", "4"])
        let start = hub.journal.records[1].header.hubTime
        ana.ask(.replay, eventKey(0), from: start, to: start + 1_000_000)
        hub.turn()
        #expect(ana.takeRecords().compactMap { $0.text.first } == ["2"])
    }

    @Test func replaysThatWaitAreLimitedAndForgottenWithTheirSession() {
        let hub = HubHarness()
        let ana = hub.join("ana")
        ana.publish(events(1...2))
        hub.turn()
        hub.journal.holdsReads = true
        _ = ana.take()
        ana.ask(.replay, "event/", cursor: .max, to: .max)
        for _ in 0...Limits.replaysPerSession { ana.ask(.replay, "event/", to: .max) }
        hub.turn()
        let ends = ana.take().map { message -> FloorStatus in
            if case .replyEnd(let end) = message.content { end.status } else { .internal }
        }
        #expect(ends == [.ok, .limit])
        ana.bye()
        hub.turn()
        hub.releaseReads()
        #expect(ana.take().isEmpty)
    }

    @Test("Whoever catches up over a restart is done at the journal's end, which is a life ago")
    func journalEndsBeforeThisLife() throws {
        let hub = HubHarness { $0.isDurable = true }
        let ana = hub.join("ana")
        ana.publish([.event("event/bj/calls/1/", "one"), .event("event/bj/calls/2/", "two")])
        hub.turn()
        let bo = hub.join("bo")
        hub.restart()
        bo.reconnect()
        bo.hello()
        bo.subscribe(1, "event/", event: Revision(epoch: 1, counter: 0))
        hub.turn()
        #expect(hub.violations == [])
        #expect(bo.takeRecords().map(\.text) == ["one", "two"])
    }
}
