/// What `floorbus doctor` found out about one thing.
struct Finding: Encodable, Sendable {
    enum Status: String, Encodable, Sendable {
        case ok
        case warn
        case fail
    }

    /// What was looked at.
    var check: String
    var status: Status
    /// How it is, and what to do when it is not well.
    var sentence: String
    /// The figure behind the sentence, if there is one, in `unit`.
    var value: Double?
    var unit: String?

    init(_ check: String, _ status: Status, _ sentence: String) {
        self.check = check
        self.status = status
        self.sentence = sentence
    }

    /// The same with the figure it rests on.
    func measured(_ value: Double, _ unit: String) -> Finding {
        var finding = self
        finding.value = value
        finding.unit = unit
        return finding
    }

    /// The line for people.
    var text: String {
        let status = self.status.rawValue.padded(to: 4)
        return "\(status)  \(check.padded(to: 11))  \(Output.printable(sentence))"
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}
