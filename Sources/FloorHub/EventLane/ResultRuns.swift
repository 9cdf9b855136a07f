import FloorWire

extension [ResultRun] {
    /// Adds a result, joined to the last run where it fits.
    @inline(__always)
    mutating func add(_ run: ResultRun) {
        if let last = indices.last, self[last].extend(by: run) { return }
        append(run)
    }
}
