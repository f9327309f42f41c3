import Foundation
import Testing

@testable import Simulation

/// The published profile against the map that the simulation really serves.
@Suite struct SimulatedPackProfileTests {
    let lines: [Substring]

    init() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: root.appending(path: "config/profiles/simulated-pack.yaml"), encoding: .utf8)
        lines = text.split(separator: "\n")
    }

    private func field(_ key: String, in line: Substring) -> String? {
        guard let start = line.firstRange(of: "\(key): ")?.upperBound else { return nil }
        return String(line[start...].prefix { $0 != "," && $0 != "}" })
    }

    /// The value of a point as a reader of the profile would get it.
    private func value(_ name: String, in block: RegisterBlock) throws -> Double {
        let line = try #require(lines.first { $0.contains("name: \(name),") })
        let address = try #require(field("address", in: line).flatMap { Int($0) })
        let scale = try #require(field("scale", in: line).flatMap { Double($0) })
        let pair = Int(block[address]) << 16 | Int(block[address + 1])
        let raw: Int
        switch try #require(field("type", in: line)) {
        case "u16": raw = Int(block[address])
        case "i16": raw = Int(Int16(bitPattern: block[address]))
        case "u32": raw = pair
        case "i32": raw = Int(Int32(truncatingIfNeeded: pair))
        default: raw = .min
        }
        return Double(raw) * scale
    }

    @Test func everyPointReadsWhatThePackMeasured() throws {
        var home = SimulatedHome(seed: 3, startHour: 20)
        home.step(by: 120)
        let reading = home.packs[0].monitor.reading
        let block = PackRegisters.block(home.packs[0])
        let expected: [(name: String, value: Double)] = [
            ("pack.voltage", Double(reading.voltageCentivolts) / 100),
            ("pack.current", Double(reading.currentCentiamperes) / 100),
            ("pack.power", Double(reading.powerWatts)),
            ("pack.soc", Double(reading.stateOfChargePermille) / 10),
            ("pack.soh", Double(reading.stateOfHealthPermille) / 10),
            ("pack.cycles", Double(reading.cycleCount)),
            ("device.heartbeat", Double(reading.heartbeat)),
            ("cell.#.voltage", Double(reading.cellMillivolts[0]) / 1_000),
            ("cell.#.temperature", Double(reading.cellDecidegrees[0]) / 10),
            ("energy.charged", Double(reading.chargedWattHours)),
            ("energy.discharged", Double(reading.dischargedWattHours)),
        ]
        #expect(reading.currentCentiamperes < -1_000)
        for point in expected { #expect(abs(try value(point.name, in: block) - point.value) < 1e-6, "\(point.name)") }
        #expect(lines.count { $0.contains("- {name:") } == expected.count)
    }

    @Test func everyAlarmBitHasItsRow() {
        let protections = PackProtections(rawValue: 0x1FF)
        let warnings = PackWarnings(rawValue: 0x1F)
        let bits = (0..<9).map { "60.\($0)" } + (0..<5).map { "61.\($0)" }
        var rows: [String] = []
        var word = ""
        for line in lines {
            if line.hasPrefix("    address: ") { word = field("address", in: line) ?? "" }
            if line.contains("- {bit: ") { rows.append("\(word).\(field("bit", in: line) ?? "")") }
        }
        #expect(rows == bits)
        #expect(protections.contains(.chargeSwitchFault) && warnings.contains(.stateOfChargeLow))
        #expect(lines.contains { $0.contains("code: sim.chargeSwitchFault,") })
    }

    @Test func theMarkerAndTheSerialStandWhereTheProfileLooks() {
        #expect(lines.contains { $0.contains("- {function: 3, address: 0, type: u16, equals: 0xAF7C}") })
        #expect(lines.contains { $0.hasPrefix("serial:") && $0.contains("address: 1, registers: 8") })
        #expect(PackRegisters.marker == 0xAF7C)
    }
}
