public import FloorEvents

extension ClientCore {
    /// Goes on where an earlier process ended, and keeps the outbox in a store from now on.
    ///
    ///     let contents = try OutboxContents(bytes.span, principal: options.principal)
    ///     var core = try ClientCore(options, producer: contents.producer, …)
    ///     try core.keepOutbox(in: store, contents)
    ///
    /// What the earlier process had not been answered is sent again under the same sequences, and
    /// the hub applies each once. Its results have no reader: `statistics.recovered` counts them.
    ///
    /// - Parameters:
    ///   - store: where; `append` goes on behind `contents.length`.
    ///   - contents: what it holds.
    /// - Throws: `FloorStatus.storage` when a new store takes nothing.
    /// - Precondition: before `start` and before anything is published, with the producer of
    ///   `contents`.
    public mutating func keepOutbox(
        in store: any OutboxStore,
        _ contents: OutboxContents
    ) throws(FloorStatus) {
        precondition(
            link.phase == .idle && contents.producer == producer,
            "an outbox is kept from the beginning, for the producer it names"
        )
        link.secret = contents.secret
        try uplink.keep(
            contents,
            in: store,
            principal: options.principal,
            incarnation: incarnation,
            at: now.boot
        )
    }
}
