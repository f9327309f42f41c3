import Testing

/// Where in the sources something may stand that leads to a write.
private let places: [(token: String, files: [String])] = [
    ("PermittedWrite(", ["Sources/Modbus/LineOwner+Pages.swift"]),
    ("SitePermission(", ["Sources/DeviceProfiles/PermittedWrite.swift", "Sources/Settings/ReadPermission.swift"]),
    ("WriteFrame.write", ["Sources/Modbus/ModbusConnection.swift"]),
    ("connection.write(", ["Sources/Modbus/LineSession.swift"]),
    ("await engine.announce(", ["Sources/Gateway/LinesService.swift"]),
]

/// What sends bytes to a device.
private let senders: [(token: String, files: [String])] = [
    ("link.send(", ["Sources/Modbus/ModbusConnection.swift", "Sources/Modbus/ProbeLine.swift"])
]

@Suite("Who may write to a device")
struct WriteRuleTests {
    @Test func eachStepToAWriteStandsWhereItMay() throws {
        let files = try SourceTree.swiftFiles(below: "Sources")
        for (token, allowed) in places + senders {
            let found = files.filter { file in file.lines.contains { $0.contains(token) } }.map(\.path)
            #expect(found == allowed, "\(token)")
        }
    }

    /// libmodbus can write, too; it opens serial ports and nothing else here.
    @Test func nobodyCallsAFunctionOfLibmodbusThatWrites() throws {
        let names = [
            "modbus_write_register", "modbus_write_bit", "modbus_write_and_read", "modbus_mask_write",
            "modbus_send_raw_request",
        ]
        for file in try SourceTree.swiftFiles(below: "Sources") {
            for name in names {
                #expect(!file.lines.contains { $0.contains(name) }, "\(file.path): \(name)")
            }
        }
    }
}
