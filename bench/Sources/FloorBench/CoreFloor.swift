import CBench
import FloorClient
import FloorEvents
import FloorHub
import FloorWire

/// Hub and clients without threads and sockets: the pure cores, bytes handed from one to the
/// other in the order a loop would.
///
/// The journal is taken to commit at once. Every station's allocations are counted apart.
struct CoreFloor: ~Copyable {
    /// Where the work is done.
    enum Station: Int, CaseIterable {
        case publish
        case hub
        case receive
        case next

        var name: String {
            switch self {
            case .publish: "ClientCore publish and its turn"
            case .hub: "Hub publish to deliver"
            case .receive: "ClientCore receive"
            case .next: "ClientCore next"
            }
        }
    }

    private var hub: Hub
    private var publisher: ClientCore
    private var reader: ClientCore
    private var hubEffects = HubEffects()
    private var publisherEffects = ClientEffects()
    private var readerEffects = ClientEffects()
    private var message: [UInt8] = []
    private let readerMailbox: MailboxID
    private var delivery = Delivery()
    private var now = FloorTime(boot: 1_000_000, wall: 1_700_000_000_000_000)
    private(set) var counts = [cbench_count_t](
        repeating: cbench_count_t(),
        count: Station.allCases.count
    )
    private(set) var received: UInt64 = 0
    private(set) var hash: UInt64 = 0

    private static let publisherLink = LinkID(1)
    private static let readerLink = LinkID(2)

    init(filter: String) throws {
        let options = HubOptions(
            lineage: FloorID(high: 1, low: 2),
            epoch: 1,
            randomWord: Self.words()
        )
        let publisher = try Self.client("publisher", 3)
        var reader = try Self.client("reader", 4)
        let mailbox = try reader.openMailbox()
        _ = try reader.subscribe(try KeyFilter(filter), mailbox: mailbox)
        hub = Hub(options)
        self.publisher = publisher
        self.reader = reader
        readerMailbox = mailbox
    }

    /// Connects both clients and takes the snapshot.
    mutating func open() throws {
        publisher.step(.start, at: now, into: &publisherEffects)
        publisher.step(.linkUp(attempt: 1), at: now, into: &publisherEffects)
        reader.step(.start, at: now, into: &readerEffects)
        reader.step(.linkUp(attempt: 1), at: now, into: &readerEffects)
        for _ in 0..<4 { settle() }
        guard publisher.isLinked, reader.isLinked else { throw BenchError("no link") }
        take()
    }

    private static func client(_ name: String, _ id: UInt64) throws(FloorStatus) -> ClientCore {
        var options = ClientOptions(principal: name, application: "bench")
        options.outboxOperations = 65_536
        return try ClientCore(
            options,
            producer: FloorID(high: id, low: id),
            incarnation: 1,
            randomWord: words()
        )
    }

    /// A fixed sequence in place of chance.
    private static func words() -> @Sendable () -> UInt64 {
        // @unchecked Sendable because the cores and their chance stay on one thread.
        final class Source: @unchecked Sendable { var state: UInt64 = 0x9E37_79B9 }
        let source = Source()
        return {
            source.state = source.state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return source.state >> 7 | 1
        }
    }

    private mutating func counted(_ station: Station, _ body: (inout CoreFloor) -> Void) {
        cbench_count_begin()
        body(&self)
        note(station, cbench_count_end())
    }

    private mutating func note(_ station: Station, _ count: cbench_count_t) {
        counts[station.rawValue].allocations += count.allocations
        counts[station.rawValue].live_bytes += count.live_bytes
    }

    mutating func forgetCounts() {
        for place in counts.indices { counts[place] = cbench_count_t() }
    }

    /// Publishes one operation; it leaves with the next `settle`.
    mutating func publish(_ publication: Publication, _ key: [UInt8], _ payload: [UInt8]) {
        counted(.publish) { floor in
            do throws(FloorStatus) {
                _ = try floor.publisher.publish(publication, key: key.span, payload: payload.span)
            } catch { preconditionFailure("CoreFloor.publish: \(error.sentence)") }
        }
    }

    /// Publishes records of a load, 64 a turn, until the application has taken the last.
    mutating func carry(_ load: Load, _ numbers: Range<UInt64>) {
        let publication = Publication(load.operation)
        var payload = [UInt8](repeating: 0, count: Load.payloadSize)
        var number = numbers.lowerBound
        while number < numbers.upperBound {
            for _ in 0..<64 where number < numbers.upperBound {
                Load.fill(&payload, number, stamped: false)
                publish(publication, load.key(number), payload)
                number += 1
            }
            settle()
            take()
        }
        settle()
        take()
    }

    /// Moves what waits one step on: publisher → hub → reader, and acknowledgements back.
    mutating func settle() {
        now.boot += 200
        now.wall += 200
        counted(.publish) { $0.publisher.step(.turnEnd, at: $0.now, into: &$0.publisherEffects) }
        counted(.receive) { $0.reader.step(.turnEnd, at: $0.now, into: &$0.readerEffects) }
        counted(.hub) { floor in
            floor.upload(from: floor.publisherEffects, Self.publisherLink)
            floor.upload(from: floor.readerEffects, Self.readerLink)
        }
        publisherEffects.removeAll()
        readerEffects.removeAll()
        counted(.hub) { $0.hub.step(.turnEnd, at: $0.now, into: &$0.hubEffects) }
        while !hubEffects.list.isEmpty {
            var work = HubEffects()
            swap(&work, &hubEffects)
            // Two sets of effects swap places, so that each keeps its storage.
            swap(&spare, &hubEffects)
            perform(work.list, work.bytes.span)
            let hadMore = work.hasMoreWork
            work.removeAll()
            swap(&work, &spare)
            if hadMore || !hubEffects.list.isEmpty {
                counted(.hub) { $0.hub.step(.turnEnd, at: $0.now, into: &$0.hubEffects) }
            }
        }
    }

    private var spare = HubEffects()

    private mutating func upload(from effects: ClientEffects, _ link: LinkID) {
        for effect in effects.list {
            guard case .send(let range) = effect else { continue }
            message.removeAll(keepingCapacity: true)
            message.append(span: effects.bytes.span.extracting(range))
            hub.step(.message(link, message), at: now, into: &hubEffects)
        }
    }

    private mutating func perform(_ list: [HubEffect], _ bytes: Span<UInt8>) {
        for effect in list {
            switch effect {
            case .deliver(let link, let range), .control(let link, let range):
                download(link, bytes.extracting(range))
            case .commit(let batch):
                counted(.hub) {
                    $0.hub.step(.committed(batch: batch), at: $0.now, into: &$0.hubEffects)
                    $0.hub.step(.turnEnd, at: $0.now, into: &$0.hubEffects)
                }
            case .tap, .append, .readEvents, .cancelRead, .saveValue, .saveProducer, .saveHistory,
                .saveKept, .forgetKept:
                break
            }
        }
    }

    private mutating func download(_ link: LinkID, _ bytes: Span<UInt8>) {
        cbench_count_begin()
        if link == Self.publisherLink {
            publisher.receive(bytes, attempt: 1, at: now, into: &publisherEffects)
        } else {
            reader.receive(bytes, attempt: 1, at: now, into: &readerEffects)
        }
        note(link == Self.publisherLink ? .publish : .receive, cbench_count_end())
    }

    /// The application takes everything.
    mutating func take() {
        counted(.next) { floor in
            while let kind = floor.reader.next(floor.readerMailbox, into: &floor.delivery) {
                guard kind == .record else { continue }
                floor.received += 1
                floor.hash = Self.fold(floor.hash, floor.delivery)
            }
        }
    }

    private static func fold(_ hash: UInt64, _ delivery: Delivery) -> UInt64 {
        Load.fold(hash, delivery.bytes.span.extracting(delivery.record.payload))
    }
}
