import FloorBus
import FloorJournal
import FloorRosterFile
import Foundation

// A process for FloorJournalTests to kill:
//
//   JournalProbe write DIRECTORY            writes without a hub
//   JournalProbe hub DIRECTORY ENDPOINT [ROSTER]
//                                           a hub; says its epoch and endpoint when it listens
//   JournalProbe publish ENDPOINT FILE RUN  a publisher with an outbox file
//   JournalProbe own ENDPOINT NAME          a supporter who claims, and answers when told to

let arguments = CommandLine.arguments
switch arguments.dropFirst().first {
case "write" where arguments.count == 3:
    try write(into: arguments[2])
case "hub" where arguments.count == 4 || arguments.count == 5:
    var configuration = HubConfiguration()
    configuration.listen = [arguments[3]]
    if arguments.count == 5 { configuration.roster = try RosterFile.read(arguments[4]) }
    let journal = SQLiteJournal.opener(directory: arguments[2])
    let hub = try EmbeddedHub(configuration, journal: journal)
    say("listening \(hub.epoch) \(hub.endpoints[0])")
    // Until standard input is closed: the test that started it has gone.
    _ = FileHandle.standardInput.readDataToEndOfFile()
    hub.stop()
case "publish" where arguments.count == 5:
    try await publish(to: arguments[2], outbox: arguments[3], run: arguments[4])
case "own" where arguments.count == 4:
    try await own(at: arguments[2], as: arguments[3])
default:
    say("usage: JournalProbe write DIRECTORY | hub DIRECTORY ENDPOINT [ROSTER]")
    say("     | publish ENDPOINT FILE RUN | own ENDPOINT NAME")
}
