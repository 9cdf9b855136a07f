public import FloorEvents

extension CatalogueEntry {
    /// The entry in a few words.
    public var summary: String {
        var parts = [subject.name]
        if !label.isEmpty { parts.append(PlainText.printable(label)) }
        if reasonClass != .none { parts.append("(\(reasonClass.name))") }
        if !parent.isEmpty { parts.append("below \(PlainText.printable(parent))") }
        let place = [site, team].filter { !$0.isEmpty }.map(PlainText.printable)
        if !place.isEmpty { parts.append("of \(place.joined(separator: "/"))") }
        if !answer.isEmpty { parts.append("- \(PlainText.printable(answer))") }
        return parts.joined(separator: " ")
    }
}

/// An entry of the catalogue as JSON; what does not concern its subject is absent.
struct CatalogueJSON: Encodable {
    var subject: String
    var label: String
    var parent: String?
    var answer: String?
    var reasonClass: String?
    var site: String?
    var team: String?

    init(_ entry: CatalogueEntry) {
        func some(_ text: String) -> String? { text.isEmpty ? nil : text }
        subject = entry.subject.name
        label = entry.label
        parent = some(entry.parent)
        answer = some(entry.answer)
        reasonClass = entry.subject == .reason ? entry.reasonClass.name : nil
        site = some(entry.site)
        team = some(entry.team)
    }
}
