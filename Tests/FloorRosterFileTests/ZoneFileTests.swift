import FloorEvents
import FloorRoster
import FloorRosterFile
import Testing

/// Time zones by name, in a roster's file and alone.
@Suite("Time zones by their names") struct ZoneFileTests {
    /// 1 July 2026, 12:00 UTC.
    private static let summer: Int64 = 1_782_907_200_000_000
    private static let day: Int64 = 86_400_000_000

    @Test("a zone has its transitions, from a year back to twenty years ahead")
    func transitions() throws {
        let paris = try ZoneFile.zone("Europe/Paris", at: Self.summer)
        #expect(paris.name == "Europe/Paris")
        #expect((41...43).contains(paris.transitions.count), "\(paris.transitions.count)")
        #expect(paris.minutes(at: Self.summer) == 120)
        #expect(paris.minutes(at: Self.summer + 183 * Self.day) == 60)
        // 25 October 2026, 01:00 UTC.
        #expect(paris.transitions.contains(.init(at: 1_792_890_000_000_000, offset: 3600)))
        #expect(paris.minutes(at: Self.summer + 19 * 365 * Self.day) == 120)
        let shanghai = try ZoneFile.zone("Asia/Shanghai", at: Self.summer)
        #expect(shanghai == FloorZone("Asia/Shanghai", first: 8 * 3600))
        #expect(try ZoneFile.zone("UTC").offset(at: 0) == 0)
    }

    @Test("a name that nobody knows is refused, with the one that was meant")
    func unknown() {
        for (name, hint) in [
            ("Asia/Shangai", "did you mean 'Asia/Shanghai'?"), ("", "write one such as"),
            ("GMT+8", ""), ("CST", ""), ("Europe/Nowhere", ""), ("../../etc/passwd", ""),
        ] {
            do throws(ZoneError) {
                _ = try ZoneFile.zone(name)
                Issue.record("there is no zone '\(name)'")
            } catch {
                #expect(error.sentence.contains("no time zone '\(name)'"))
                #expect(error.sentence.contains(hint), "\(error.sentence)")
            }
        }
    }

    @Test("a roster says its zone, and a site its own")
    func roster() throws {
        let text = """
            zone: Asia/Shanghai
            sites: [{site: ny, zone: America/New_York}, {site: bj}]
            teams: [{site: ny, team: a}, {site: bj, team: a}]
            people: [{id: x, roles: agent}]
            """
        let roster = try RosterFile.parse(text, name: "r")
        #expect(roster.zone?.name == "Asia/Shanghai")
        #expect(roster.zone(ofSite: Array("ny".utf8).span)?.name == "America/New_York")
        #expect(roster.zone(ofSite: Array("bj".utf8).span)?.name == "Asia/Shanghai")
        #expect(roster.zone(ofSite: Array("sh".utf8).span)?.name == "Asia/Shanghai")
        let wrong = text.replacing("New_York", with: "New_Yrok")
        do throws(RosterFileError) {
            _ = try RosterFile.parse(wrong, name: "r")
            Issue.record("the zone does not exist")
        } catch {
            let hint = "did you mean 'America/New_York'?"
            #expect(error.lines == ["r:2: there is no time zone 'America/New_Yrok'; \(hint)"])
        }
        do throws(RosterFileError) {
            let stray = text.replacing("{site: bj}", with: "{site: xx}")
            _ = try RosterFile.parse(stray, name: "r")
            Issue.record("the site does not exist")
        } catch {
            #expect(error.lines.count == 1 && error.lines[0].hasPrefix("r:2: no team is at"))
        }
    }

    @Test("a rule says formula, window and n; a name of several figures is a warning")
    func figures() throws {
        let text = """
            people: [{id: x, roles: agent}]
            alerts:
              - {name: a, filter: team/, figure: timeToAnswer, formula: p90, window: sinceMidnight,
                 n: 20, above: 60000}
              - name: b
                filter: team/
                figure: timeToAnswer
                above: 60000
            """
        let roster = try RosterFile.parse(text, name: "r")
        let figure = AlertFigure("timeToAnswer", .percentile90, .sinceMidnight, atLeast: 20)
        #expect(
            roster.alerts[0].measure
                == .figure(figure, .above, threshold: 60_000, clear: 60_000)
        )
        let rule = RosterRule.ambiguousFigure(alert: "b", figure: "timeToAnswer")
        #expect(roster.warnings == [RosterProblem(RosterPlace(.alerts, 1, "figure"), rule)])
        for (field, sentence) in [
            ("formula: p9", "there is no formula 'p9'"), ("window: ever", "there is no window"),
            ("n: -1", "n is a whole number"),
        ] {
            do throws(RosterFileError) {
                let wrong = text.replacing(
                    "    figure: timeToAnswer",
                    with: "    \(field)\n"
                        + "    figure: timeToAnswer"
                )
                _ = try RosterFile.parse(wrong, name: "r")
                Issue.record("\(field) is wrong")
            } catch {
                #expect(error.lines.count == 1 && error.lines[0].contains(sentence), "\(error)")
            }
        }
    }
}
