import FloorBusTestKit
import FloorEvents
import FloorWire
import Testing

@testable import FloorHub

/// The buffer of the event lane against a plain list of records.
@Suite struct EventWindowTests {
    /// A record of a length, told apart by its number.
    private func record(_ number: UInt64, _ length: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: length)
        bytes.overwrite(number, at: 0)
        return bytes
    }

    @Test(
        "Whatever is written and taken back, the records kept are the last ones, whole",
        arguments: [UInt64(1), 2, 3]
    )
    func againstAList(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var window = EventWindow()
        var model: [[UInt8]] = []
        var kept: UInt64 = 1
        for round in 0..<4000 {
            // Small ones fill the places, large ones the bytes.
            let isLarge = round % 1000 > 500
            for _ in 0..<Int.random(in: 0..<8, using: &random) {
                let number = UInt64(model.count) + 1
                let bytes = record(
                    number,
                    (12 + Int.random(in: 0..<(isLarge ? 2000 : 20), using: &random)) * 8
                )
                let start = window.append(bytes.span, readers: 7, keeping: kept)
                #expect(window[number].range == start..<(start + bytes.count))
                model.append(bytes)
            }
            let last = UInt64(model.count)
            if random.oneIn(5), last >= kept {
                let left =
                    kept - 1 + UInt64(Int.random(in: 0...Int(last - kept + 1), using: &random))
                window.removeLast(after: left)
                model.removeLast(model.count - Int(left))
            } else if random.oneIn(2) {
                kept = last + 1
            }
            #expect(window.first + UInt64(window.count) == UInt64(model.count) + 1)
            #expect(window.first <= kept)
        }
        check(window, model)
    }

    private func check(_ window: EventWindow, _ model: [[UInt8]]) {
        var counter = window.first
        while counter <= UInt64(model.count) {
            let run = window.run(from: counter, through: UInt64(model.count))
            let expected = model[Int(counter - 1)..<Int(run.last)].flatMap { $0 }
            #expect(Array(window.bytes[run.bytes]) == expected)
            counter = run.last + 1
        }
        #expect(window.count > 0 && window.bytes.count <= EventWindow.maximumBytes)
    }

    @Test("A turn ends before its events fill the window, however large they are")
    func aTurnOfLargeEvents() {
        let hub = HubHarness()
        hub.transcript.isRecording = false
        let ana = hub.join("ana")
        hub.turn()
        let text = String(repeating: "x", count: Limits.payloadBytes - 100)
        var published = 0
        while !hub.hub.isTurnFull, published < 1000 {
            ana.publish([.event(eventKey(published % 10), text)])
            published += 1
        }
        #expect(published > 100 && published < 1000)
        hub.turn()
        #expect(hub.hub.statistics.refused == 0)
        #expect(hub.hub.heads.event.counter == UInt64(published))
    }
}
