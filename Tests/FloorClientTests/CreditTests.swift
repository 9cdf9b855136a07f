import FloorEvents
import Testing

@testable import FloorClient

/// What a client lets the hub send, over links that come and go.
@Suite struct CreditTests {
    @Test("Events that nobody takes, held over a new link, do not starve values")
    func heldEvents() {
        var credit = Credit(window: 64 * 1024)
        _ = credit.openLink()
        #expect(credit.charge(48 * 1024))
        // A new link while they are unread: the hub has the least window again, and fills it.
        _ = credit.openLink()
        #expect(credit.charge(48 * 1024))
        for number in 0..<200 {
            // A value is taken as it comes, and its charge with it.
            #expect(credit.charge(1024), "value \(number)")
            credit.give(1024)
            if credit.isDue { _ = credit.announce() }
        }
        #expect(credit.held == 96 * 1024)
    }
}
