import FloorEvents
import FloorWire

/// One question and how far its answer is.
struct ClientRequest {
    let id: UInt32
    let type: FrameType
    var body: Request
    let mailbox: Int
    /// `FrameFlags` of its messages.
    var flags: UInt16 = 0
    /// Whether the answer so far is a part of what was asked for.
    var isPartial = false
    /// Whether the present page has been asked for.
    var isSent = false
    /// Whether the present page is complete; the next is asked for when it has been taken.
    var isPageDone = false
    /// Records of the answer in the mailbox.
    var unread = 0
    /// Bytes of the present page so far.
    var pageBytes = 0

    var wantsPage: Bool { !isSent || (isPageDone && unread == 0) }
}

/// A page that is to be asked for.
struct DueRequest {
    let type: FrameType
    let number: UInt64
    let flags: UInt16
    let body: Request
}

/// The client's open questions, in the order they were asked.
struct RequestTable {
    var list: [ClientRequest] = []
    private var lastID: UInt32 = 0

    mutating func add(
        _ type: FrameType,
        _ body: Request,
        flags: UInt16,
        mailbox: Int
    ) -> UInt32 {
        precondition(lastID < .max, "RequestTable: all numbers have been used")
        lastID += 1
        var request = ClientRequest(id: lastID, type: type, body: body, mailbox: mailbox)
        request.flags = flags
        list.append(request)
        return lastID
    }

    func index(of id: UInt32) -> Int? { list.firstIndex { $0.id == id } }
    func index(ofWire number: UInt64) -> Int? {
        list.firstIndex { RequestID(rawValue: $0.id).wire == number }
    }
    var wantsPage: Bool { list.contains { $0.wantsPage } }
}
