import FloorBusTestKit
import FloorEvents
import FloorHub
import FloorRoster
import FloorRosterFile

/// Bytes as a roster's file; when it is one, a floor that has begun goes on under it.
enum RosterTarget {
    static func run(_ bytes: [UInt8]) {
        guard let text = String(validating: bytes, as: UTF8.self) else { return }
        let roster: Roster
        do throws(RosterFileError) {
            roster = try RosterFile.parse(text, name: "r.yaml")
        } catch {
            if error.problems.isEmpty { found("refused without a problem") }
            _ = error.lines
            return
        }
        for person in roster.people.indices.prefix(8) {
            let permissions = roster.permissions(of: person)
            if permissions.roles != roster.roles(of: person) { found("other roles are permitted") }
            _ = roster.teamsLookedAfter(by: person)
        }
        let floor = FuzzFloor(noise: "pbx") {
            $0.isDurable = true
            $0.roster = FuzzRoster.full
        }
        play(floor)
        floor.hub.step(.roster(roster))
        floor.turn()
        play(floor)
        // The people of the new roster, one of them with a flag of their own.
        for person in roster.people.prefix(4) {
            let client = floor.hub.client("noise: \(person.id)", principal: person.id)
            client.hello()
            client.publish([.put("custom/bj/x/y/", "text")])
            floor.turn()
        }
        floor.pass(8)
        floor.restart(2)
        floor.finish()
    }

    /// Something of everything that a roster has a say in.
    private static func play(_ floor: FuzzFloor) {
        var input = FuzzInput((0..<200).map { UInt8(truncatingIfNeeded: $0 &* 37) })
        floor.rejoin()
        for _ in 0..<12 {
            floor.noise.publish([FuzzRecord.operation(&input)])
            floor.turn()
        }
        floor.pass(4)
    }
}
