import FloorClientLoop
public import FloorEvents
import FloorWire

/// Something did not work: a code for programs and a sentence for people.
///
/// Equal when the codes are equal. The sentence never holds payload text.
public struct FloorBusError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Which kind of failure.
    public let status: FloorStatus
    /// What is wrong and what to do.
    public let sentence: String

    /// What the hub answered to an operation, with the key's present revision on a conflict;
    /// nil for other failures.
    public let result: PublishResult?

    /// A failure with its own sentence.
    public init(_ status: FloorStatus, _ sentence: String) {
        self.status = status
        self.sentence = sentence
        result = nil
    }

    /// An operation that came out badly at the hub.
    init(_ result: PublishResult, of key: FloorKey) {
        status = result.status
        // As a hub's answer it is about the hub's journal alone.
        let reason = status == .storage ? Self.cannotStore : status.sentence
        var sentence = Self.couldNotPublish + key.text + ": " + reason
        if result.status == .conflict, let revision = result.revision {
            sentence += "; its revision is now \(revision)"
        }
        if !result.text.isEmpty {
            // Who was faster; else what is wrong.
            sentence += (result.status == .conflict ? ", by " : ": ") + result.text
        }
        self.sentence = sentence
        self.result = result
    }

    /// A wait for the hub's answer to an operation that ended without one.
    init(_ reason: FloorBusError, withoutAnswerOf key: FloorKey) {
        self.init(reason.status, Self.couldNotPublish + key.text + ": " + reason.sentence)
    }

    /// A session that the hub refused or ended.
    init(_ refusal: Refusal) {
        self.init(refusal.status, "the hub refuses the session: " + refusal.sentence)
    }

    /// A hub that answers, and has operations tried again.
    init(delay status: FloorStatus) {
        let reason = status == .storage ? Self.cannotStore : "the hub says " + status.sentence
        self.init(status, reason)
    }

    private static let cannotStore = "the hub's journal cannot store"
    private static let couldNotPublish = "could not publish to "

    /// A filter that the hub refused; `what` was refused, for example "the subscription to".
    init(_ status: FloorStatus, _ what: String, _ filter: KeyFilter) {
        var sentence = "the hub refused " + what + " " + filter.text + ": " + status.sentence
        // The answer has no room for a reason, and a filter has only one to be denied for.
        if status == .denied { sentence += ": no grant to read " + filter.text }
        self.init(status, sentence)
    }

    /// A failure with the status's own sentence.
    public init(_ status: FloorStatus) {
        self.init(status, status.sentence)
    }

    /// The sentence.
    public var description: String { sentence }

    /// By code alone.
    public static func == (left: FloorBusError, right: FloorBusError) -> Bool {
        left.status == right.status
    }
}
