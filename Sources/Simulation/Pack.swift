import Glibc

/// A battery pack: 16 LFP cells in series (51.2 V, 100 Ah), their heat, and the management system that watches them.
package struct Pack: Sendable {
    package internal(set) var cells: [Cell]
    package internal(set) var monitor: PackMonitor
    /// True current of the last step; > 0 charges.
    package private(set) var amperes = 0.0
    /// Heat that arose in the cells since the start.
    package private(set) var heatGeneratedJoules = 0.0
    /// Heat that went to the surroundings since the start.
    package private(set) var heatLostJoules = 0.0
    /// Whether the pack answers on its bus; it works on where it does not.
    package internal(set) var answers = true
    package let serial: String

    package static let cellCount = 16
    package static let nominalAmpereHours = 100.0
    private static let neighbourWattsPerKelvin = 2.0
    private static let ambientWattsPerKelvin = 0.25
    private static let endPlateWattsPerKelvin = 0.05
    /// Busbars, switch and cable up to the point where the packs are joined.
    private let leadOhms: Double

    init(serial: String, stateOfCharge: Double, celsius: Double, leadOhms: Double, random: inout SplitMix64) {
        self.serial = serial
        self.leadOhms = leadOhms
        // Evenly spaced, so that the widest pair is apart by the same share of charge in every home.
        let halfSpan = random.uniform(in: 0.004_6...0.004_85)
        let order = random.shuffledIndices(Self.cellCount)
        var cells: [Cell] = []
        for place in order {
            let imbalance = halfSpan * (2 * Double(place) / Double(Self.cellCount - 1) - 1)
            cells.append(
                Cell(
                    capacityAmpereHours: Self.nominalAmpereHours * (0.992 + 0.002 * random.noise()),
                    missingAmpereHours: Self.nominalAmpereHours * (1 - stateOfCharge), imbalance: imbalance,
                    celsius: celsius, resistance: random.uniform(in: 0.985...1.015)))
        }
        self.cells = cells
        monitor = PackMonitor(cells: cells, random: &random)
    }

    /// The pack's own voltage without current, from its inner charge and polarisation.
    var sourceVolts: Double { cells.reduce(0) { $0 + $1.openCircuitVolts + $1.polarisationVolts } }

    /// What stands between `sourceVolts` and the joint of the packs.
    var seriesOhms: Double { cells.reduce(leadOhms) { $0 + $1.seriesOhms } }

    /// Sum of the cells' terminal voltages.
    package var stackVolts: Double { cells.reduce(0) { $0 + $1.terminalVolts(amperes: amperes) } }

    package var meanStateOfCharge: Double { cells.reduce(0) { $0 + $1.stateOfCharge } / Double(cells.count) }

    /// Carries a current for a step of at most 10 s, warms and cools the cells and lets the management system look.
    mutating func step(amperes: Double, ambientCelsius: Double, seconds: Double) {
        self.amperes = amperes
        let relaxation = 1 - exp(-seconds / Cell.polarisationSeconds)
        var joules = heatFlows(ambientCelsius: ambientCelsius, seconds: seconds)
        for index in cells.indices {
            let generated = cells[index].step(amperes: amperes, seconds: seconds, relaxation: relaxation)
            heatGeneratedJoules += generated
            joules[index] += generated
        }
        for index in cells.indices { cells[index].celsius += joules[index] / Cell.heatCapacityJoulesPerKelvin }
        monitor.scan(cells: cells, amperes: amperes, seconds: seconds)
    }

    /// Puts a sound cell in the place of every broken one and takes back what the management system had wrong.
    mutating func repair() {
        let sound = cells.filter { $0.isSound }
        let reference = sound.isEmpty ? cells : sound
        let count = Double(reference.count)
        let missing = reference.reduce(0) { $0 + $1.missingAmpereHours } / count
        let celsius = reference.reduce(0) { $0 + $1.celsius } / count
        for index in cells.indices where !cells[index].isSound {
            cells[index].exchange(missingAmpereHours: missing, celsius: celsius)
        }
        monitor.repair(cells: cells)
        answers = true
    }

    private mutating func heatFlows(ambientCelsius: Double, seconds: Double) -> [Double] {
        var joules = [Double](repeating: 0, count: cells.count)
        for index in cells.indices {
            let isEnd = index == 0 || index == cells.count - 1
            let conductance = Self.ambientWattsPerKelvin + (isEnd ? Self.endPlateWattsPerKelvin : 0)
            let lost = conductance * (cells[index].celsius - ambientCelsius) * seconds
            heatLostJoules += lost
            joules[index] -= lost
            guard index > 0 else { continue }
            let passed = Self.neighbourWattsPerKelvin * (cells[index - 1].celsius - cells[index].celsius) * seconds
            joules[index - 1] -= passed
            joules[index] += passed
        }
        return joules
    }
}

extension Cell {
    /// Whether nothing is broken in it.
    var isSound: Bool {
        reaction == nil && jointOhms == 0 && capacityAmpereHours == soundCapacityAmpereHours && stateOfCharge > 0.05
    }
}
