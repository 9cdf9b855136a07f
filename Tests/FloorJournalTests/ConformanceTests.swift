import FloorEvents
import FloorHub
import FloorHubServer
import Testing

@testable import FloorJournal

/// What every store behind the port does, in memory and on disk.
@Suite(.timeLimit(.minutes(2)))
struct ConformanceTests {
    enum Store: CaseIterable { case memory, sqlite }

    /// A fresh journal of epoch 1; `keepsNothing` makes it forget whatever it may.
    private func bench(
        _ store: Store,
        _ scratch: Scratch,
        keepsNothing: Bool = false
    ) throws -> Bench {
        switch store {
        case .memory:
            return try Bench { wake throws(HubServerError) in
                let bytes = keepsNothing ? 1 : 1 << 30
                return OpenJournal(
                    MemoryJournal(epoch: 1, maximumBytes: bytes),
                    lineage: .zero,
                    epoch: 1,
                    contents: nil
                )
            }
        case .sqlite:
            var options = JournalOptions()
            if keepsNothing { options.maximumBytes = 1 }
            options.secondsBetweenLooks = 0.05
            return try Bench(scratch, options)
        }
    }

    @Test("What was committed is read back as it was appended, in order", arguments: Store.allCases)
    func readsBack(_ store: Store) throws {
        let scratch = try Scratch()
        let bench = try bench(store, scratch)
        defer { bench.journal.close() }
        let records = (1...5).map { event($0) }
        #expect(try bench.store(Array(records[..<2])))
        #expect(try bench.store(Array(records[2...])))
        let page = try bench.read()
        #expect(page.records == records.flatMap { $0 })
        #expect(page.atEnd)
        #expect(page.through == Revision(epoch: 1, counter: 5))
        #expect(page.floor == Revision(epoch: 1, counter: 0))
    }

    @Test("An empty journal is read to its end", arguments: Store.allCases)
    func empty(_ store: Store) throws {
        let scratch = try Scratch()
        let bench = try bench(store, scratch)
        defer { bench.journal.close() }
        let page = try bench.read()
        #expect(page.records.isEmpty)
        #expect(page.atEnd)
        #expect(page.through == Revision(epoch: 1, counter: 0))
    }

    @Test("What is not committed is not read", arguments: Store.allCases)
    func uncommitted(_ store: Store) throws {
        let scratch = try Scratch()
        let bench = try bench(store, scratch)
        defer { bench.journal.close() }
        #expect(try bench.store([event(1)]))
        bench.journal.append(event(2).span)
        #expect(try bench.read().revisions == [Revision(epoch: 1, counter: 1)])
        #expect(try bench.store([]))
        #expect(try bench.read().revisions.count == 2)
    }

    @Test("Pages follow one another without holes", arguments: Store.allCases)
    func pages(_ store: Store) throws {
        let scratch = try Scratch()
        let bench = try bench(store, scratch)
        defer { bench.journal.close() }
        #expect(try bench.store((1...100).map { event($0) }))
        for (records, bytes) in [(1000, 500), (7, 1 << 20), (1, 1), (100, 1 << 20)] {
            var seen: [UInt64] = []
            var after = Revision.zero
            while true {
                let page = try bench.read(after: after, records: records, bytes: bytes)
                seen += page.revisions.map(\.counter)
                #expect(page.revisions.count <= records)
                #expect(page.records.count <= bytes || page.revisions.count == 1)
                after = page.through
                if page.atEnd { break }
            }
            #expect(seen == Array(1...100))
        }
    }

    @Test("Who reads from the middle gets what is behind it", arguments: Store.allCases)
    func middle(_ store: Store) throws {
        let scratch = try Scratch()
        let bench = try bench(store, scratch)
        defer { bench.journal.close() }
        #expect(try bench.store((1...10).map { event($0) }))
        let page = try bench.read(after: Revision(epoch: 1, counter: 8))
        #expect(page.revisions.map(\.counter) == [9, 10])
        let end = Revision(epoch: 1, counter: 10)
        #expect(try bench.read(after: end).records.isEmpty)
        #expect(try bench.read(after: end).through == end)
    }

    @Test("Batches handed over together are decided in order", arguments: Store.allCases)
    func order(_ store: Store) throws {
        let scratch = try Scratch()
        let bench = try bench(store, scratch)
        defer { bench.journal.close() }
        var last: UInt64 = 0
        for counter in 1...200 { last = bench.hand([event(UInt64(counter))]) }
        var through: UInt64 = 0
        while through < last {
            for outcome in try bench.outcomes() {
                guard case .committed(let batch) = outcome else {
                    Issue.record("a batch failed")
                    return
                }
                #expect(batch > through)
                through = batch
            }
        }
        #expect(try bench.read().revisions.map(\.counter) == Array(1...200))
    }

    @Test("What retention removed is told by the floor", arguments: Store.allCases)
    func floor(_ store: Store) throws {
        let scratch = try Scratch()
        let bench = try bench(store, scratch, keepsNothing: true)
        defer { bench.journal.close() }
        #expect(try bench.store((1...10).map { event($0) }))
        let last = Revision(epoch: 1, counter: 10)
        let page = try bench.wait { $0.floor == last }
        #expect(page.floor == last)
        #expect(page.records.isEmpty)
        #expect(page.through == last)
        #expect(page.atEnd)
    }

    @Test("Every question is answered once, each by its own page", arguments: Store.allCases)
    func manyQuestions(_ store: Store) throws {
        let scratch = try Scratch()
        let bench = try bench(store, scratch)
        defer { bench.journal.close() }
        #expect(try bench.store((1...50).map { event($0) }))
        var wanted: [UInt64: UInt64] = [:]
        for counter in UInt64(0)..<50 {
            let after = Revision(epoch: 1, counter: counter)
            wanted[bench.ask(after: after, records: 1)] = counter + 1
        }
        for page in try bench.pages(50) {
            #expect(page.revisions.map(\.counter) == [wanted.removeValue(forKey: page.token)])
            #expect(!page.isUnreadable)
        }
        #expect(wanted.isEmpty)
    }

    @Test("What is taken back does not keep others waiting", arguments: Store.allCases)
    func cancelled(_ store: Store) throws {
        let scratch = try Scratch()
        let bench = try bench(store, scratch)
        defer { bench.journal.close() }
        #expect(try bench.store([event(1)]))
        let tokens = (0..<2000).map { _ in bench.ask() }
        for token in tokens.dropLast() { bench.journal.cancelRead(token: token) }
        // Those that were on their way may come; the one that is wanted does.
        var seen: [UInt64] = []
        while seen.last != tokens.last { seen += try bench.pages(1).map(\.token) }
        #expect(seen.count < tokens.count)
        #expect(Set(seen).count == seen.count)
    }
}
