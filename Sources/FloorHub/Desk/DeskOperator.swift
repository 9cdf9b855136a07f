import FloorEvents
import FloorWire

/// Who asks for an operation, and its number.
struct DeskOperator {
    let session: Session
    let sequence: UInt64
    let sourceTime: Int64

    /// The name as authenticated, never from the payload.
    var name: String { session.principal.name }

    init(_ session: Session, _ header: RecordHeader) {
        self.session = session
        sequence = header.producerSequence
        sourceTime = header.sourceTime
    }
}

/// Why an operation changes nothing.
struct DeskRefusal: Error, Equatable {
    let status: FloorStatus
    /// On a conflict who has it, else what is wrong: at most `Limits.nameBytes`.
    let detail: String

    init(_ status: FloorStatus, _ detail: String = "") {
        self.status = status
        self.detail = detail
    }
}
