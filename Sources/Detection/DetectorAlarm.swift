package import Terms

/// What the box itself watches, besides the alarms that devices report.
package enum DetectorAlarm: String, CaseIterable, Hashable, Sendable {
    case cellVoltageHigh, cellVoltageLow, packVoltageHigh, packVoltageLow
    case cellTemperatureHigh, cellTemperatureLow, packTemperatureHigh, packTemperatureLow, inverterTemperatureHigh
    case temperatureRise, cellSpread, socJump, frozenData, dataLost

    /// The fault that the alarm belongs to: alarms of one root share one fault, so that one root opens one ticket.
    package var fault: FaultCode {
        switch self {
        case .cellVoltageHigh: FaultCode("cellOverVoltage")
        case .cellVoltageLow: FaultCode("cellUnderVoltage")
        case .packVoltageHigh: FaultCode("packOverVoltage")
        case .packVoltageLow: FaultCode("packUnderVoltage")
        case .cellTemperatureHigh, .packTemperatureHigh, .temperatureRise: FaultCode("overTemperature")
        case .cellTemperatureLow, .packTemperatureLow: FaultCode("underTemperature")
        case .inverterTemperatureHigh: FaultCode("inverterOverTemperature")
        case .cellSpread, .socJump, .frozenData, .dataLost: FaultCode(rawValue)
        }
    }

    package var faultClass: FaultClass {
        switch self {
        case .cellVoltageHigh, .packVoltageHigh: .overVoltage
        case .cellVoltageLow, .packVoltageLow: .underVoltage
        case .cellTemperatureHigh, .packTemperatureHigh, .inverterTemperatureHigh: .overTemperature
        case .cellTemperatureLow, .packTemperatureLow: .underTemperature
        case .temperatureRise: .hardShort
        case .cellSpread: .resistance
        case .socJump: .socJump
        case .frozenData: .frozen
        case .dataLost: .dataLost
        }
    }

    /// Whether a reading above the limit violates it; false for lower limits.
    var isUpperLimit: Bool {
        switch self {
        case .cellVoltageLow, .packVoltageLow, .cellTemperatureLow, .packTemperatureLow: false
        default: true
        }
    }
}
