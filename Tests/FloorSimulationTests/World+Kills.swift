import FloorBusTestKit

extension World {
    /// One client's process dies, and the next one comes back with its outbox; sometimes the disk
    /// of the outbox is full from here on, or has room again.
    func kill() throws {
        guard let client = clients.randomElement(using: &random), let store = client.store else {
            return
        }
        if random.oneIn(3) { store.isFull.toggle() }
        if let link = client.link { network.cut(link, losing: !random.oneIn(3)) }
        try client.restart(store, at: now)
        perform(client)
    }
}
