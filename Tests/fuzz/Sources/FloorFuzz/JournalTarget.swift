import FloorBusTestKit
import FloorEvents
import FloorHub
import FloorWire

/// A hub that starts with what a damaged journal may hold: well-formed records, any numbers.
enum JournalTarget {
    static func run(_ input: inout FuzzInput) {
        let floor = FuzzFloor(noise: "pbx") {
            $0.isDurable = true
            $0.roster = FuzzRoster.full
        }
        floor.hub.journal.damage(contents(&input))
        floor.noise.nextSequence = input.wide()
        floor.restart(input.byte())
        var steps = 0
        while !input.isEmpty, steps < 50 {
            steps += 1
            switch input.byte() & 7 {
            case 0: floor.pass(input.byte())
            case 1: floor.turn()
            case 2: floor.restart(input.byte())
            default: publish(floor, &input)
            }
        }
        floor.finish()
    }

    private static func publish(_ floor: FuzzFloor, _ input: inout FuzzInput) {
        let operation = FuzzRecord.operation(&input)
        // Only now and then what was sent before, and what is far ahead.
        let choice = input.byte()
        if choice > 31 {
            if floor.noise.nextSequence > 1 << 62 { floor.noise.nextSequence = 1 << 62 }
            floor.noise.publish([operation])
        } else {
            let first: UInt64 = choice > 15 ? UInt64(choice - 15) : input.wide()
            floor.noise.publish([operation], first: first)
        }
    }

    private static func contents(_ input: inout FuzzInput) -> HubContents {
        var contents = HubContents()
        contents.lastStamp = input.moment()
        for _ in 0..<Int(input.byte() & 3) {
            guard let producer = producer(&input) else { continue }
            contents.producers.append(producer)
        }
        for number in 0..<(input.byte() & 3) {
            append(&contents.kept, flag(number, isPrivate: false, &input))
            append(&contents.kept, flag(number, isPrivate: true, &input))
        }
        for number in 0..<(input.byte() & 1) {
            append(&contents.kept, note(number, isReceipt: false, &input))
            append(&contents.kept, note(number, isReceipt: true, &input))
        }
        for _ in 0..<Int(input.byte() & 3) {
            let operation = FuzzRecord.operation(&input)
            let kind = KeyRules.kind(of: Array(operation.key.utf8).span)
            guard kind?.lane == .state, (try? FloorKey(operation.key)) != nil else { continue }
            append(&contents.values, stored(operation, &input))
        }
        return contents
    }

    private static func producer(_ input: inout FuzzInput) -> StoredProducer? {
        let name = input.pick(["pbx", "reader", "ana", "nobody"])
        guard let key = try? FloorKey("presence/-/-/\(name)/") else { return nil }
        var run = ResultRun(input.wide(), input.pick([.ok, .storage, .limit, .conflict]))
        run.revision = Revision(rawValue: input.wide())
        run.count = input.wide()
        run.claimGeneration = input.wide()
        // What does not decode never gets out of a journal.
        let isReadable = run.count > 0 && run.first > 0 && run.first <= .max - UInt64(run.count)
        return StoredProducer(
            id: FloorID(high: 0xA, low: UInt64(input.byte() & 3)),
            principal: key,
            last: input.wide(),
            incarnation: input.wide(),
            usedAt: input.moment(),
            results: isReadable ? [run] : []
        )
    }

    private static func append(_ list: inout [[UInt8]], _ operation: HarnessOperation) {
        var record: [UInt8] = []
        let key = Array(operation.key.utf8)
        let payload = operation.payload
        RecordWriter.append(operation.header, key: key.span, payload: payload.span, to: &record)
        list.append(record)
    }

    /// As the hub that wrote it stamped it, in its one earlier life.
    private static func stored(
        _ operation: HarnessOperation,
        _ input: inout FuzzInput
    ) -> HarnessOperation {
        var operation = operation
        operation.header.revision = Revision(epoch: 1, counter: UInt64(input.number() as UInt32))
        operation.header.hubTime = input.moment()
        operation.header.producer = FloorID(high: 0xA, low: UInt64(input.byte() & 3))
        operation.header.producerSequence = input.wide()
        return operation
    }

    private static func flag(
        _ number: UInt8,
        isPrivate: Bool,
        _ input: inout FuzzInput
    ) -> HarnessOperation {
        let id = FuzzRecord.flagID(number).text
        let operation = RecordOperation(rawValue: 16 + (input.byte() & 15)) ?? .raise
        var payload: [UInt8] = []
        do throws(FloorStatus) {
            try FuzzPayload.flag(&input).append(withWords: isPrivate, to: &payload)
        } catch {
            found("a flag that cannot be stored: \(error)")
        }
        let key = isPrivate ? "private/bj/ana/\(id)/" : "flag/bj/sales/\(id)/"
        let header = RecordHeader(
            isPrivate ? .private : .flag,
            operation,
            schema: PayloadSchema.flag
        )
        return stored(HarnessOperation(header, key, payload), &input)
    }

    private static func note(
        _ number: UInt8,
        isReceipt: Bool,
        _ input: inout FuzzInput
    ) -> HarnessOperation {
        let id = FuzzRecord.flagID(number).text
        var note = FuzzPayload.note(&input)
        note.sender = input.pick(["pbx", "ana", ""])
        var payload: [UInt8] = []
        do throws(FloorStatus) {
            try note.append(to: &payload)
        } catch {
            found("a note that cannot be stored: \(error)")
        }
        let key = isReceipt ? "private/bj/pbx/\(id)/" : "note/bj/sales/\(id)/"
        let header = RecordHeader(
            isReceipt ? .private : .note,
            input.pick([.put, .seen, .expire]),
            schema: PayloadSchema.note
        )
        return stored(HarnessOperation(header, key, payload), &input)
    }
}
