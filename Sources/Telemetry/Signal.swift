/// What a point means to detection. Points that mean nothing to it (energy counters, names) have no signal.
package enum Signal: Hashable, Sendable {
    /// V; cells are counted from 1.
    case cellVoltage(Int)
    /// °C; probes are counted from 1.
    case cellTemperature(Int)
    /// 1 while the cell is balanced, else 0; cells are counted from 1.
    case cellBalancing(Int)
    /// The same for all cells in one number: bit 0 is cell 1.
    case balancingMask
    /// V
    case packVoltage
    /// A; above 0 charges the battery.
    case packCurrent
    /// W; above 0 charges the battery.
    case packPower
    /// %, 0 to 100
    case packStateOfCharge
    /// %, 0 to 100
    case packStateOfHealth
    /// V: the highest and the lowest cell, for devices that do not tell single cells.
    case cellVoltageMaximum, cellVoltageMinimum
    /// °C: the hottest and the coldest probe, for devices that do not tell single probes.
    case packTemperatureMaximum, packTemperatureMinimum
    /// °C
    case inverterTemperature
    /// A counter that moves while the device lives.
    case heartbeat

    /// Reads a point's name: `cell.3.voltage`, `pack.soc`, `inverter.temperature`. Nil for a name without a meaning
    /// to detection.
    package init?(pointName name: String) {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        if parts.count == 3, parts[0] == "cell", let number = Int(parts[1]),
            (1...400).contains(number), parts[1] == "\(number)"
        {
            switch parts[2] {
            case "voltage": self = .cellVoltage(number)
            case "temperature": self = .cellTemperature(number)
            case "balancing": self = .cellBalancing(number)
            default: return nil
            }
            return
        }
        guard let signal = Self.byName[name] else { return nil }
        self = signal
    }

    private static let byName: [String: Signal] = [
        "pack.voltage": .packVoltage, "pack.current": .packCurrent, "pack.power": .packPower,
        "pack.soc": .packStateOfCharge, "pack.soh": .packStateOfHealth,
        "cell.voltage.max": .cellVoltageMaximum, "cell.voltage.min": .cellVoltageMinimum,
        "pack.temperature.max": .packTemperatureMaximum, "pack.temperature.min": .packTemperatureMinimum,
        "inverter.temperature": .inverterTemperature, "device.heartbeat": .heartbeat,
        "pack.balancing": .balancingMask,
    ]
}
