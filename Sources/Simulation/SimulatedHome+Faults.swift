import Glibc

extension SimulatedHome {
    /// How fast a cell's charge or capacity goes.
    private static let collapseSeconds = 8.0
    /// At this charge a cell rests at 3.63 V: over the usual limit of 3.60 V, under the pack's own protection.
    private static let overfullCharge = 0.999
    /// At this charge a cell rests at 2.64 V.
    private static let emptiedCharge = 0.011
    private static let smallestCapacityAmpereHours = 5.0

    /// What a fault does at its first instant.
    mutating func begin(_ fault: HomeFault) {
        let cell = HomeFault.struckCell
        switch fault {
        case .cellOverTemperature:
            // 1.4 °C a second; it ends when 90 K worth of heat are spent.
            packs[HomeFault.struckPack].cells[cell].reaction = Cell.Reaction(
                watts: 1.4 * Cell.heatCapacityJoulesPerKelvin, remainingJoules: 90 * Cell.heatCapacityJoulesPerKelvin)
        case .highResistance: packs[HomeFault.struckPack].cells[cell].jointOhms = 0.003
        case .socJump: packs[HomeFault.struckPack].monitor.countedPercent -= 15
        case .frozenData: packs[HomeFault.struckPack].monitor.isFrozen = true
        case .lostDevice: packs[HomeFault.struckPack].answers = false
        case .deviceAlarm: packs[HomeFault.struckPack].monitor.hasSwitchFault = true
        case .gridOverVoltage: grid.isTooHigh = true
        case .cellOverVoltage, .cellUnderVoltage: break
        }
    }

    /// What the faults that take time do in each step.
    mutating func carryOnFaults(by seconds: Double) {
        let follow = 1 - exp(-seconds / Self.collapseSeconds)
        var cell = packs[HomeFault.struckPack].cells[HomeFault.struckCell]
        if activeFaults.contains(.cellOverVoltage) {
            let target = max(Self.smallestCapacityAmpereHours, cell.chargeAmpereHours / Self.overfullCharge)
            cell.capacityAmpereHours += (target - cell.capacityAmpereHours) * follow
        }
        if activeFaults.contains(.cellUnderVoltage) {
            let target = cell.capacityAmpereHours * Self.emptiedCharge
            cell.chargeAmpereHours += (target - cell.chargeAmpereHours) * follow
        }
        packs[HomeFault.struckPack].cells[HomeFault.struckCell] = cell
    }
}
