/// One room: which rooms it may import, and what else. Typed from docs/architecture.md; a room that is not here does
/// not exist.
struct Room {
    var name: String
    var rooms: Set<String>
    /// Modules that are not ours.
    var others: Set<String>
    /// A pure room decides and touches nothing: no file, no socket, no clock.
    var isPure: Bool

    init(_ name: String, _ rooms: Set<String> = [], others: Set<String> = [], isPure: Bool = false) {
        self.name = name
        self.rooms = rooms
        self.others = others
        self.isPure = isPure
    }

    /// Whether a file of the room may import the module.
    func allows(_ module: String) -> Bool { rooms.contains(module) || others.contains(module) || module == name }
}

/// The whole house. A row imports only rows above it.
let house: [Room] = [
    Room("Terms", isPure: true),
    Room("StrictYAML", others: ["Yams"], isPure: true),
    Room("Telemetry", ["Terms"], isPure: true),
    Room("DeviceProfiles", ["Terms", "StrictYAML", "Telemetry"], isPure: true),
    Room("Polling", ["Terms", "Telemetry", "DeviceProfiles"], isPure: true),
    Room("Detection", ["Terms", "Telemetry"], isPure: true),
    // Foundation: the rules of time zones, for promises in days.
    Room("ServiceLevel", ["Terms"], others: ["Foundation"], isPure: true),
    Room("Warranty", ["Terms"], isPure: true),
    Room("MailReading", ["Terms"], isPure: true),
    // Crypto: the SHA-256 of the chain.
    Room("Ticketing", ["Terms", "ServiceLevel"], others: ["Crypto"], isPure: true),
    // StrictYAML: problems with their lines, and suggestions; timelines are no YAML.
    Room("Timelines", ["Terms", "StrictYAML", "ServiceLevel", "Ticketing"], isPure: true),
    Room("Engine", ["Terms", "Telemetry", "Detection", "ServiceLevel", "Ticketing"], isPure: true),
    // Foundation: which time zones exist.
    Room(
        "Settings",
        [
            "Terms", "StrictYAML", "Telemetry", "DeviceProfiles", "Polling", "Detection", "ServiceLevel", "Ticketing",
            "Warranty",
        ],
        others: ["Foundation"], isPure: true),
    Room("Proof", ["Terms", "StrictYAML", "ServiceLevel", "Ticketing", "Settings"], isPure: true),
    Room("CModbus"),
    Room("CLinux"),
    // Packed bytes in, plain bytes out: C, and pure all the same.
    Room("CZlib", isPure: true),
    Room(
        "Replay",
        [
            "Terms", "Telemetry", "DeviceProfiles", "Polling", "Detection", "ServiceLevel", "Ticketing", "Engine",
            "CZlib",
        ], isPure: true),
    Room(
        "Rehearsal", ["Terms", "StrictYAML", "Telemetry", "Detection", "ServiceLevel", "Ticketing", "Engine"],
        isPure: true),
    Room(
        "Modbus", ["Terms", "Telemetry", "DeviceProfiles", "Polling", "CModbus"], others: ["Glibc", "Synchronization"]),
    Room(
        "Commissioning", ["Terms", "Telemetry", "DeviceProfiles", "Polling", "Modbus"],
        others: ["Glibc", "Synchronization"]),
    Room(
        "Storage", ["Terms", "Ticketing", "CZlib"],
        others: ["Crypto", "Foundation", "Glibc", "GRDB", "GRDBSQLite"]),
    Room(
        "Web", ["Terms", "Telemetry", "ServiceLevel", "Ticketing", "Engine"],
        others: [
            "Foundation", "HTTPTypes", "Hummingbird", "HummingbirdCore", "Logging", "NIOCore", "ServiceLifecycle",
            "Synchronization",
        ]),
    Room("CCurl"),
    // Foundation: zones of time, and JSON.
    Room(
        "Notification",
        ["Terms", "Detection", "ServiceLevel", "Ticketing", "Engine", "Settings", "CCurl"],
        others: ["Crypto", "Foundation", "Glibc"]),
    Room(
        "Gateway",
        [
            "Terms", "Telemetry", "StrictYAML", "DeviceProfiles", "Polling", "Detection", "ServiceLevel", "Ticketing",
            "Engine", "Settings", "Proof", "Modbus", "Storage", "Web", "Notification", "CLinux",
        ],
        others: [
            "Dispatch", "Foundation", "FoundationEssentials", "Glibc", "Logging", "NIOCore", "NIOPosix",
            "ServiceLifecycle", "Synchronization", "UnixSignals",
        ]),
    Room(
        "BoxCheck",
        [
            "Terms", "StrictYAML", "Polling", "ServiceLevel", "Ticketing", "Settings", "Commissioning", "Storage",
            "Gateway",
        ],
        others: ["Glibc"]),
    // Below the gateway in the product's eyes, too: the gateway must not know that a home is simulated.
    Room("Simulation", ["Terms", "CModbus"], others: ["Glibc", "Synchronization"]),
    Room(
        "aftercare",
        [
            "Terms", "StrictYAML", "Telemetry", "DeviceProfiles", "Polling", "Detection", "ServiceLevel", "Ticketing",
            "Engine", "Settings", "Proof", "Modbus", "Commissioning", "Storage", "Web", "Gateway", "BoxCheck",
            "Simulation", "Replay", "Rehearsal", "Warranty", "Timelines", "MailReading",
        ],
        others: [
            "ArgumentParser", "Foundation", "FoundationEssentials", "Glibc", "Logging", "ServiceLifecycle",
            "Synchronization", "UnixSignals",
        ]),
    Room("CAllocationCount"),
    // Measures; it may see whatever it measures.
    Room(
        "AftercareBench",
        [
            "Terms", "StrictYAML", "Telemetry", "DeviceProfiles", "Polling", "Detection", "ServiceLevel", "Ticketing",
            "Engine", "Settings", "Modbus", "Storage", "Web", "Gateway", "Simulation", "CAllocationCount",
        ],
        others: ["Crypto", "Foundation", "GRDBSQLite", "Glibc", "Synchronization"]),
    Room("CWireFloor", ["CModbus"]),
    Room(
        "WireBench", ["Terms", "Telemetry", "DeviceProfiles", "Polling", "Modbus", "Gateway", "CWireFloor"],
        others: ["Foundation", "Glibc", "Synchronization"]),
]

/// What no pure room may reach, not even by a table that someone widened: files, sockets, clocks, databases.
let wayOut = [
    "FoundationNetworking", "Glibc", "Dispatch", "NIOCore", "NIOPosix", "NIO", "GRDB", "Hummingbird", "CModbus",
    "CLinux", "CCurl", "Logging", "ServiceLifecycle",
]

/// Imports that the table does not allow.
func forbiddenImports(in text: SwiftText, of room: Room) -> [Violation] {
    importedModules(in: text).filter { !room.allows($0.module) }
        .map { Violation(path: text.path, line: $0.line, message: "\(room.name) may not import \($0.module)") }
}

/// Every module that a file imports, with its line.
func importedModules(in text: SwiftText) -> [(module: String, line: Int)] {
    let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"]
    return text.places(of: "import").compactMap { place in
        var words = place.after.split(separator: " ")
        guard place.after.first == " ", let first = words.first else { return nil }
        if kinds.contains(first) { words.removeFirst() }
        return words.first.map { (String($0.prefix(while: \.isPartOfName)), place.line) }
    }
}
