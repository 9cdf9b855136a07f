import FloorBusTestKit
import FloorEvents
import FloorHub
import FloorWire
import Testing

/// Results, numbers and duplicates of what is published (rules 3 and 9).
@Suite struct PublishTests {
    @Test func eachRecordGetsItsOwnResultAndABadOneStopsNothing() {
        let hub = HubHarness()
        let ana = hub.join("ana")
        let wrongKind = HarnessOperation(RecordHeader(.agent, .put), key(1))
        var unknown = RecordHeader(.custom, .put)
        unknown.kindCode = 77
        let cases: [(HarnessOperation, FloorStatus)] = [
            (.put(key(1), "a"), .ok),
            (.put("presence/-/-/ana/", "me"), .invalid),
            (HarnessOperation(RecordHeader(.flag, .raise), "flag/bj/sales/1/"), .badKey),
            (HarnessOperation(RecordHeader(.note, .put), "note/bj/sales/1/"), .badKey),
            (HarnessOperation(RecordHeader(.private, .append), "private/b/s/1/"), .denied),
            (wrongKind, .badKey),
            (HarnessOperation(RecordHeader(.agent, .put), key(2)), .badKey),
            (HarnessOperation(RecordHeader(.agent, .delete), key(1)), .badKey),
            (HarnessOperation(RecordHeader(.event, .append), key(1)), .badKey),
            (HarnessOperation(RecordHeader(.event, .put), eventKey(1)), .invalid),
            (HarnessOperation(RecordHeader(.custom, .append), key(1)), .invalid),
            (HarnessOperation(RecordHeader(.custom, .delete), key(1), [1]), .invalid),
            (HarnessOperation(unknown, key(1)), .invalid),
            (.put("custom/bj/sales/", "three segments"), .badKey),
            (.put("custom/bj/sales/a", "no final slash"), .badKey),
            (.put("", "empty"), .badKey),
            (.put("custom/bj//a/", "empty segment"), .badKey),
            (.put("custom/bj/+/a/", "a filter"), .badKey),
            (.put("nonsense/bj/s/a/", "no class"), .badKey),
            (.delete(key(404)), .notFound),
            (.put(key(1), "b", ifAt: Revision(epoch: 1, counter: 999)), .conflict),
            (.put(key(404), "b", ifAt: Revision(epoch: 1, counter: 1)), .conflict),
            (.put(key(1), "c", ifAt: Revision(epoch: 1, counter: 2)), .ok),
            (.delete(key(1)), .ok),
            (.delete(key(1)), .notFound),
            (.event(eventKey(1), "e"), .ok),
        ]
        ana.publish(cases.map { $0.0 })
        hub.turn()
        var statuses: [FloorStatus] = []
        for run in ana.takeResults() {
            statuses += Array(repeating: run.status, count: Int(run.count))
        }
        #expect(statuses == cases.map { $0.1 })
        #expect(hub.violations == [])
    }

    @Test func aConflictNamesTheKeysPresentRevision() {
        let hub = HubHarness()
        let ana = hub.join("ana")
        ana.publish(key(1), "a")
        hub.turn()
        let present = ana.takeResults()[0].revision
        ana.publish([.put(key(1), "b", ifAt: Revision(epoch: 1, counter: 1))])
        hub.turn()
        #expect(ana.takeResults().map { $0.revision } == [present])
    }

    @Test func theSameOperationIsAppliedOnceAndAnsweredTheSame() {
        let hub = HubHarness()
        let ana = hub.join("ana")
        let wrong = HarnessOperation(RecordHeader(.custom, .append), key(1))
        let operations: [HarnessOperation] = [
            .put(key(1), "a"), wrong, .put(key(2), "b"), .event(eventKey(1), "e"),
        ]
        ana.publish(operations)
        hub.turn()
        let first = ana.takeResults()
        let head = hub.hub.heads.state
        ana.publish(operations, first: 1)
        hub.turn()
        #expect(ana.takeResults() == first)
        #expect(hub.hub.heads.state == head)
        #expect(hub.hub.statistics.duplicates == 4)
        #expect(hub.journal.records.count == 1)
    }

    @Test func aPendingOperationSentAgainIsAnsweredWithItsCommitOnTheNewSession() {
        let hub = HubHarness()
        hub.journal.mode = .held
        let ana = hub.join("ana")
        ana.publish([.event(eventKey(1), "e"), .put(key(1), "a")])
        hub.turn()
        _ = ana.take()
        ana.firstUnacknowledged = 1
        ana.reconnect()
        ana.hello()
        ana.publish([.event(eventKey(1), "e"), .put(key(1), "a")], first: 1)
        hub.turn()
        #expect(ana.takeResults().map { $0.first } == [2])
        hub.commitHeld()
        #expect(ana.takeResults().map { $0.first } == [1])
        #expect(hub.journal.records.count == 1)
        #expect(hub.violations == [])
    }

    @Test func aHoleInTheNumbersIsRefusedWithWhatIsExpected() {
        let hub = HubHarness()
        let ana = hub.join("ana")
        ana.publish([.put(key(1), "a")], first: 2)
        ana.publish([.put(key(1), "a")], first: 3)
        hub.turn()
        var expected: [UInt64] = []
        for message in ana.take() {
            if case .refuse(let results) = message.content {
                expected.append(results.expected)
                #expect(results.runs.isEmpty)
            }
        }
        #expect(expected == [1])
        #expect(hub.hub.statistics.recordsIn == 0)
    }

    @Test("Numbers at the end of their range are a hole too; 0 is none")
    func numbersAtTheEnd() {
        let hub = HubHarness()
        let ana = hub.join("ana")
        for first: UInt64 in [.max, .max - 1, 1 << 63, 0] {
            ana.publish([.put(key(1), "a"), .put(key(2), "a")], first: first)
            hub.turn()
            let answers = ana.take().map(\.content)
            guard first > 0 else {
                #expect(answers.isEmpty)
                continue
            }
            guard case .refuse(let results)? = answers.first else {
                Issue.record("\(first): \(answers)")
                continue
            }
            #expect(results.expected == 1 && results.runs.isEmpty)
        }
        #expect(hub.hub.statistics.recordsIn == 0)
    }

    @Test func theCumulativeValueWaitsForARefusalToBeKnown() {
        let hub = HubHarness { $0.maximumKeys = 2 }  // the presence of ana, and one more
        let ana = hub.join("ana")
        ana.firstUnacknowledged = 1
        ana.publish([.put(key(1), "a"), .put(key(2), "no room"), .put(key(1), "b")])
        hub.turn()
        let through = ana.take().map { $0.header.argument }
        #expect(through == [1, 1])
        ana.firstUnacknowledged = 4
        ana.publish(key(1), "c")
        hub.turn()
        #expect(ana.take().map { $0.header.argument } == [4])
    }

    @Test func anEventLostBehindAnOlderRefusalStillHoldsTheCumulativeValueBack() {
        let hub = HubHarness { $0.maximumKeys = 2 }
        hub.journal.mode = .held
        let ana = hub.join("ana")
        ana.firstUnacknowledged = 1
        ana.publish([.put(key(1), "a"), .event(eventKey(1), "e"), .put(key(2), "no room")])
        hub.turn()
        _ = ana.take()
        hub.failHeld()
        let answers = ana.take()
        #expect(answers.map { $0.header.argument } == [1])
    }

    @Test func runsOfOneAnswerAscendEvenWhenACommitComesBetween() {
        let hub = HubHarness()
        hub.journal.mode = .held
        let ana = hub.join("ana")
        ana.publish([.event(eventKey(1), "e")])
        hub.turn()
        ana.publish(key(1), "a")
        hub.commitHeld()
        #expect(ana.takeResults().map { $0.first } == [1, 2])
    }

    @Test func alternatingResultsArriveWholeAndInOrder() {
        let hub = HubHarness()
        let ana = hub.join("ana")
        for start in 0..<3 {
            let some: [HarnessOperation] = (0..<300).map { n in
                n % 2 == 0 ? .put(key(n), "a") : .delete("custom/none/\(start)/\(n)/")
            }
            ana.publish(some)
        }
        hub.turn()
        let results = ana.takeResults()
        #expect(results.map { $0.first } == (1...900).map { UInt64($0) })
        #expect(hub.violations == [])
    }

    @Test func theTapCarriesEveryChangeButNothingPrivate() {
        let hub = HubHarness { $0.hasTap = true }
        let ana = hub.join("ana")
        ana.publish([.put(key(1), "a"), .event(eventKey(1), "e"), .put(key(1), "b")])
        hub.turn()
        let tapped = hub.tapped.filter { $0.header.kind != .presence }
        #expect(tapped.map { $0.text } == ["a", "b", "e"])
        #expect(tapped[1].header.previous == tapped[0].header.revision)
    }
}
