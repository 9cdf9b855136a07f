// swift-tools-version: 6.3
import PackageDescription

// A package of its own, so that users of the bus never resolve the benchmark's dependencies.

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]

let package = Package(
    name: "floorbus-bench",
    platforms: [.macOS("26.0")],
    products: [
        .executable(name: "floorbus-bench", targets: ["floorbus-bench"])
    ],
    dependencies: [
        .package(name: "floorbus", path: ".."),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
    ],
    targets: [
        // The raw libzmq peers, and the allocation counter: both want to be C.
        .target(name: "CBench", linkerSettings: [.linkedLibrary("zmq")]),
        .executableTarget(
            name: "floorbus-bench",
            dependencies: [
                "CBench",
                .product(name: "FloorBus", package: "floorbus"),
                .product(name: "FloorBusInternals", package: "floorbus"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Histogram", package: "hdrhistogram-swift"),
            ],
            path: "Sources/FloorBench",
            swiftSettings: strict
        ),
    ]
)
