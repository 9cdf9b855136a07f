import FloorEvents
import FloorHubServer
import FloorJournal
import FloorPosix
import FloorWire
import Foundation

/// Writes events into the journal of a directory until it is killed, and says what is committed:
/// one line with the last revision, after the journal has reported it.
func write(into directory: String) throws {
    let wake = try WakeDescriptor()
    let open = try SQLiteJournal.open(directory: directory) { wake.signal() }
    var set = PollSet()
    _ = set.add(wake.descriptor)
    var counter: UInt64 = 0
    var through: [UInt64: UInt64] = [:]
    var batch: UInt64 = 0
    while true {
        if through.count < 8 {
            for _ in 0...(counter % 5) {
                counter += 1
                open.journal.append(event(open.epoch, counter).span)
            }
            batch += 1
            through[batch] = counter
            open.journal.commit(batch: batch)
        }
        for outcome in open.journal.takeOutcomes() {
            if case .notice(let notice) = outcome { fatalError("\(notice)") }
            guard case .committed(let batch) = outcome, let last = through[batch] else {
                fatalError("a batch failed")
            }
            through = through.filter { $0.key > batch }
            say(String(Revision(epoch: open.epoch, counter: last).rawValue))
        }
        _ = try set.wait(timeoutMilliseconds: through.count < 8 ? 0 : 1000)
        wake.drain()
    }
}

func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }

private func event(_ epoch: UInt32, _ counter: UInt64) -> [UInt8] {
    var header = RecordHeader(.event, .append)
    header.revision = Revision(epoch: epoch, counter: counter)
    header.hubTime = Clocks.wallMicroseconds()
    header.producer = FloorID(high: 1, low: 1)
    header.producerSequence = counter
    var record: [UInt8] = []
    let key = Array("event/bj/calls/1/".utf8)
    let payload = Array("payload \(counter)".utf8)
    RecordWriter.append(header, key: key.span, payload: payload.span, to: &record)
    return record
}
