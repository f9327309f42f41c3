import Glibc

/// A pack's battery management system: it measures with noise, counts charge, sets alarms and limits the current.
package struct PackMonitor: Sendable {
    package private(set) var reading = PackReading()
    /// Amperes that the pack takes now.
    package private(set) var chargeLimitAmperes = Self.largestChargeAmperes
    /// Amperes that the pack gives now.
    package private(set) var dischargeLimitAmperes = Self.largestDischargeAmperes
    /// Whether the pack's main switch is closed.
    package private(set) var isConnected = true
    /// The readings stand still while the pack works on.
    var isFrozen = false
    /// The charge switch no longer opens and the management system says so.
    var hasSwitchFault = false
    var countedPercent: Double

    package static let largestChargeAmperes = 25.0
    package static let largestDischargeAmperes = 40.0
    private static let cellNoiseVolts = 0.000_35
    private static let temperatureNoise = 0.05
    private static let largestSensorOffsetKelvin = 0.3
    private static let currentNoiseAmperes = 0.02
    private static let sensorSeconds = 2.0
    private static let limitSeconds = 10.0

    private var random: SplitMix64
    private var sensedCelsius: [Double]
    private let sensorOffsetsKelvin: [Double]
    private var uptimeSeconds: Double
    private var chargedWattHours: Double
    private var dischargedWattHours: Double
    private var throughputAmpereHours: Double
    private let capacityAmpereHours: Double

    init(cells: [Cell], random source: inout SplitMix64) {
        random = SplitMix64(seed: source.next())
        sensedCelsius = cells.map(\.celsius)
        let offset = Self.largestSensorOffsetKelvin
        sensorOffsetsKelvin = cells.map { _ in source.uniform(in: -offset...offset) }
        capacityAmpereHours = cells.map(\.capacityAmpereHours).min() ?? Pack.nominalAmpereHours
        countedPercent = Self.trueChargePercent(cells)
        uptimeSeconds = source.uniform(in: 0...40_000)
        let cycles = source.uniform(in: 150...250)
        throughputAmpereHours = cycles * Pack.nominalAmpereHours
        dischargedWattHours = cycles * 5_000
        chargedWattHours = dischargedWattHours * 1.04
        scan(cells: cells, amperes: 0, seconds: 0)
    }

    /// One look at the cells, `seconds` after the last.
    mutating func scan(cells: [Cell], amperes: Double, seconds: Double) {
        uptimeSeconds += seconds
        let measuredAmperes = amperes + Self.currentNoiseAmperes * random.noise()
        var next = reading
        var volts = 0.0
        let follow = 1 - exp(-seconds / Self.sensorSeconds)
        for index in cells.indices {
            let cellVolts = cells[index].terminalVolts(amperes: amperes) + Self.cellNoiseVolts * random.noise()
            volts += cellVolts
            next.cellMillivolts[index] = Int((cellVolts * 1_000).rounded())
            sensedCelsius[index] += (cells[index].celsius - sensedCelsius[index]) * follow
            let celsius =
                sensedCelsius[index] + sensorOffsetsKelvin[index] + Self.temperatureNoise * random.noise()
            next.cellDecidegrees[index] = Int((celsius * 10).rounded())
        }
        count(amperes: measuredAmperes, volts: volts, highest: next.highestCellMillivolts, seconds: seconds)
        next.voltageCentivolts = Int((volts * 100).rounded())
        next.currentCentiamperes = Int((measuredAmperes * 100).rounded())
        next.powerWatts = Int((volts * measuredAmperes).rounded())
        setAlarms(&next)
        limitCurrent(next, seconds: seconds)
        if !isFrozen { reading = counted(next) }
    }

    /// Takes back what was wrong with the management system itself.
    mutating func repair(cells: [Cell]) {
        isFrozen = false
        hasSwitchFault = false
        isConnected = true
        countedPercent = Self.trueChargePercent(cells)
        sensedCelsius = cells.map(\.celsius)
        reading.protections = []
        reading.warnings = []
        scan(cells: cells, amperes: 0, seconds: 0)
    }

    private static func trueChargePercent(_ cells: [Cell]) -> Double {
        100 * cells.reduce(0) { $0 + $1.stateOfCharge } / Double(cells.count)
    }

    private mutating func count(amperes: Double, volts: Double, highest: Int, seconds: Double) {
        let hours = seconds / 3_600
        countedPercent += 100 * amperes * hours / capacityAmpereHours
        // Full is where the fullest cell ends the charge; the counter walks there, so that nobody sees a jump.
        if highest >= 3_440, abs(amperes) < 3, countedPercent > 95 { countedPercent += 0.005 * seconds }
        countedPercent = min(100, max(0, countedPercent))
        if amperes > 0 {
            chargedWattHours += volts * amperes * hours
        } else {
            dischargedWattHours -= volts * amperes * hours
            throughputAmpereHours -= amperes * hours
        }
    }

    private func counted(_ measured: PackReading) -> PackReading {
        var next = measured
        next.stateOfChargePermille = Int((countedPercent * 10).rounded())
        next.stateOfHealthPermille = Int((capacityAmpereHours / Pack.nominalAmpereHours * 1_000).rounded())
        next.cycleCount = Int(throughputAmpereHours / Pack.nominalAmpereHours)
        next.chargedWattHours = Int(chargedWattHours)
        next.dischargedWattHours = Int(dischargedWattHours)
        next.heartbeat = Int(uptimeSeconds) % 65_536
        return next
    }

    private mutating func setAlarms(_ next: inout PackReading) {
        let high = next.highestCellMillivolts
        let low = next.lowestCellMillivolts
        let hot = next.highestDecidegrees
        let cold = next.lowestDecidegrees
        let amperes = next.currentCentiamperes / 100
        let volts = next.voltageCentivolts
        next.protections.hold(.cellOverVoltage, high >= 3_650, until: high < 3_500)
        next.protections.hold(.cellUnderVoltage, low <= 2_500, until: low > 2_900)
        next.protections.hold(.packOverVoltage, volts >= 5_760, until: volts < 5_600)
        next.protections.hold(.packUnderVoltage, volts <= 4_200, until: volts > 4_640)
        next.protections.hold(.chargeOverCurrent, amperes >= 60, until: amperes < 50)
        next.protections.hold(.dischargeOverCurrent, amperes <= -80, until: amperes > -60)
        // Latched: after this nobody may switch the pack on again unseen.
        next.protections.hold(.cellOverTemperature, hot >= 650, until: false)
        next.protections.hold(.chargeUnderTemperature, cold <= 0, until: cold > 30)
        next.protections.hold(.chargeSwitchFault, hasSwitchFault, until: !hasSwitchFault)
        next.warnings.hold(.cellVoltageHigh, high >= 3_550, until: high < 3_500)
        next.warnings.hold(.cellVoltageLow, low <= 2_900, until: low > 3_000)
        next.warnings.hold(.temperatureHigh, hot >= 500, until: hot < 450)
        next.warnings.hold(.temperatureLow, cold <= 50, until: cold > 80)
        next.warnings.hold(.stateOfChargeLow, countedPercent <= 8, until: countedPercent > 11)
    }

    private mutating func limitCurrent(_ next: PackReading, seconds: Double) {
        isConnected = !next.protections.contains(.cellOverTemperature)
        let top = min(1, max(0, Double(3_450 - next.highestCellMillivolts) / 65))
        let bottom = min(1, max(0, Double(next.lowestCellMillivolts - 2_900) / 100))
        let reserve = min(1, max(0, (countedPercent - 12) / 5))
        let charge = next.protections.contains(.chargeUnderTemperature) ? 0 : Self.largestChargeAmperes * top
        let discharge = Self.largestDischargeAmperes * min(bottom, reserve)
        let follow = 1 - exp(-seconds / Self.limitSeconds)
        chargeLimitAmperes += (charge - chargeLimitAmperes) * follow
        dischargeLimitAmperes += (discharge - dischargeLimitAmperes) * follow
    }
}

extension OptionSet where Element == Self {
    /// Sets a bit on its condition and clears it only on the other: between the two it stays as it was.
    fileprivate mutating func hold(_ bit: Self, _ isSet: Bool, until isClear: Bool) {
        if isSet {
            insert(bit)
        } else if isClear {
            remove(bit)
        }
    }
}
