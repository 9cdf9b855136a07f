import CFloorBus

/// Memory that is given up as a whole.
@safe struct Arena: ~Copyable {
    private var blocks = unsafe [UnsafeMutableRawPointer]()

    init() {}

    deinit { for index in unsafe blocks.indices { unsafe blocks[index].deallocate() } }

    /// Room for so many bytes, at a multiple of 16.
    mutating func reserve(_ count: Int) -> UnsafeMutableRawPointer {
        let block = UnsafeMutableRawPointer.allocate(byteCount: max(1, count), alignment: 16)
        unsafe blocks.append(block)
        return unsafe block
    }

    /// A copy of a text.
    @inline(never)
    mutating func add(text: [UInt8]) -> floorbus_str {
        var result = unsafe floorbus_str()
        guard !text.isEmpty else { return unsafe result }
        let place = unsafe reserve(text.count)
        unsafe text.withUnsafeBytes { source in
            guard let start = source.baseAddress else { return }
            unsafe place.copyMemory(from: start, byteCount: source.count)
        }
        unsafe result.ptr = UnsafePointer(place.assumingMemoryBound(to: CChar.self))
        unsafe result.len = text.count
        return unsafe result
    }

    /// Gives everything up.
    mutating func removeAll() {
        for index in unsafe blocks.indices { unsafe blocks[index].deallocate() }
        unsafe blocks.removeAll(keepingCapacity: true)
    }
}
