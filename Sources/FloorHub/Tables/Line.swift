/// Items that wait in the order they came.
///
/// Taking one costs the same however many wait: places before the first are given back in one go.
struct Line<Item> {
    private var items: [Item] = []
    private var head = 0

    var isEmpty: Bool { head == items.count }
    var first: Item? { isEmpty ? nil : items[head] }

    mutating func add(_ item: Item) { items.append(item) }

    mutating func takeFirst() -> Item? {
        guard head < items.count else { return nil }
        let item = items[head]
        head += 1
        if head == items.count {
            items.removeAll(keepingCapacity: true)
            head = 0
        } else if head >= 1024, head * 2 >= items.count {
            items.removeFirst(head)
            head = 0
        }
        return item
    }
}
