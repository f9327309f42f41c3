/// SunSpec model 802 `Evt1`, the bits that the simulated battery can set.
package struct BatteryEvents: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    package static let overTemperatureAlarm = BatteryEvents(rawValue: 1 << 1)
    package static let overTemperatureWarning = BatteryEvents(rawValue: 1 << 2)
    package static let underTemperatureAlarm = BatteryEvents(rawValue: 1 << 3)
    package static let underTemperatureWarning = BatteryEvents(rawValue: 1 << 4)
    package static let overChargeCurrentAlarm = BatteryEvents(rawValue: 1 << 5)
    package static let overDischargeCurrentAlarm = BatteryEvents(rawValue: 1 << 7)
    package static let overVoltageAlarm = BatteryEvents(rawValue: 1 << 9)
    package static let overVoltageWarning = BatteryEvents(rawValue: 1 << 10)
    package static let underVoltageAlarm = BatteryEvents(rawValue: 1 << 11)
    package static let underVoltageWarning = BatteryEvents(rawValue: 1 << 12)
    package static let underStateOfChargeWarning = BatteryEvents(rawValue: 1 << 14)
    package static let contactorError = BatteryEvents(rawValue: 1 << 20)

    /// What the packs' own alarm bits are called in the battery's.
    init(packs: [Pack]) {
        self = []
        for pack in packs {
            formUnion(BatteryEvents(pack.monitor.reading.protections))
            formUnion(BatteryEvents(pack.monitor.reading.warnings))
        }
    }

    private init(_ protections: PackProtections) {
        self = []
        if !protections.isDisjoint(with: [.cellOverVoltage, .packOverVoltage]) { insert(.overVoltageAlarm) }
        if !protections.isDisjoint(with: [.cellUnderVoltage, .packUnderVoltage]) { insert(.underVoltageAlarm) }
        if protections.contains(.chargeOverCurrent) { insert(.overChargeCurrentAlarm) }
        if protections.contains(.dischargeOverCurrent) { insert(.overDischargeCurrentAlarm) }
        if protections.contains(.cellOverTemperature) { insert(.overTemperatureAlarm) }
        if protections.contains(.chargeUnderTemperature) { insert(.underTemperatureAlarm) }
        if protections.contains(.chargeSwitchFault) { insert(.contactorError) }
    }

    private init(_ warnings: PackWarnings) {
        self = []
        if warnings.contains(.cellVoltageHigh) { insert(.overVoltageWarning) }
        if warnings.contains(.cellVoltageLow) { insert(.underVoltageWarning) }
        if warnings.contains(.temperatureHigh) { insert(.overTemperatureWarning) }
        if warnings.contains(.temperatureLow) { insert(.underTemperatureWarning) }
        if warnings.contains(.stateOfChargeLow) { insert(.underStateOfChargeWarning) }
    }
}
