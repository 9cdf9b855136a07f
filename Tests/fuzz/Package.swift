// swift-tools-version: 6.3
import PackageDescription

// A package of its own: its library is built with coverage and AddressSanitizer, for libFuzzer's
// main function (scripts/fuzz).

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]

let package = Package(
    name: "floorbus-fuzz",
    platforms: [.macOS("26.0")],
    products: [
        .library(name: "FloorFuzz", type: .static, targets: ["FloorFuzz"])
    ],
    dependencies: [
        .package(name: "floorbus", path: "../..")
    ],
    targets: [
        .target(
            name: "FloorFuzz",
            dependencies: [
                .product(name: "FloorBusInternals", package: "floorbus"),
                .product(name: "FloorBusTestKit", package: "floorbus"),
                .product(name: "FloorRosterFile", package: "floorbus"),
            ],
            swiftSettings: strict
        )
    ]
)
