// swift-tools-version: 6.2
import PackageDescription

// One room per job. A room may import only rooms above it in this list; the compiler checks the arrows
// (--explicit-target-dependency-import-check error, see Makefile) and so does Tests/HouseTests.

let house: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

// What each library is for stands in docs/dependencies.md.
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
// SQLite itself, for columns that are read a million times.
let sqlite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let signals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")

func room(_ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource]? = nil) -> Target {
    .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: house)
}

func tests(_ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []) -> Target {
    .testTarget(name: "\(name)Tests", dependencies: dependencies, exclude: exclude, swiftSettings: house)
}

let package = Package(
    name: "aftercare",
    products: [
        .executable(name: "aftercare", targets: ["aftercare"]),
        .executable(name: "aftercare-bench", targets: ["AftercareBench"]),
        .executable(name: "aftercare-wire-bench", targets: ["WireBench"]),
    ],
    dependencies: [
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1", traits: []),
    ],
    targets: [
        room("Terms"),
        room("StrictYAML", [yams]),
        room("Telemetry", ["Terms"]),
        room("DeviceProfiles", ["Terms", "StrictYAML", "Telemetry"]),
        room("Polling", ["Terms", "Telemetry", "DeviceProfiles"]),
        room("Detection", ["Terms", "Telemetry"]),
        room("ServiceLevel", ["Terms"]),
        room("Warranty", ["Terms"]),
        room("MailReading", ["Terms"]),
        room("Ticketing", ["Terms", "ServiceLevel", crypto]),
        room("Timelines", ["Terms", "StrictYAML", "ServiceLevel", "Ticketing"]),
        room("Engine", ["Terms", "Telemetry", "Detection", "ServiceLevel", "Ticketing"]),
        room(
            "Settings",
            [
                "Terms", "StrictYAML", "Telemetry", "DeviceProfiles", "Polling", "Detection", "ServiceLevel",
                "Ticketing", "Warranty",
            ]),
        room("Proof", ["Terms", "StrictYAML", "ServiceLevel", "Ticketing", "Settings"]),
        .systemLibrary(name: "CModbus", pkgConfig: "libmodbus", providers: [.apt(["libmodbus-dev"])]),
        .systemLibrary(name: "CLinux"),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        room(
            "Replay",
            [
                "Terms", "Telemetry", "DeviceProfiles", "Polling", "Detection", "ServiceLevel", "Ticketing", "Engine",
                "CZlib",
            ]),
        room(
            "Rehearsal",
            ["Terms", "StrictYAML", "Telemetry", "Detection", "ServiceLevel", "Ticketing", "Engine"]),
        room("Modbus", ["Terms", "Telemetry", "DeviceProfiles", "Polling", "CModbus"]),
        room("Commissioning", ["Terms", "Telemetry", "DeviceProfiles", "Polling", "Modbus"]),
        room("Storage", ["Terms", "Ticketing", "CZlib", grdb, sqlite, crypto]),
        room(
            "Web",
            [
                "Terms", "Telemetry", "ServiceLevel", "Ticketing", "Engine", hummingbird, hummingbirdCore, nioCore,
                logging, lifecycle,
            ],
            resources: [.embedInCode("Assets")]),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        room(
            "Notification",
            ["Terms", "Detection", "ServiceLevel", "Ticketing", "Engine", "Settings", "CCurl", crypto]),
        room(
            "Gateway",
            [
                "Terms", "Telemetry", "StrictYAML", "DeviceProfiles", "Polling", "Detection", "ServiceLevel",
                "Ticketing", "Engine", "Settings", "Proof", "Modbus", "Storage", "Web", "Notification",
                "CLinux", lifecycle, signals, logging, nioCore, nioPosix,
            ]),
        room(
            "BoxCheck",
            [
                "Terms", "StrictYAML", "Polling", "ServiceLevel", "Ticketing", "Settings", "Commissioning", "Storage",
                "Gateway",
            ]),
        room("Simulation", ["Terms", "CModbus"]),
        .executableTarget(
            name: "aftercare",
            dependencies: [
                "Terms", "StrictYAML", "Telemetry", "DeviceProfiles", "Polling", "Detection", "ServiceLevel",
                "Ticketing", "Engine", "Settings", "Proof", "Modbus", "Commissioning", "Storage", "Web", "Gateway",
                "BoxCheck", "Simulation", "Replay", "Rehearsal", "Warranty", "Timelines", "MailReading", arguments,
                lifecycle, signals, logging,
            ],
            swiftSettings: house),
        .target(name: "CAllocationCount"),
        .executableTarget(
            name: "AftercareBench",
            dependencies: [
                "Terms", "Telemetry", "DeviceProfiles", "Polling", "Detection", "ServiceLevel", "Ticketing", "Engine",
                "Storage", "Gateway", "Simulation", "CAllocationCount", sqlite, crypto,
            ],
            swiftSettings: house),
        // Bare libmodbus loops and devices that cost nothing, to measure the line against.
        .target(
            name: "CWireFloor", dependencies: ["CModbus"],
            linkerSettings: [.linkedLibrary("modbus"), .linkedLibrary("util")]),
        .executableTarget(
            name: "WireBench",
            dependencies: ["Terms", "Telemetry", "DeviceProfiles", "Polling", "Modbus", "Gateway", "CWireFloor"],
            swiftSettings: house),
        // Linked by hand with libFuzzer (make fuzz), never into a product.
        .target(
            name: "FuzzReaders",
            dependencies: ["Terms", "StrictYAML", "Telemetry", "DeviceProfiles", "Polling", "Modbus"],
            path: "Tests/fuzz", exclude: ["corpus.tar.gz"], swiftSettings: house),
        // Real peers for tests (pymodbus, socat, pysunspec2): started on loopback, ended by process id.
        .target(
            name: "TestPeers", path: "Tests/TestPeers",
            exclude: [
                "http_peer.py", "make_certificates.py", "modbus_peer.py", "raw_peer.py", "schema_check.py", "smtp_peer.py",
                "sunspec_judge.py",
            ],
            swiftSettings: house),
        tests("Terms", ["Terms"]),
        tests("StrictYAML", ["StrictYAML"]),
        tests("Telemetry", ["Terms", "Telemetry"]),
        tests(
            "DeviceProfiles", ["Terms", "StrictYAML", "Telemetry", "DeviceProfiles", "TestPeers"],
            exclude: ["AlarmTables"]),
        tests("Polling", ["Terms", "Telemetry", "DeviceProfiles", "Polling"]),
        tests("Detection", ["Terms", "Telemetry", "Detection"]),
        tests("ServiceLevel", ["Terms", "ServiceLevel"]),
        tests("Warranty", ["Terms", "StrictYAML", "Settings", "Warranty"], exclude: ["cases", "policies"]),
        tests("MailReading", ["Terms", "MailReading"]),
        tests("Ticketing", ["Terms", "ServiceLevel", "Ticketing"]),
        tests(
            "Timelines",
            ["Terms", "StrictYAML", "ServiceLevel", "Ticketing", "Timelines", "Settings", "TestPeers"],
            exclude: ["Timelines"]),
        tests("Engine", ["Terms", "Telemetry", "Detection", "ServiceLevel", "Ticketing", "Engine"]),
        tests(
            "Settings",
            [
                "Terms", "StrictYAML", "Telemetry", "DeviceProfiles", "Polling", "Detection", "ServiceLevel",
                "Ticketing", "Warranty", "Settings",
            ]),
        tests("Proof", ["Terms", "ServiceLevel", "Ticketing", "Settings", "Proof", "Storage", "TestPeers"]),
        tests(
            "Modbus",
            ["Terms", "StrictYAML", "Telemetry", "DeviceProfiles", "Polling", "Modbus", "CModbus", "TestPeers"]),
        tests(
            "Commissioning",
            [
                "Terms", "StrictYAML", "Telemetry", "DeviceProfiles", "Polling", "Settings", "Modbus", "Commissioning",
                "TestPeers",
            ]),
        tests("Storage", ["Terms", "ServiceLevel", "Ticketing", "Storage", grdb], exclude: ["Golden"]),
        tests(
            "Web",
            [
                "Terms", "Telemetry", "Ticketing", "Engine", "Web", hummingbird, nioCore, nioPosix,
                nioEmbedded, logging, lifecycle,
            ]),
        tests(
            "Gateway",
            [
                "Terms", "Telemetry", "StrictYAML", "DeviceProfiles", "Polling", "Detection", "ServiceLevel",
                "Ticketing", "Engine", "Settings", "Proof", "Modbus", "Storage", "Web", "Notification", "Gateway", "Simulation",
                "TestPeers", grdb, lifecycle, logging, yams,
            ]),
        tests(
            "Notification",
            ["Terms", "ServiceLevel", "Ticketing", "Engine", "Settings", "Notification", "TestPeers"]),
        tests("BoxCheck", ["Terms", "Storage", "Gateway", "BoxCheck"]),
        tests("Simulation", ["Terms", "CModbus", "Simulation"]),
        tests(
            "Replay",
            [
                "Terms", "StrictYAML", "Telemetry", "DeviceProfiles", "Polling", "Detection", "Settings", "Replay",
                "CZlib", "TestPeers",
            ]),
        tests(
            "Rehearsal",
            [
                "Terms", "StrictYAML", "Detection", "ServiceLevel", "Ticketing", "Settings", "Rehearsal", "TestPeers",
            ], exclude: ["Scenarios"]),
        tests("House"),
    ],
    swiftLanguageModes: [.v6]
)
