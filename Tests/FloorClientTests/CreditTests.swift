import FloorEvents
import Testing

@testable import FloorClient

/// What a client lets the hub send, over links that come and go.
@Suite struct CreditTests {
    @Test("Events that nobody takes, held over a new link, do not starve values")
    func heldEvents() throws {
        var credit = Credit(window: 64 * 1024)
        _ = credit.openLink()
        let isFirstTaken = credit.charge(48 * 1024)
        // A new link while they are unread: the hub has the least window again, and fills it.
        _ = credit.openLink()
        let isSecondTaken = credit.charge(48 * 1024)
        #expect(isFirstTaken && isSecondTaken)
        for number in 0..<200 {
            // A value is taken as it comes, and its charge with it.
            let isTaken = credit.charge(1024)
            try #require(isTaken, "value \(number)")
            credit.give(1024)
            if credit.isDue { _ = credit.announce() }
        }
        #expect(credit.held == 96 * 1024)
    }
}
