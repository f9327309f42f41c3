import Foundation
import Telemetry
import Testing

@testable import DeviceProfiles

/// Reads a profile that is shipped, from config/profiles.
private func shipped(_ name: String) throws -> Profile {
    let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let path = root.appendingPathComponent("config/profiles/\(name).yaml").path
    return try readProfile(try String(contentsOfFile: path, encoding: .utf8), name: path)
}

private let allModels = [
    SunSpecModelPlace(id: 1, address: 40_002, length: 66), SunSpecModelPlace(id: 103, address: 40_070, length: 50),
    SunSpecModelPlace(id: 802, address: 40_122, length: 62),
]

private func map(_ name: String) throws -> DeviceMap {
    let profile = try shipped(name)
    return try #require(profile.deviceMap ?? profile.deviceMap(models: allModels))
}

@Suite struct ShippedProfileTests {
    @Test(arguments: ["sunspec"])
    func everyAlarmBitGivesExactlyItsName(name: String) throws {
        let map = try map(name)
        #expect(map.alarms.count > 40)
        for alarm in map.alarms {
            var samples = Array(repeating: Sample.absent, count: map.points.count)
            let coding = map.points[alarm.point].coding
            let pattern = UInt32(1) << UInt32(try #require(alarm.condition.bit))
            let words = coding.registers == 1 ? [UInt16(pattern)] : [UInt16(pattern >> 16), UInt16(pattern & 0xFFFF)]
            samples[alarm.point] = coding.sample(words.span, firstAddress: coding.address)
            #expect(map.activeAlarms(in: samples).map(\.code) == [alarm.code])
            #expect(map.activeAlarms(in: samples).map(\.name) == [alarm.name])
        }
    }

    @Test(arguments: [
        ("goodwe-et", "goodwe.cellTemperatureHigh3", "overTemperature"),
        ("goodwe-et", "goodwe.utilityLoss", "goodwe.utilityLoss"),
        ("sunspec", "sunspec.battery.overTemperature", "overTemperature"),
        ("sunspec", "sunspec.battery.chargeCurrent", "sunspec.battery.chargeCurrent"),
        ("simulated-pack", "sim.cellOverVoltage", "cellOverVoltage"),
    ])
    func anAlarmBelongsToTheFaultItsRowNamesElseToOneOfItsOwn(name: String, code: String, fault: String) throws {
        let map = try map(name)
        let alarm = try #require(map.alarms.first { $0.code == code })
        #expect(alarm.fault == fault)
        var samples = Array(repeating: Sample.absent, count: map.points.count)
        samples[alarm.point] = Sample(value: 0, raw: 1 << UInt64(try #require(alarm.condition.bit)), quality: .good)
        #expect(map.activeAlarms(in: samples).map(\.fault) == [fault])
    }

    @Test(arguments: ["goodwe-et", "sunspec"])
    func everyAlarmHasACodeOfItsOwn(name: String) throws {
        let codes = try map(name).alarms.map(\.code)
        #expect(Set(codes).count == codes.count)
    }

    @Test func theGoodWeBatteryBlockIsReadWithItsSigns() throws {
        let map = try map("goodwe-et")
        func value(_ name: String, _ words: [UInt16]) throws -> Double? {
            let point = map.points[try #require(map.position(of: name))]
            return point.coding.sample(words.span, firstAddress: point.address).goodValue
        }
        #expect(try value("pack.voltage", [3_921]) == 392.1)
        // The inverter counts 12.3 A of discharge as positive.
        #expect(try value("pack.current", [123]) == -12.3)
        #expect(try value("pack.power", [0xFFFF, 0xED1F]) == 4_833)
        #expect(try value("pack.soc", [88]) == 88)
        #expect(try value("pack.temperature.max", [0x7FFF]) == nil)
        #expect(try value("pack.temperature.max", [0xFFFF]) == nil)
        #expect(try value("cell.voltage.min", [3_312]) == 3.312)
        #expect(try value("energy.charged", [0, 12_345]) == 1_234_500)
    }

    @Test func theSunSpecBatteryKnowsWhatDetectionWants() throws {
        let map = try map("sunspec")
        let signals = Set(map.points.compactMap(\.signal))
        #expect(
            signals.isSuperset(of: [
                .packVoltage, .packCurrent, .packPower, .packStateOfCharge, .packStateOfHealth, .cellVoltageMaximum,
                .cellVoltageMinimum, .inverterTemperature, .heartbeat,
            ]))
        let current = map.points[try #require(map.position(of: "pack.current"))].coding
        #expect(current.wireRange == RegisterRange(function: .holdingRegisters, address: 40_166, count: 18))
        #expect(map.texts.map(\.name) == ["device.maker", "device.model", "device.version", "device.serial"])
    }

    @Test func aShorterModelOfTheDeviceLosesThePointsItDoesNotHave() throws {
        let profile = try shipped("sunspec")
        let short = SunSpecModelPlace(id: 103, address: 40_070, length: 42)
        let map = try #require(profile.deviceMap(models: [short]))
        #expect(map.position(of: "inverter.events") != nil)
        #expect(map.position(of: "inverter.events.vendor.1") == nil)
        #expect(profile.deviceMap(models: [SunSpecModelPlace(id: 64_001, address: 2, length: 9)]) == nil)
    }

    @Test func noControlRegisterIsAPoint() throws {
        let map = try map("sunspec")
        for offset in [20, 50, 51] {
            #expect(!map.points.contains { $0.address == 40_122 + offset })
        }
    }
}
