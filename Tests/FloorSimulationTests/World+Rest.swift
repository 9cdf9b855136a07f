import FloorBusTestKit
import FloorClient
import FloorEvents

@testable import FloorHub

// The end of a run: the bad luck stops, and everything comes to rest.

extension World {
    /// No more bad luck: everything arrives, everybody reads, until nothing happens any more.
    func calmDown() throws {
        isCalm = true
        journal.isFull = false
        if luck.clones { endOneCopy() }
        for client in clients {
            client.isFrozen = false
            client.store?.isFull = false
        }
        var quietRounds = 0
        for _ in 0..<3000 {
            while let batch = journal.commitOne() { step(.committed(batch: batch)) }
            while let page = journal.answerOne(&random) { step(.journalPage(page)) }
            drainNetwork()
            for client in clients {
                client.consume(.max, journal)
                client.consumeFlags(.max, journal)
                guard client.desk?.wantsNewStart == true else { continue }
                try client.newDesk()
                quietRounds = -1
            }
            // Before time goes on, which brings heartbeats and what is due.
            let isQuiet =
                clients.allSatisfy(\.isQuiet) && !journal.hasWaiting && !journal.hasQuestions
                && network.linksWithUp.isEmpty && network.linksWithDown.isEmpty
            quietRounds = isQuiet ? quietRounds + 1 : 0
            if quietRounds == 300 { return }  // 6 s: every lease has settled
            advance(20_000)
        }
        for client in clients where !client.isQuiet {
            faults.append(
                "\(client.name) does not come to rest: \(client.unacknowledged) unanswered"
            )
        }
    }

    /// Two that share an identity never both come to rest: one of them is killed.
    private func endOneCopy() {
        let victim = clients.remove(at: Int.random(in: 0...1, using: &random))
        departed.append(victim)
        if let link = victim.link { network.cut(link) }
        owner = owner.compactMapValues { index in
            let client = index < 2 ? nil : index - 1
            return client
        }
        for (index, client) in clients.enumerated() {
            if let link = client.link { owner[link] = index }
        }
    }

    func drainNetwork() {
        for link in network.linksWithUp {
            while let message = network.takeUp(link) { step(.message(LinkID(link), message)) }
        }
        endTurn()
        while effects.hasMoreWork { endTurn() }
        for link in network.linksWithDown {
            guard let index = owner[link] else { continue }
            let client = clients[index]
            while client.link == link, let message = network.takeDown(link) {
                client.step(.message(attempt: client.attempt, message), at: now)
                perform(client)
            }
            client.step(.turnEnd, at: now)
            perform(client)
        }
    }
}
