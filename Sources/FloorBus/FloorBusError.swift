public import FloorEvents

/// Something did not work: a code for programs and a sentence for people.
///
/// Equal when the codes are equal. The sentence never holds payload text.
public struct FloorBusError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Which kind of failure.
    public let status: FloorStatus
    /// What is wrong and what to do.
    public let sentence: String

    /// A failure with its own sentence.
    public init(_ status: FloorStatus, _ sentence: String) {
        self.status = status
        self.sentence = sentence
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
