import FloorBus

extension FloorBusClient {
    /// Waits for the link, which names the hub's data and its life.
    ///
    /// - Throws: `FloorBusError`: the hub's reason when it refuses the session for good; `closed`.
    func linkUp() async throws(FloorBusError) -> LinkChange {
        let filter: KeyFilter
        do { filter = try KeyFilter("team/-/hub/stats/") } catch { throw FloorBusError(.badKey) }
        var iterator = try subscribe(to: filter).makeAsyncIterator()
        while let event = try await iterator.next() {
            if case .linkUp(let change) = event { return change }
            if case .linkDown = event, let refusal = finalRefusal { throw refusal }
        }
        throw FloorBusError(.closed)
    }
}
