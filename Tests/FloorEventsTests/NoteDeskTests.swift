import FloorEvents
import Testing

/// What a person at work is shown, and when.
struct NoteDeskTests {
    private func id(_ number: UInt64) -> FloorID { FloorID(high: 1, low: number) }

    private func note(_ text: String, urgent: Bool = false) -> FloorNote {
        var note = FloorNote(.announcement, text: text)
        note.priority = urgent ? .urgent : .normal
        return note
    }

    @Test("What is not urgent waits until the call is over; what is over by then is not shown")
    func busy() {
        var desk = NoteDesk(person: "ana", roles: .agent)
        #expect(desk.take(note("free"), id(1)).map(\.text) == ["free"])
        #expect(desk.setBusy(true).isEmpty)
        #expect(desk.take(note("later"), id(2)).isEmpty)
        #expect(desk.take(note("now", urgent: true), id(3)).map(\.text) == ["now"])
        #expect(desk.take(note("never"), id(4)).isEmpty)
        var over = note("never")
        over.status = .withdrawn
        #expect(desk.take(over, id(4)).isEmpty && desk.waitingCount == 1)
        #expect(desk.setBusy(false).map(\.text) == ["later"])
        #expect(desk.setBusy(false).isEmpty)
        over.text = "free"
        #expect(desk.take(over, id(1)).map(\.status) == [.withdrawn], "who has seen it is told")
        #expect(desk.take(over, id(1)).isEmpty)
    }

    @Test("Notes to others are not shown")
    func audience() {
        var desk = NoteDesk(person: "ana", roles: .agent)
        var other = note("for boards")
        other.roles = [.wallboard, .supervisor]
        #expect(desk.take(other, id(1)).isEmpty)
        other.roles.insert(.agent)
        #expect(desk.take(other, id(2)).count == 1)
        var directed = note("for bo")
        directed.person = "bo"
        #expect(desk.take(directed, id(3)).isEmpty)
        directed.person = "ana"
        #expect(desk.take(directed, id(4)).count == 1)
    }
}
