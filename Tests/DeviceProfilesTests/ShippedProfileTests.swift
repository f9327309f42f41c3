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

/// A device that lists models with these ids and counts, each as long as SunSpec says.
private func places(_ models: [(id: Int, length: Int, counts: [Int: Int])]) -> [SunSpecModelPlace] {
    var address = 40_002
    return models.map { model in
        defer { address += 2 + model.length }
        return SunSpecModelPlace(id: model.id, address: address, length: model.length, counts: model.counts)
    }
}

private let allModels = places([
    (1, 66, [:]), (103, 50, [:]), (113, 60, [:]), (802, 62, [:]), (160, 8 + 2 * 20, [8: 2]), (203, 105, [:]),
    (213, 124, [:]), (701, 153, [:]), (713, 7, [:]), (714, 18 + 2 * 25, [4: 2]), (803, 26 + 2 * 32, [2: 2]),
    (804, 46 + 16, [2: 1, 3: 1]), (804, 46 + 16, [2: 2, 3: 1]), (805, 42 + 4 * 16, [2: 1, 3: 1, 4: 16]),
    (805, 42 + 4 * 16, [2: 2, 3: 1, 4: 16]),
])

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
            let pattern: UInt32 =
                switch alarm.condition {
                case .equals(let number): UInt32(number)
                default: 1 << UInt32(try #require(alarm.condition.bit))
                }
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
        let battery = try #require(allModels.first { $0.id == 802 }).address
        #expect(
            current.wireRange == RegisterRange(function: .holdingRegisters, address: battery + 44, count: 18))
        #expect(
            map.texts.map(\.name).prefix(5)
                == ["device.maker", "device.model", "device.options", "device.version", "device.serial"])
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
        let controls: Set = [
            "AlmRst", "SetOp", "SetInvState", "CtrlHb", "StrSetEna", "StrSetCon", "SetEna", "SetCon", "AdptCrvReq",
            "AdptCtlReq",
        ]
        guard case .sunSpec(let layout) = try shipped("sunspec").layout else {
            Issue.record("sunspec.yaml lists no models")
            return
        }
        let points = layout.models.flatMap(\.points)
        #expect(points.count > 500)
        #expect(points.filter { controls.contains($0.id) }.isEmpty)
        // And by their place, whatever they are called.
        let map = try map("sunspec")
        for (id, offsets) in [(802, [19, 20, 50, 51]), (803, [56, 57, 88, 89]), (804, [36, 37])] {
            for place in allModels where place.id == id {
                for offset in offsets {
                    #expect(!map.points.contains { $0.coding.valueRange.contains(register(place.address + offset)) })
                }
            }
        }
    }

    @Test func everyCellOfEveryModuleIsWatched() throws {
        let map = try map("sunspec")
        let signals = map.points.compactMap(\.signal)
        for cell in 1...32 {
            #expect(signals.contains(.cellVoltage(cell)))
            #expect(signals.contains(.cellTemperature(cell)))
        }
        #expect(Set(signals).count == signals.count)
        #expect(map.remarks.contains { $0.contains("number 2 and 1: repeats 17 to 32") })
    }

    @Test func ofANameThatSeveralModelsHaveTheBatteryKeepsIt() throws {
        let map = try map("sunspec")
        let battery = try #require(allModels.first { $0.id == 802 }).address
        #expect(map.points[try #require(map.position(of: "pack.soc"))].address == battery + 11)
        #expect(map.position(of: "pack.soc@713") != nil)
        #expect(map.position(of: "inverter.power@113") != nil)
        #expect(map.position(of: "inverter.power@701") != nil)
        #expect(map.position(of: "string.2.module.1.voltage") != nil)
    }
}

private func register(_ address: Int) -> RegisterRange {
    RegisterRange(function: .holdingRegisters, address: address, count: 1)
}
