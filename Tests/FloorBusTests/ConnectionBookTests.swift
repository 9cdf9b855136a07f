import FloorHub
import Testing

@testable import FloorHubServer

/// Which connections are closed: too many, or without a word.
@Suite("Connections that say nothing, and too many")
struct ConnectionBookTests {
    private let link = LinkID(1 << 32)

    /// Like `#expect`, which cannot call what changes a value.
    private func expect(_ holds: Bool, at place: SourceLocation = #_sourceLocation) {
        #expect(holds, sourceLocation: place)
    }

    @Test("No HELLO for 5 s, and no session ten seconds later")
    func silent() {
        var book = ConnectionBook(ceiling: 100, expectsHello: true)
        #expect(book.deadline == .max)
        for descriptor in 10..<13 as Range<Int32> {
            expect(book.accepted(descriptor, at: 1_000_000))
        }
        book.saidHello(11, link)
        book.ended(12)
        #expect(book.deadline == 6_000_000)
        expect(book.overdue(at: 5_999_999) { _ in true } == [])
        expect(book.overdue(at: 6_000_000) { $0 == link } == [10])
        #expect(book.silent == 1)
        #expect(book.deadline == 16_000_000)
        expect(book.overdue(at: 16_000_000) { _ in true } == [])
        expect(book.overdue(at: 26_000_000) { _ in false } == [11])
    }

    @Test("A descriptor that is used again is another connection")
    func usedAgain() {
        var book = ConnectionBook(ceiling: 100, expectsHello: true)
        _ = book.accepted(10, at: 0)
        book.ended(10)
        _ = book.accepted(10, at: 4_000_000)
        expect(book.overdue(at: 5_000_000) { _ in false } == [])
        #expect(book.count == 1)
        expect(book.overdue(at: 9_000_000) { _ in false } == [10])
    }

    @Test("Descriptors from the ceiling on are refused")
    func ceiling() {
        var book = ConnectionBook(ceiling: 12, expectsHello: true)
        expect(book.accepted(11, at: 0))
        expect(!book.accepted(12, at: 0))
        #expect(book.refused == 1)
        var readers = ConnectionBook(ceiling: 12, expectsHello: false)
        expect(readers.accepted(11, at: 0))
        expect(!readers.accepted(40, at: 0))
        #expect(readers.deadline == .max)
    }

    @Test("Where libzmq does not say whose a HELLO is, nobody is closed for silence")
    func untold() {
        var book = ConnectionBook(ceiling: 100, expectsHello: true)
        _ = book.accepted(10, at: 0)
        book.saidHello(-1, link)
        expect(book.overdue(at: 5_000_000) { _ in false } == [])
        #expect(book.silent == 0)
    }
}
