/// What the hub has counted: one for all parts of a hub, which only add to it.
final class HubLedger {
    /// The counts; sizes of tables are filled in when somebody asks.
    var counts = HubStatistics()
}
