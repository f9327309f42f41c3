/// The inverter's SunSpec registers (function 3, from 40000): models 1, 103 and 802, then the end model.
///
/// Offsets, types and enumerations: github.com/sunspec/models, json/model_1.json, model_103.json, model_802.json.
package enum InverterRegisters {
    package static let firstAddress = 40_000
    package static let commonModel = 40_002
    package static let inverterModel = 40_070
    package static let batteryModel = 40_122
    package static let endModel = 40_186
    package static let count = 188
    private static let notImplemented: UInt16 = 0xFFFF
    private static let notImplementedSigned: UInt16 = 0x8000

    /// The registers of the inverter, with the battery of all packs that it reports.
    package static func block(_ home: SimulatedHome) -> RegisterBlock {
        var block = RegisterBlock(firstAddress: firstAddress, words: [UInt16](repeating: 0, count: count))
        block.set(text: "SunS", registers: 2, at: firstAddress)
        setCommon(&block)
        setInverter(&block, home.inverter)
        setBatteryNameplate(&block, home)
        setBatteryState(&block, home)
        block[endModel] = 0xFFFF
        block[endModel + 1] = 0
        return block
    }

    private static func setCommon(_ block: inout RegisterBlock) {
        let model = commonModel
        block[model] = 1
        block[model + 1] = 66
        block.set(text: "Aftercare", registers: 16, at: model + 2)
        block.set(text: "Simulated hybrid", registers: 16, at: model + 18)
        block.set(text: "1.0", registers: 8, at: model + 42)
        block.set(text: "SIM-INV-0001", registers: 16, at: model + 50)
        block[model + 66] = 1
        block[model + 67] = notImplementedSigned
    }

    private static func setInverter(_ block: inout RegisterBlock, _ inverter: Inverter) {
        let model = inverterModel
        block[model] = 103
        block[model + 1] = 50
        let phaseWatts = inverter.alternatingWatts / 3
        var totalAmperes = 0.0
        for phase in 0..<3 {
            let volts = inverter.phaseVolts[phase]
            let amperes = abs(phaseWatts / volts)
            totalAmperes += amperes
            block.set(u16: tenths(amperes), at: model + 3 + phase)
            block.set(u16: tenths(volts * 1.732_050_8), at: model + 7 + phase)
            block.set(u16: tenths(volts), at: model + 10 + phase)
        }
        block.set(u16: tenths(totalAmperes), at: model + 2)
        block.set(i16: -1, at: model + 6)
        block.set(i16: -1, at: model + 13)
        block.set(i16: whole(inverter.alternatingWatts), at: model + 14)
        block.set(u16: whole(inverter.hertz * 100), at: model + 16)
        block.set(i16: -2, at: model + 17)
        for power in [18, 20, 22] {
            block[model + power] = notImplementedSigned
            block[model + power + 1] = notImplementedSigned
        }
        block.set(u32: Int(inverter.producedWattHours), at: model + 24)
        block.set(u16: tenths(inverter.solarWatts / Inverter.solarVolts), at: model + 27)
        block.set(i16: -1, at: model + 28)
        block.set(u16: tenths(inverter.solarWatts > 0 ? Inverter.solarVolts : 0), at: model + 29)
        block.set(i16: -1, at: model + 30)
        block.set(i16: whole(inverter.solarWatts), at: model + 31)
        block.set(i16: tenths(inverter.celsius), at: model + 33)
        for sensor in 34...36 { block[model + sensor] = notImplementedSigned }
        block.set(i16: -1, at: model + 37)
        block.set(u16: inverter.operatingState, at: model + 38)
        block[model + 39] = notImplemented
        block.set(bits: inverter.events.rawValue, at: model + 40)
    }

    private static func setBatteryNameplate(_ block: inout RegisterBlock, _ home: SimulatedHome) {
        let model = batteryModel
        let count = Double(home.packs.count)
        block[model] = 802
        block[model + 1] = 62
        block.set(u16: whole(count * Pack.nominalAmpereHours), at: model + 2)
        block.set(u16: whole(count * Pack.nominalAmpereHours * 51.2), at: model + 3)
        block.set(u16: whole(count * PackMonitor.largestChargeAmperes * 51.2), at: model + 4)
        block.set(u16: whole(count * PackMonitor.largestDischargeAmperes * 51.2), at: model + 5)
        for optional in [6, 9, 10, 19, 23, 49] { block[model + optional] = notImplemented }
        block[model + 49] = notImplementedSigned
        block.set(u16: 1_000, at: model + 7)
        block.set(u16: 120, at: model + 8)
        block[model + 17] = 0
        block[model + 20] = 0
        block[model + 21] = 4
        block.set(bits: 0xFFFF_FFFF, at: model + 24)
        block[model + 48] = 0
        block[model + 50] = 1
        block[model + 51] = 3
        let scales: [(offset: Int, exponent: Int)] = [
            (52, 0), (53, 0), (54, 0), (56, -1), (57, -1), (58, -1), (59, -2), (60, -3), (61, -1), (62, -1), (63, 0),
        ]
        for scale in scales { block.set(i16: scale.exponent, at: model + scale.offset) }
        block[model + 55] = notImplementedSigned
    }

    private static func setBatteryState(_ block: inout RegisterBlock, _ home: SimulatedHome) {
        let model = batteryModel
        let readings = home.packs.map(\.monitor.reading)
        let count = readings.count
        let charge = readings.reduce(0) { $0 + $1.stateOfChargePermille } / count
        let connected = home.packs.filter { $0.monitor.isConnected }
        let centiamperes = readings.reduce(0) { $0 + $1.currentCentiamperes }
        block.set(u16: charge, at: model + 11)
        block.set(u16: 1_000 - charge, at: model + 12)
        block.set(u16: readings.reduce(0) { $0 + $1.stateOfHealthPermille } / count, at: model + 13)
        block.set(u32: readings.reduce(0) { $0 + $1.cycleCount } / count, at: model + 14)
        block[model + 16] = chargeStatus(permille: charge, centiamperes: centiamperes)
        // The inverter's own second counter: it goes on where a pack's stands still.
        block.set(u16: Int(home.elapsedSeconds) % 65_536, at: model + 18)
        block[model + 22] = connected.isEmpty ? 1 : 3
        block.set(bits: home.latchedBatteryEvents.rawValue, at: model + 26)
        block.set(u16: readings.reduce(0) { $0 + $1.voltageCentivolts } / count, at: model + 34)
        block.set(u16: 5_760, at: model + 35)
        block.set(u16: 4_480, at: model + 36)
        setCellExtremes(&block, readings)
        // The model leaves the sign open («to/from»). As in SunSpec's inverter models, what the device gives is above
        // 0: > 0 discharges the battery.
        block.set(i16: tenths(-Double(centiamperes) / 100), at: model + 44)
        let chargeLimit = connected.map(\.monitor.chargeLimitAmperes).min() ?? 0
        let dischargeLimit = connected.map(\.monitor.dischargeLimitAmperes).min() ?? 0
        block.set(u16: tenths(Double(connected.count) * chargeLimit), at: model + 45)
        block.set(u16: tenths(Double(connected.count) * dischargeLimit), at: model + 46)
        block.set(i16: -readings.reduce(0) { $0 + $1.powerWatts }, at: model + 47)
    }

    private static func setCellExtremes(_ block: inout RegisterBlock, _ readings: [PackReading]) {
        let model = batteryModel
        let high = readings.indices.max { readings[$0].highestCellMillivolts < readings[$1].highestCellMillivolts } ?? 0
        let low = readings.indices.min { readings[$0].lowestCellMillivolts < readings[$1].lowestCellMillivolts } ?? 0
        block.set(u16: readings[high].highestCellMillivolts, at: model + 37)
        block.set(u16: high + 1, at: model + 38)
        block.set(u16: 1, at: model + 39)
        block.set(u16: readings[low].lowestCellMillivolts, at: model + 40)
        block.set(u16: low + 1, at: model + 41)
        block.set(u16: 1, at: model + 42)
        let sum = readings.reduce(0) { $0 + $1.cellMillivolts.reduce(0, +) }
        block.set(u16: sum / (readings.count * Pack.cellCount), at: model + 43)
    }

    /// SunSpec `ChaSt`: 2 empty, 3 discharging, 4 charging, 5 full, 6 holding. A current under 0.5 A is none.
    private static func chargeStatus(permille: Int, centiamperes: Int) -> UInt16 {
        if centiamperes > 50 { return 4 }
        if centiamperes < -50 { return 3 }
        if permille >= 990 { return 5 }
        return permille <= 120 ? 2 : 6
    }

    private static func tenths(_ value: Double) -> Int { Int((value * 10).rounded()) }
    private static func whole(_ value: Double) -> Int { Int(value.rounded()) }
}
