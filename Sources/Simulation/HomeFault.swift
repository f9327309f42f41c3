/// What can be made to go wrong in the simulated home. The raw names are those of the command line.
package enum HomeFault: String, CaseIterable, Hashable, Sendable {
    case cellOverTemperature = "cell-over-temperature"
    case cellOverVoltage = "cell-over-voltage"
    case cellUnderVoltage = "cell-under-voltage"
    case highResistance = "high-resistance"
    case socJump = "soc-jump"
    case frozenData = "frozen-data"
    case lostDevice = "lost-device"
    case deviceAlarm = "device-alarm"
    case gridOverVoltage = "grid-over-voltage"

    /// The pack that it strikes, an index into `SimulatedHome.packs`: pack-2. The grid's fault strikes none.
    package static let struckPack = 1
    /// The cell that it strikes, an index into `Pack.cells`: the seventh.
    package static let struckCell = 6

    /// One sentence for people.
    package var summary: String {
        switch self {
        case .cellOverTemperature: "Cell 7 of pack-2 begins to decompose and heats by more than 1 °C a second."
        case .cellOverVoltage: "Cell 7 of pack-2 loses capacity, is full long before the others and passes 3.60 V."
        case .cellUnderVoltage: "Cell 7 of pack-2 loses its charge and falls under 2.80 V."
        case .highResistance: "The joint at cell 7 of pack-2 works loose: 3 mΩ more, seen as long as current flows."
        case .socJump: "The charge counter of pack-2 falls by 15 points at once, though no current explains it."
        case .frozenData: "The registers of pack-2 stand still, heartbeat included, while current flows."
        case .lostDevice: "Pack-2 no longer answers on the bus."
        case .deviceAlarm: "The management system of pack-2 reports that its charge switch no longer opens."
        case .gridOverVoltage: "Phase A of the grid rises to 260 V and the inverter stops feeding in."
        }
    }

    /// Seconds after which its signal stands in the registers, at the latest (at a start in the late morning).
    package var showsWithinSeconds: Int {
        switch self {
        case .cellOverTemperature: 35
        case .cellOverVoltage, .cellUnderVoltage: 60
        case .highResistance: 5
        case .socJump, .frozenData, .lostDevice, .deviceAlarm: 2
        case .gridOverVoltage: 15
        }
    }
}
