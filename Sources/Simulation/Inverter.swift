import Glibc

/// The hybrid inverter: solar modules, battery and grid meet here. Its rule is self-consumption: surplus charges,
/// a shortfall discharges, the rest goes to or comes from the grid.
package struct Inverter: Sendable {
    /// > 0 feeds the house or the grid.
    package private(set) var alternatingWatts = 0.0
    /// > 0 feeds in, < 0 draws.
    package private(set) var exportWatts = 0.0
    /// Power that the solar modules really give; curtailed where the grid is too high.
    package private(set) var solarWatts = 0.0
    package private(set) var celsius = 32.0
    package private(set) var phaseVolts = [231.0, 231.0, 231.0]
    package private(set) var hertz = 50.0
    package private(set) var producedWattHours: Double
    package private(set) var events: InverterEvents = []
    /// SunSpec `St`: 4 MPPT, 5 throttled, 8 standby.
    package private(set) var operatingState = 4

    /// Volts on the modules' side.
    static let solarVolts = 380.0
    static let efficiency = 0.965
    /// 230 V + 10 %, the upper bound of EN 50160.
    static let highestGridVolts = 253.0

    init(producedWattHours: Double) { self.producedWattHours = producedWattHours }

    /// The power that the rule wants at the battery's terminals; > 0 charges.
    func wantedBatteryWatts(solarWatts: Double, loadWatts: Double) -> Double {
        let surplus = solarWatts * Self.efficiency - loadWatts
        return surplus > 0 ? surplus / Self.efficiency : surplus / (Self.efficiency * Self.efficiency)
    }

    /// Settles a step: what the battery took is given, the grid takes or gives the rest.
    mutating func settle(batteryWatts: Double, weather: Weather, grid: Grid, seconds: Double) {
        phaseVolts = grid.phaseVolts
        hertz = grid.hertz
        let isGridHigh = (phaseVolts.max() ?? 0) > Self.highestGridVolts
        let conversion = batteryWatts < 0 ? Self.efficiency : 1 / Self.efficiency
        let batterySide = batteryWatts * conversion
        let wanted = weather.solarWatts
        let ceiling = (weather.loadWatts + batterySide) / Self.efficiency
        solarWatts = isGridHigh ? min(wanted, max(0, ceiling)) : wanted
        alternatingWatts = solarWatts * Self.efficiency - batterySide
        exportWatts = alternatingWatts - weather.loadWatts
        producedWattHours += max(0, alternatingWatts) * seconds / 3_600
        if isGridHigh { events.insert(.alternatingOverVoltage) } else { events.remove(.alternatingOverVoltage) }
        operatingState = isGridHigh ? 5 : solarWatts > 20 ? 4 : 8
        let losses = 40 + (abs(batteryWatts) + solarWatts) * (1 - Self.efficiency)
        let target = weather.ambientCelsius + losses * 0.08
        celsius += (target - celsius) * (1 - exp(-seconds / 900))
    }
}

/// SunSpec model 103 `Evt1`.
package struct InverterEvents: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    package static let alternatingOverVoltage = InverterEvents(rawValue: 1 << 10)
}
