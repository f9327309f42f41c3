package import Terms

/// What the box itself watches, besides the alarms that devices report.
package enum DetectorAlarm: String, CaseIterable, Hashable, Sendable {
    case cellVoltageHigh, cellVoltageLow, packVoltageHigh, packVoltageLow
    case cellTemperatureHigh, cellTemperatureLow, packTemperatureHigh, packTemperatureLow, inverterTemperatureHigh
    case temperatureRise, thermal, probeDead, socJump, frozenData, dataLost
    case hardShort, resistance, baselineShift, softShort, cellFade, packFade, stuckChannel, senseWire
    case balancing

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
        case .thermal, .probeDead, .packFade, .balancing, .socJump, .frozenData, .dataLost: FaultCode(rawValue)
        case .hardShort, .resistance, .baselineShift, .softShort, .cellFade, .stuckChannel, .senseWire:
            FaultCode("cell")
        }
    }

    /// The fault of one cell or probe: what several tests say of the same cell is one fault, another cell's another.
    func fault(place: Int?) -> FaultCode {
        guard let place else { return fault }
        if [.thermal, .probeDead, .balancing].contains(self) { return FaultCode("\(rawValue)-\(place)") }
        return CellComparison.alarms.contains(self) ? FaultCode("cell-\(place)") : fault
    }

    package var faultClass: FaultClass {
        switch self {
        case .cellVoltageHigh, .packVoltageHigh: .overVoltage
        case .cellVoltageLow, .packVoltageLow: .underVoltage
        case .cellTemperatureHigh, .packTemperatureHigh, .inverterTemperatureHigh: .overTemperature
        case .cellTemperatureLow, .packTemperatureLow: .underTemperature
        case .temperatureRise: .hardShort
        case .thermal, .probeDead: .thermal
        case .hardShort: .hardShort
        case .resistance: .resistance
        case .baselineShift: .baselineShift
        case .softShort: .softShort
        case .cellFade: .cellFade
        case .packFade: .packFade
        case .balancing: .balancing
        case .stuckChannel: .stuckChannel
        case .senseWire: .senseWire
        case .socJump: .socJump
        case .frozenData: .frozen
        case .dataLost: .dataLost
        }
    }

    /// Whether a reading above the limit violates it; false for lower limits.
    var isUpperLimit: Bool {
        switch self {
        case .cellVoltageLow, .packVoltageLow, .cellTemperatureLow, .packTemperatureLow, .packFade: false
        default: true
        }
    }
}
