import Telemetry
import Terms
import Testing

@testable import DeviceProfiles

private let map = DeviceMap(
    profile: "small",
    points: [
        MappedPoint(
            name: "events", unit: "",
            coding: PointCoding(function: .inputRegisters, address: 30, registers: 1, type: .bitfield16)),
        MappedPoint(
            name: "state", unit: "",
            coding: PointCoding(function: .inputRegisters, address: 31, registers: 1, type: .bitfield16)),
    ],
    alarms: [
        MappedAlarm(
            point: 0, condition: .bitSet(3), code: "small.hot", name: "Hot", severity: .safety, routing: .k0,
            consequence: "c", remedy: "r")
    ])

private func word(_ raw: UInt64, _ quality: Quality = .good) -> Sample {
    Sample(value: Double(raw), raw: raw, quality: quality)
}

@Suite struct AlarmTests {
    @Test func everySetBitIsNamedAndOneWithoutARowIsNamedAsUnknown() {
        let active = map.activeAlarms(in: [word(0b1000_0000_0000_1000), word(0xFF)])
        #expect(active.map(\.code) == ["small.hot", "small.unknown.4.30.15"])
        #expect(active.map(\.name) == ["Hot", "unknown bit 15 of 4/30"])
        #expect(active.map(\.isKnown) == [true, false])
        #expect(active.map(\.routing) == [.k0, .k4])
        #expect(map.hasActiveAlarm(in: [word(8), .absent]))
    }

    @Test func aBitFieldThatRaisesNothingIsNoAlarmWord() {
        #expect(!map.hasActiveAlarm(in: [word(0), word(0xFF)]))
        #expect(map.activeAlarms(in: [word(0), word(0xFF)]).isEmpty)
    }

    @Test(arguments: [Quality.absent, .bad, .notImplemented, .suspect])
    func aWordThatWasNotReadSaysNothing(quality: Quality) {
        #expect(!map.hasActiveAlarm(in: [word(8, quality), .absent]))
    }
}
