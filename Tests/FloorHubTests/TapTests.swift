import FloorBusTestKit
import FloorEvents
import FloorWire
import Testing

@testable import FloorHub

/// The tap's beacons (T2) and barriers (T3).
@Suite struct TapTests {
    private func tapHub(
        seed: UInt64 = 1,
        _ change: @escaping (inout HubOptions) -> Void = { _ in }
    ) -> HubHarness {
        HubHarness(seed: seed) { options in
            options.hasTap = true
            change(&options)
        }
    }

    @Test func aBeaconStandsBehindEveryRecordItCounts() throws {
        let hub = tapHub()
        let ana = hub.join("ana")
        ana.publish([.put(key(1), "a"), .put(key(2), "b"), .delete(key(1))])
        hub.turn()
        hub.journal.mode = .held
        ana.publish([.event(eventKey(1), "not committed"), .put(key(2), "B")])
        hub.turn()
        hub.advance(milliseconds: 1000)
        hub.transcript.add("-- the journal has it: now it counts")
        hub.commitHeld()
        hub.advance(milliseconds: 1000)
        hub.transcript.add("-- a change of freshness counts too")
        ana.bye()
        hub.turn()
        hub.advance(milliseconds: 1000)
        try hub.expectTranscript("tap-beacons")
    }

    @Test func aBarrierIsAnsweredBehindABeaconOfEveryPartition() throws {
        let hub = tapHub()
        let ana = hub.join("ana")
        ana.publish([.put(key(1), "a"), .event(eventKey(1), "e")])
        hub.turn()
        hub.advance(milliseconds: 300)
        hub.sync("one")
        hub.turn()
        hub.sync("two")
        ana.publish(key(2), "b")
        hub.turn()
        hub.transcript.add("-- the next round may not begin yet")
        hub.advance(milliseconds: 249)
        hub.advance(milliseconds: 1)
        hub.transcript.add("-- what is no barrier is not answered")
        for topic in ["~sync/", "~sync//", "~sync/a", "~sync/a/b/", "~sync/+/", "~other/a/"] {
            hub.step(.tapBarrier(Array(topic.utf8)))
        }
        hub.step(.tapBarrier(Array("~sync/\(String(repeating: "x", count: 65))/".utf8)))
        hub.step(.tapBarrier(Array("~sync/".utf8) + [0xFF, UInt8(ascii: "/")]))
        hub.advance(milliseconds: 260)
        try hub.expectTranscript("tap-barrier")
    }

    @Test func allWhoWaitAreAnsweredByTheNextRoundAndAFloodIsCounted() {
        let hub = tapHub()
        for n in 0..<5000 { hub.sync("\(n)") }
        hub.idle(milliseconds: 400)
        #expect(hub.answers == (0..<4096).map { "~sync/\($0)/" })
        #expect(hub.hub.statistics.barriers == 4096)
        #expect(hub.hub.statistics.barriersDropped == 5000 - 4096)
        #expect(hub.violations == [])
    }

    @Test func whoAsksAllTheTimeKeepsNobodyOut() {
        let hub = tapHub()
        for round in 0..<20 {
            for n in 0..<40 {
                hub.sync("hasty-\(round)-\(n)")
                hub.idle(milliseconds: 2)
                hub.abandonSync("hasty-\(round)-\(n)")
            }
            hub.sync("patient-\(round)")
        }
        hub.idle(milliseconds: 1000)
        let patient = hub.answers.filter { $0.hasPrefix("~sync/patient") }
        #expect(patient == (0..<20).map { "~sync/patient-\($0)/" })
        // Whoever gave up before its round is not answered.
        #expect(hub.answers.count < 20 + 40)
    }

    @Test func manyPartitionsGoOutInPartsAndABarrierWaitsForTheLast() {
        let hub = tapHub()
        hub.transcript.isRecording = false
        let ana = hub.join("ana")
        for n in 0..<600 { ana.publish("custom/bj/u\(n)/x/", "a") }
        hub.turn()
        hub.advance(milliseconds: 990)
        hub.forgetTapped()
        hub.sync("all")
        hub.turn()
        #expect(hub.tapped.count == Limits.tapBeaconsAtOnce && hub.answers.isEmpty)
        hub.advance(milliseconds: 9)
        #expect(hub.tapped.count == Limits.tapBeaconsAtOnce)
        hub.idle(milliseconds: 30)
        #expect(hub.tapped.count == 601 + 1, "600 and presence's, and the answer")
        #expect(hub.tapped.last?.key == "~sync/all/")
        #expect(Set(hub.tapped.map { $0.key }).count == 602)
    }

    @Test func recordsOfPartitionsBeyondTheTableAreToldAsUncounted() throws {
        let hub = tapHub { $0.maximumPartitions = 3 }
        let ana = hub.join("ana")
        for n in 0..<4 { ana.publish("custom/bj/u\(n)/x/", "a") }
        hub.turn()
        hub.forgetTapped()
        hub.advance(milliseconds: 1000)
        let beacons = hub.tapped.filter { $0.header.operationCode == TapOperation.beacon.rawValue }
        #expect(
            beacons.map { $0.key } == [
                "!beacon/presence/-/-/", "!beacon/custom/bj/u0/", "!beacon/custom/bj/u1/",
            ]
        )
        for beacon in beacons {
            #expect(try TapBeacon(payload: beacon.payload.span).uncounted == 2)
        }
        #expect(hub.hub.statistics.partitions == 3 && hub.hub.statistics.uncounted == 2)
    }

    @Test func aPartitionIsForgottenWhenItsKeysAreGoneAndNobodyCouldStillBeToldOfThem() throws {
        let hub = tapHub { $0.tombstoneMicroseconds = 60_000_000 }
        hub.transcript.isRecording = false
        let ana = hub.join("ana") { $0.heartbeatMilliseconds = 1500 }
        ana.publish([.put("custom/bj/kept/x/", "a", flags: .unleased)])
        ana.publish([.put("custom/bj/gone/x/", "a"), .delete("custom/bj/gone/x/")])
        ana.publish([.event("event/bj/calls/x/", "e")])
        hub.turn()
        ana.bye()
        hub.turn()
        #expect(hub.hub.statistics.partitions == 4)
        hub.idle(milliseconds: 80_000)
        let last = try hub.tapped.filter { record in
            record.header.operationCode == TapOperation.beacon.rawValue
                ? try TapBeacon(payload: record.payload.span).isLast : false
        }
        #expect(last.map { $0.key } == ["!beacon/custom/bj/gone/", "!beacon/event/bj/calls/"])
        #expect(hub.hub.statistics.partitions == 2, "kept and presence")
        hub.transcript.isRecording = true
        let bo = hub.join("bo")
        bo.publish([.put("custom/bj/gone/x/", "again")])
        hub.forgetTapped()
        hub.advance(milliseconds: 1000)
        let beacon = try #require(hub.tapped.first { $0.key == "!beacon/custom/bj/gone/" })
        let payload = try TapBeacon(payload: beacon.payload.span)
        #expect(payload.count == 1 && payload.first == beacon.header.revision)
        #expect(hub.violations == [])
    }

    @Test func aHubThatTookItsValuesBackHasBeaconsOfTheirPartitions() throws {
        let hub = tapHub { $0.isDurable = true }
        let ana = hub.join("ana")
        ana.publish([.put(key(1), "a"), .put(key(2), "b", flags: .unleased)])
        hub.turn()
        hub.advance(milliseconds: 2000)
        hub.restart()
        hub.forgetTapped()
        hub.sync("new")
        hub.turn()
        var reader = TapReader(nonce: "new")
        for record in hub.tapped { reader.take(record) }
        #expect(reader.isSnapshotNeeded)
        let beacon = try #require(hub.tapped.first { $0.key == "!beacon/custom/bj/sales/" })
        #expect(beacon.header.revision.epoch == 2)
        #expect(try TapBeacon(payload: beacon.payload.span).count == 0)
        reader.takeSnapshot([])
        hub.forgetTapped()
        ana.reconnect()
        ana.hello()
        ana.publish(key(1), "A")
        hub.advance(milliseconds: 1000)
        for record in hub.tapped where record.key.contains("custom/bj/") { reader.take(record) }
        #expect(reader.beacons > 0 && reader.verdict == .complete)
        #expect(reader.values == [key(1): Array("A".utf8)])
    }

    @Test func nothingPrivateIsTappedNorCounted() throws {
        let words = SeededWords(seed: 1)
        var options = HubOptions(lineage: FloorID(high: 1, low: 1), epoch: 1) { words.next() }
        options.hasTap = true
        let clock = HubClock()
        var tap = Tap(options, clock, HubLedger())
        var effects = HubEffects()
        for kind in [RecordKind.private, .flag] {
            let key = Array("\(kind.name)/bj/sales/f1/".utf8)
            var record: [UInt8] = []
            RecordWriter.append(
                RecordHeader(kind, .append),
                key: key.span,
                payload: [1].span,
                to: &record
            )
            tap.publish(record.span, &effects)
            #expect(effects.list.isEmpty == (kind == .private))
        }
        clock.set(FloorTime(boot: 5_000_000, wall: 5_000_000))
        tap.run(heads: (.zero, .zero), &effects)
        #expect(tap.sizes.partitions == 1)
        #expect(!String(decoding: effects.bytes, as: UTF8.self).contains("private"))
    }

    @Test func withoutATapThereIsNothingToDo() {
        let hub = HubHarness()
        let ana = hub.join("ana")
        ana.publish(key(1), "a")
        hub.sync("one")
        hub.advance(milliseconds: 5000)
        #expect(hub.tapped.isEmpty && hub.hub.statistics.partitions == 0)
    }
}

extension HubHarness {
    /// The barriers that were answered, in order.
    var answers: [String] {
        tapped.filter { $0.header.operationCode == TapOperation.sync.rawValue }.map { $0.key }
    }
}
