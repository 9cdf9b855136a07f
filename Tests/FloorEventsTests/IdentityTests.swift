import FloorEvents
import Testing

@Suite("Identities, revisions and limits") struct IdentityTests {
    @Test("an identity is read with or without dashes, in small or capital letters")
    func identities() {
        let id = FloorID(high: 0x0011_2233_4455_6677, low: 0x8899_AABB_CCDD_EEFF)
        #expect(id.text == "00112233445566778899aabbccddeeff")
        #expect(FloorID(id.text) == id)
        #expect(FloorID("00112233-4455-6677-8899-AABBCCDDEEFF") == id)
        for bad in ["", "0", id.text + "0", String(id.text.dropLast()) + "g", "zz"] {
            #expect(FloorID(bad) == nil)
        }
        #expect(FloorID.zero.text == String(repeating: "0", count: 32))
    }

    @Test("every later epoch is greater than every counter of an earlier one")
    func revisions() {
        let last = Revision(epoch: 3, counter: 1 << 40 - 1)
        let first = Revision(epoch: 4, counter: 1)
        #expect(last < first)
        #expect(first.epoch == 4 && first.counter == 1)
        #expect(last.epoch == 3 && last.counter == 1_099_511_627_775)
        #expect(first.next.counter == 2 && first.next.previous == first)
        #expect(Revision.zero.previous == .zero)
        #expect(Revision(epoch: 16_777_215, counter: 0).epoch == 16_777_215)
    }

    @Test("limits that rest on each other hold together")
    func relations() {
        // The largest record travels in a PUB, in a DELIVER and in a reply.
        let record = 80 + Limits.keyBytes + Limits.payloadBytes
        #expect(record + 48 <= Limits.deliverBytes)
        #expect(record <= Limits.replyBytes)
        #expect(Limits.deliverBytes <= Limits.frameBytes)
        // A quarter of the least credit is kept from events; a whole DELIVER fits in the rest.
        #expect(Limits.creditMinimumBytes * 3 / 4 >= record + 48)
        #expect(Limits.creditMinimumBytes <= Limits.creditDefaultBytes)
        #expect(Limits.creditDefaultBytes <= Limits.creditAheadBytes)
        // Credit is spent before libzmq's mark of 1000 messages… with room for control messages.
        #expect(Limits.creditDefaultBytes / Limits.deliverMinimumCharge < 1000)
        // Three heartbeats of silence come before a lease's end, and suspect before stale.
        let dead =
            Int64(Limits.heartbeatMaximumMilliseconds) * 1000 * Int64(Limits.silentHeartbeats)
        #expect(dead <= Limits.suspectMicroseconds)
        #expect(Limits.suspectMicroseconds <= 5_000_000)
        #expect(Limits.suspectMicroseconds < Limits.staleMicroseconds)
        #expect(Limits.staleMicroseconds <= 30_000_000)
        #expect(Limits.keyBytes < 246)
        #expect(Limits.outboxOperations <= Limits.outboxOperationsCeiling)
    }
}
