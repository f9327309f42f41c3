/// What a pack's management system says it measured, in the resolution of its registers.
package struct PackReading: Hashable, Sendable {
    package internal(set) var cellMillivolts = [Int](repeating: 0, count: Pack.cellCount)
    /// Tenths of a degree Celsius; one sensor a cell.
    package internal(set) var cellDecidegrees = [Int](repeating: 0, count: Pack.cellCount)
    package internal(set) var voltageCentivolts = 0
    /// > 0 charges.
    package internal(set) var currentCentiamperes = 0
    package internal(set) var powerWatts = 0
    package internal(set) var stateOfChargePermille = 0
    package internal(set) var stateOfHealthPermille = 0
    package internal(set) var cycleCount = 0
    package internal(set) var chargedWattHours = 0
    package internal(set) var dischargedWattHours = 0
    /// Counts seconds, 0 to 65535, then again from 0.
    package internal(set) var heartbeat = 0
    package internal(set) var protections: PackProtections = []
    package internal(set) var warnings: PackWarnings = []

    package var highestCellMillivolts: Int { cellMillivolts.max() ?? 0 }
    package var lowestCellMillivolts: Int { cellMillivolts.min() ?? 0 }
    package var highestDecidegrees: Int { cellDecidegrees.max() ?? 0 }
    package var lowestDecidegrees: Int { cellDecidegrees.min() ?? 0 }
}

/// Protection bits, register 60: the management system has acted or asks for service.
package struct PackProtections: OptionSet, Hashable, Sendable {
    package let rawValue: UInt16
    package init(rawValue: UInt16) { self.rawValue = rawValue }

    package static let cellOverVoltage = PackProtections(rawValue: 1 << 0)
    package static let cellUnderVoltage = PackProtections(rawValue: 1 << 1)
    package static let packOverVoltage = PackProtections(rawValue: 1 << 2)
    package static let packUnderVoltage = PackProtections(rawValue: 1 << 3)
    package static let chargeOverCurrent = PackProtections(rawValue: 1 << 4)
    package static let dischargeOverCurrent = PackProtections(rawValue: 1 << 5)
    package static let cellOverTemperature = PackProtections(rawValue: 1 << 6)
    package static let chargeUnderTemperature = PackProtections(rawValue: 1 << 7)
    package static let chargeSwitchFault = PackProtections(rawValue: 1 << 8)
}

/// Warning bits, register 61: still within the limits, but close to one.
package struct PackWarnings: OptionSet, Hashable, Sendable {
    package let rawValue: UInt16
    package init(rawValue: UInt16) { self.rawValue = rawValue }

    package static let cellVoltageHigh = PackWarnings(rawValue: 1 << 0)
    package static let cellVoltageLow = PackWarnings(rawValue: 1 << 1)
    package static let temperatureHigh = PackWarnings(rawValue: 1 << 2)
    package static let temperatureLow = PackWarnings(rawValue: 1 << 3)
    package static let stateOfChargeLow = PackWarnings(rawValue: 1 << 4)
}
