// What docs/architecture.md says of the parts, held by FencesTests: the table there and this one
// change together.

extension Fences {
    /// The types that are cores, by their folders.
    static let cores = ["Sources/FloorClient": "ClientCore", "Sources/FloorHub": "Hub"]

    /// The parts there are; add a line for a new one.
    static let parts = clientParts + hubParts

    private static let clientParts = [
        Part(
            folder: "Sources/FloorClient/Uplink",
            faces: ["Uplink", "OutboxContents", "OutboxStore"]
        ),
        Part(
            folder: "Sources/FloorClient/Inbox",
            faces: ["Inbox"],
            state: [
                "inbox": [
                    "credit", "cache", "events", "subscriptions", "requests", "mailboxes",
                    "ready", "report", "recordNumber",
                ]
            ]
        ),
    ]

    private static let hubParts = lanes + people + desks + foundations

    private static let lanes = [
        Part(
            folder: "Sources/FloorHub/StateLane",
            faces: ["StateRefusal"],
            shared: ["Lease", "SnapshotCursor", "StateChange", "StateLane"],
            sees: ["Clock", "People", "Ports", "Tables"],
            // A producer holds the lease on its values and shows it; what it says is the lane's.
            state: ["lease": ["lastHeard", "firstOwned", "ownedCount", "isListed", "renewals"]]
        ),
        Part(
            folder: "Sources/FloorHub/EventLane",
            faces: ["AuditQueue", "BatchTimer"],
            shared: ["Answers", "EventLane"],
            sees: ["People", "Ports", "Readers"]
        ),
        Part(
            folder: "Sources/FloorHub/Readers",
            faces: ["Question", "Readers", "Replay", "ReplyFrame"],
            shared: ["FilterIndex", "Reader"],
            sees: ["Clock", "Desk", "EventLane", "People", "Ports", "StateLane", "Tables"],
            // A session holds its reader; `subscriptions` may be looked at: the hub asks of each
            // whether it is still granted.
            state: [
                "reader": [
                    "awaitedPage", "awaitsSubscriptions", "dirty", "eventPosition",
                    "freshness", "hasEvents", "isActive", "isAsking", "kept", "minimumInterval",
                    "nextDeliver", "page", "pageOffset", "questions", "replays",
                    "servesOwedNext", "waitsUntil",
                ]
            ]
        ),
        Part(
            folder: "Sources/FloorHub/Catalogue",
            faces: ["Catalogue"],
            sees: ["Tables"]
        ),
        Part(
            folder: "Sources/FloorHub/Tap",
            faces: ["Tap"],
            sees: ["Clock", "Ports"]
        ),
    ]

    private static let people = [
        // A session holds its reader and its answers, a producer its lease: so people see the
        // folders of those, which see the people. Loads follow a flag's committed change.
        Part(
            folder: "Sources/FloorHub/People",
            faces: [
                "Admission", "Grants", "HelloRefusal", "Identities", "Principal", "Producers",
                "Sessions", "Supporters", "Will", "Wills",
            ],
            shared: ["Account", "Discretion", "Producer", "Quota", "Session"],
            sees: ["Clock", "EventLane", "Flags", "Ports", "Readers", "StateLane", "Tables"]
        )
    ]

    // What decides an operation of a desk asks several parts and is the hub's: its files stand with
    // what they decide, are named one by one, and may name what the hub's own files may; a new one
    // is a finding (docs/decisions/0030).
    private static let desks = [
        Part(
            folder: "Sources/FloorHub/Desk",
            faces: ["DeskOperator"],
            shared: ["Desk", "DeskChange", "DeskEntry", "DeskRefusal", "KeptTable"],
            sees: ["People", "Ports", "Tables"],
            coreFiles: ["Hub+Desk.swift"]
        ),
        Part(
            folder: "Sources/FloorHub/Flags",
            faces: ["FlagTable"],
            shared: ["FlagChange", "FlagEntry"],
            sees: ["Desk", "People", "Tables"],
            coreFiles: ["Hub+FlagChanges.swift", "Hub+FlagTimes.swift", "Hub+Flags.swift"]
        ),
        Part(
            folder: "Sources/FloorHub/Notes",
            faces: ["NoteChange", "NoteEntry", "NoteTable"],
            sees: ["Desk", "People"],
            coreFiles: ["Hub+Notes.swift"]
        ),
        Part(
            folder: "Sources/FloorHub/Figures",
            faces: ["Figures"],
            sees: ["Flags", "Tables"],
            coreFiles: ["Hub+Figures.swift"]
        ),
    ]

    /// What every part may stand on; these see nothing but the names of quotas, which the
    /// statistics count by.
    private static let foundations = [
        Part(folder: "Sources/FloorHub/Clock", shared: ["HubClock"]),
        Part(
            folder: "Sources/FloorHub/Tables",
            shared: ["ChangeLog", "DueHeap", "KeyCursor", "KeyTree", "Line", "WireCursor"]
        ),
        Part(
            folder: "Sources/FloorHub/Ports",
            faces: ["HubContents", "HubInput", "HubNotice"],
            shared: [
                "Downlink", "HubEffects", "HubLedger", "HubOptions", "HubStatistics", "HubsOwn",
                "JournalPage", "LinkID", "LinkIdentity", "ReadRequest", "StoredProducer",
            ],
            sees: ["People"]
        ),
    ]
}
