import FloorWire

extension [ResultRun] {
    /// Adds a result, joined to the last run where it fits.
    mutating func add(_ run: ResultRun) {
        if let last = indices.last, self[last].extend(by: run) { return }
        append(run)
    }
}
