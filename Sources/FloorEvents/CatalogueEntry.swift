/// What an entry of the catalogue is about: the third segment of its key.
public enum CatalogueSubject: UInt8, FloorName {
    /// What help flags are about.
    case category = 1
    /// Why agents are not ready.
    case reason = 2
    /// Somebody, or something, that may connect.
    case person = 3

    /// The segment of the key.
    public var name: String {
        switch self {
        case .category: "category"
        case .reason: "reason"
        case .person: "person"
        }
    }
}

/// One entry of the site's catalogue: the payload of `catalogue/-/SUBJECT/CODE/`.
///
/// The hub publishes its roster's categories, reasons and names there, so that a desktop needs no
/// file of its own; whoever may connect may read it. The last segment of the key is the code, as
/// flags and states carry it, or the person's id.
///
///     for record in try await client.get(KeyFilter("catalogue/-/category/")) {
///         guard let entry = try record.catalogueEntry else { continue }
///         menu.add(record.key.entity, entry.label, below: entry.parent)
///     }
public struct CatalogueEntry: Sendable, Hashable {
    /// What it is about.
    public var subject: CatalogueSubject
    /// For people to read: what the category or the reason is called, or the person's name.
    public var label = ""
    /// The code of the wider category; empty = none.
    public var parent = ""
    /// The category's standard answer; empty = none.
    public var answer = ""
    /// What every site calls the reason.
    public var reasonClass = ReasonClass.none
    /// Where the person works; empty = nowhere in particular.
    public var site = ""
    /// The person's team; empty = none.
    public var team = ""

    /// An entry that says nothing yet.
    public init(_ subject: CatalogueSubject) { self.subject = subject }
}
