// swift-tools-version: 6.3
import PackageDescription

// FLOORBUS_EMBEDDED=1 builds the [E] targets (CONTRIBUTING.md, "Layout") as Embedded Swift, for
// libfloorbus.so. The manifest then leaves out every package dependency and every target that
// needs one; scripts/build-c-library is the only caller.
let embedded = Context.environment["FLOORBUS_EMBEDDED"] == "1"

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]
let embeddable: [SwiftSetting] =
    strict + (embedded ? [.enableExperimentalFeature("Embedded")] : [])

/// A target that compiles in both modes, [E] in the architecture.
func embeddableTarget(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: embeddable)
}

/// A test target; `files` are read by its tests where they lie in the tree.
func testTarget(
    _ name: String,
    _ dependencies: [Target.Dependency],
    files: [String] = []
) -> Target {
    .testTarget(name: name, dependencies: dependencies, exclude: files, swiftSettings: strict)
}

let embeddedTargets: [Target] = [
    .systemLibrary(name: "CZeroMQ"),
    .systemLibrary(name: "CFloorBus", path: "include"),
    .target(name: "CPosix"),
    embeddableTarget("FloorEvents"),
    embeddableTarget("FloorWire", ["FloorEvents"]),
    embeddableTarget("FloorRoster", ["FloorEvents"]),
    embeddableTarget("FloorHub", ["FloorEvents", "FloorRoster", "FloorWire"]),
    embeddableTarget("FloorPosix", ["CPosix"]),
    embeddableTarget("FloorZeroMQ", ["CZeroMQ", "FloorPosix"]),
    embeddableTarget("FloorClient", ["FloorEvents", "FloorWire"]),
    embeddableTarget(
        "FloorClientLoop",
        ["FloorClient", "FloorZeroMQ", "FloorWire", "FloorEvents", "FloorPosix"]
    ),
    embeddableTarget(
        "FloorHubServer",
        ["FloorHub", "FloorRoster", "FloorZeroMQ", "FloorWire", "FloorEvents", "FloorPosix"]
    ),
    embeddableTarget("FloorHubC", ["FloorHubServer", "FloorPosix"]),
    embeddableTarget(
        "FloorBusC",
        [
            "CFloorBus", "FloorClientLoop", "FloorClient", "FloorEvents", "FloorWire",
            "FloorPosix", "FloorHub", "FloorHubServer", "FloorZeroMQ",
        ]
    ),
]

let argumentParser: Target.Dependency = .product(
    name: "ArgumentParser",
    package: "swift-argument-parser"
)

let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")

let yams: Target.Dependency = .product(name: "Yams", package: "Yams")

let unixSignals: Target.Dependency = .product(
    name: "UnixSignals",
    package: "swift-service-lifecycle"
)
let serviceLifecycle: Target.Dependency = .product(
    name: "ServiceLifecycle",
    package: "swift-service-lifecycle"
)

let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")

let hostTargets: [Target] = [
    .systemLibrary(name: "CZlib"),
    .target(
        name: "FloorBus",
        dependencies: [
            "FloorEvents", "FloorRoster", "FloorWire", "FloorClient", "FloorClientLoop",
            "FloorHub", "FloorHubServer", "FloorPosix",
        ],
        swiftSettings: strict
    ),
    .target(
        name: "FloorBusService",
        dependencies: ["FloorBus", serviceLifecycle],
        swiftSettings: strict
    ),
    .target(
        name: "FloorText",
        dependencies: ["FloorBus", "FloorEvents", "FloorWire"],
        swiftSettings: strict
    ),
    .target(name: "FloorImport", dependencies: ["CZlib"], swiftSettings: strict),
    .target(
        name: "FloorJournal",
        dependencies: [
            "FloorEvents", "FloorWire", "FloorHub", "FloorHubServer", "FloorPosix", grdb,
        ],
        swiftSettings: strict
    ),
    .target(
        name: "FloorRosterFile",
        dependencies: ["FloorEvents", "FloorRoster", yams],
        swiftSettings: strict
    ),
    .target(
        name: "FloorReports",
        dependencies: ["FloorEvents", "FloorWire", "FloorJournal", "FloorImport"],
        swiftSettings: strict
    ),
    .executableTarget(
        name: "JournalProbe",
        dependencies: [
            "FloorJournal", "FloorBus", "FloorEvents", "FloorWire", "FloorHubServer", "FloorPosix",
            "FloorRosterFile",
        ],
        path: "Tests/JournalProbe",
        swiftSettings: strict
    ),
    .target(
        name: "FloorBusTestKit",
        dependencies: ["FloorEvents", "FloorWire", "FloorClient", "FloorHub", "FloorPosix"],
        swiftSettings: strict
    ),
    .executableTarget(
        name: "FloorCLI",
        dependencies: [
            "FloorBus", "FloorHubServer", "FloorImport", "FloorJournal", "FloorPosix",
            "FloorReports", "FloorRosterFile", "FloorText", "FloorWire", "FloorZeroMQ",
            "FloorBusService", argumentParser, unixSignals, logging, serviceLifecycle,
        ],
        swiftSettings: strict
    ),
]

let testTargets: [Target] = [
    testTarget("FloorEventsTests", ["FloorEvents"]),
    testTarget("FloorWireTests", ["FloorWire", "FloorEvents"]),
    testTarget(
        "FloorHubTests",
        ["FloorHub", "FloorRoster", "FloorWire", "FloorEvents", "FloorBusTestKit"],
        files: ["transcripts"]
    ),
    testTarget("FloorPosixTests", ["FloorPosix"]),
    testTarget("FloorZeroMQTests", ["FloorZeroMQ", "FloorPosix", "CZeroMQ"]),
    testTarget("FloorClientTests", ["FloorClient", "FloorWire", "FloorEvents", "FloorBusTestKit"]),
    testTarget("FloorImportTests", ["FloorImport"], files: ["logs"]),
    testTarget("FloorRosterTests", ["FloorRoster", "FloorEvents"]),
    testTarget("FloorRosterFileTests", ["FloorRosterFile", "FloorRoster", "FloorEvents"]),
    testTarget(
        "FloorJournalTests",
        [
            "FloorJournal", "FloorBus", "FloorHubServer", "FloorHub", "FloorWire", "FloorEvents",
            "FloorPosix", "FloorReports", "JournalProbe", "FloorBusTestKit", grdb,
        ]
    ),
    testTarget(
        "FloorReportsTests",
        ["FloorReports", "FloorJournal", "FloorImport", "FloorEvents", "FloorWire"]
    ),
    testTarget(
        "FloorBusTests",
        [
            "FloorBus", "FloorClient", "FloorClientLoop", "FloorHub", "FloorHubServer",
            "FloorPosix", "FloorWire", "FloorZeroMQ", "CZeroMQ", "FloorBusTestKit",
        ]
    ),
    testTarget("FloorTextTests", ["FloorText", "FloorBus", "FloorEvents", "FloorWire"]),
    testTarget(
        "FloorBusServiceTests",
        ["FloorBusService", "FloorBus", serviceLifecycle]
    ),
    testTarget(
        "FloorCLITests",
        ["FloorCLI", "FloorBus", "FloorImport", "FloorText", "FloorZeroMQ", "FloorBusTestKit"]
    ),
    testTarget(
        "FloorSimulationTests",
        ["FloorHub", "FloorClient", "FloorWire", "FloorEvents", "FloorRoster", "FloorBusTestKit"]
    ),
    testTarget("TidyTests", []),
]

let package = Package(
    name: "floorbus",
    platforms: [.macOS("26.0")],
    products: embedded
        ? []
        : [
            .library(name: "FloorBus", targets: ["FloorBus"]),
            .library(name: "FloorBusService", targets: ["FloorBusService"]),
            .library(name: "FloorJournal", targets: ["FloorJournal"]),
            .library(name: "FloorRosterFile", targets: ["FloorRosterFile"]),
            .library(name: "FloorBusTestKit", targets: ["FloorBusTestKit"]),
            // For bench/ and Tests/fuzz/ alone; no promise of stability goes with it.
            .library(
                name: "FloorBusInternals",
                targets: [
                    "FloorEvents", "FloorRoster", "FloorWire", "FloorHub", "FloorClient",
                    "FloorClientLoop", "FloorHubServer", "FloorPosix", "FloorJournal",
                    "FloorReports",
                ]
            ),
            .executable(name: "floorbus", targets: ["FloorCLI"]),
        ],
    dependencies: embedded
        ? []
        : [
            .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
            .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
            .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
            .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
            .package(
                url: "https://github.com/swift-server/swift-service-lifecycle",
                from: "2.13.0"
            ),
        ],
    targets: embedded ? embeddedTargets : embeddedTargets + hostTargets + testTargets
)
