/// Numbers in the order of their births, so that a cursor that names a birth goes on at the right
/// place whatever was removed meanwhile.
///
/// Invariant: births strictly ascend; a removed number leaves a hole until half are holes.
struct BirthList {
    private var births: [UInt64] = []
    /// -1 in a hole.
    private var numbers: [Int32] = []
    private var holes = 0

    /// Numbers in the list.
    var count: Int { births.count - holes }

    /// Adds a number born after every other.
    mutating func append(_ number: Int, birth: UInt64) {
        births.append(birth)
        numbers.append(Int32(number))
    }

    /// Removes the number of a birth, which is in the list.
    mutating func remove(birth: UInt64) {
        let place = place(from: birth)
        precondition(
            place < births.count && births[place] == birth && numbers[place] >= 0,
            "BirthList.remove: nothing of that birth is here"
        )
        numbers[place] = -1
        holes += 1
        if holes > 16, holes * 2 > births.count { compact() }
    }

    /// The first number born at or after a birth, and when it was.
    func first(from birth: UInt64) -> (number: Int, birth: UInt64)? {
        var place = place(from: birth)
        while place < numbers.count {
            if numbers[place] >= 0 { return (Int(numbers[place]), births[place]) }
            place += 1
        }
        return nil
    }

    private func place(from birth: UInt64) -> Int {
        var low = 0
        var high = births.count
        while low < high {
            let middle = (low + high) / 2
            if births[middle] < birth { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private mutating func compact() {
        var kept = 0
        for place in numbers.indices where numbers[place] >= 0 {
            numbers[kept] = numbers[place]
            births[kept] = births[place]
            kept += 1
        }
        numbers.removeLast(numbers.count - kept)
        births.removeLast(births.count - kept)
        holes = 0
    }
}
