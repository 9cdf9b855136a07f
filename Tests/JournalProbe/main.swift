import FloorBus
import FloorJournal
import Foundation

// A process for FloorJournalTests to kill:
//
//   JournalProbe write DIRECTORY            writes without a hub
//   JournalProbe hub DIRECTORY ENDPOINT     a hub; says its epoch when it listens
//   JournalProbe publish ENDPOINT FILE RUN  a publisher with an outbox file

let arguments = CommandLine.arguments
switch arguments.dropFirst().first {
case "write" where arguments.count == 3:
    try write(into: arguments[2])
case "hub" where arguments.count == 4:
    var configuration = HubConfiguration()
    configuration.listen = [arguments[3]]
    let journal = SQLiteJournal.opener(directory: arguments[2])
    let hub = try EmbeddedHub(configuration, journal: journal)
    say("listening \(hub.epoch)")
    // Until standard input is closed: the test that started it has gone.
    _ = FileHandle.standardInput.readDataToEndOfFile()
    hub.stop()
case "publish" where arguments.count == 5:
    try await publish(to: arguments[2], outbox: arguments[3], run: arguments[4])
default:
    say("usage: JournalProbe write DIRECTORY | hub DIRECTORY ENDPOINT")
    say("     | publish ENDPOINT FILE RUN")
}
