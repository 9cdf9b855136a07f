/// What people and categories are called, to stand beside their ids.
///
///     let names = ReportNames(people: roster.people.map { ($0.id, $0.name) })
///     print(try reports.agents(period).named(by: names).csv)
public struct ReportNames: Sendable {
    private var people: [ExactNames: String] = [:]
    private var categories: [ExactNames: String] = [:]

    /// Names by ids, which are told apart by their bytes.
    public init(
        people: [(id: String, name: String)],
        categories: [(code: String, label: String)] = []
    ) {
        for (id, name) in people { self.people[ExactNames([id])] = name }
        for (code, label) in categories { self.categories[ExactNames([code])] = label }
    }

    /// The columns of ids, and those of names that come behind them.
    private static let columns = [
        (id: "agent", name: "agent_name"), (id: "supporter", name: "supporter_name"),
        (id: "category", name: "category_label"),
    ]

    func name(of id: ReportValue, in column: String) -> ReportValue {
        guard case .text(let text) = id else { return .text("") }
        let names = column == "category" ? categories : people
        return .text(names[ExactNames([text])] ?? "")
    }

    func added(to table: ReportTable) -> ReportTable {
        var table = table
        for (id, name) in Self.columns {
            guard let place = table.columns.firstIndex(where: { $0.name == id }) else { continue }
            table.columns.insert(ReportColumn(name, .text), at: place + 1)
            for row in table.rows.indices {
                let value = self.name(of: table.rows[row][place], in: id)
                table.rows[row].insert(value, at: place + 1)
            }
        }
        return table
    }
}

extension ReportTable {
    /// The report with names behind ids: columns `agent_name`, `supporter_name` and
    /// `category_label`, empty for what has none.
    public func named(by names: ReportNames) -> ReportTable { names.added(to: self) }
}
