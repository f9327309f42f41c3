import Glibc

/// One LFP cell: charge, resistance, polarisation and temperature. Current > 0 charges.
package struct Cell: Sendable {
    /// What it holds between 0 and 100 %, in ampere-hours; shrinks only through a fault.
    package internal(set) var capacityAmpereHours: Double { didSet { updateOpenCircuitVolts() } }
    package internal(set) var chargeAmpereHours: Double { didSet { updateOpenCircuitVolts() } }
    /// The resting voltage at the present charge; kept, because a step asks for it several times.
    package private(set) var openCircuitVolts: Double
    package internal(set) var celsius: Double
    /// Volts over the RC pair.
    package private(set) var polarisationVolts = 0.0
    /// Extra resistance of the joint to the next cell; 0 where it is tight.
    package internal(set) var jointOhms = 0.0
    /// Heat from the cell's own decomposition, once it has begun.
    package internal(set) var reaction: Reaction?

    let soundCapacityAmpereHours: Double
    /// How far this cell stands from the pack's mean charge at the top, as a share of its capacity.
    private let imbalance: Double
    private let ohmicOhms: Double
    private let polarisationOhms: Double

    /// Decomposition that feeds itself: its heat is chemical, so the voltage hardly shows it.
    package struct Reaction: Sendable {
        var watts: Double
        var remainingJoules: Double
    }

    /// A prismatic 100 Ah cell of about 2 kg at 1.05 kJ/(kg K).
    static let heatCapacityJoulesPerKelvin = 2_100.0
    static let polarisationSeconds = 30.0

    /// - Parameters:
    ///   - missingAmpereHours: what was drawn from the full pack; the same for all cells in series.
    ///   - resistance: against the usual one, about 1.
    init(
        capacityAmpereHours: Double, missingAmpereHours: Double, imbalance: Double, celsius: Double, resistance: Double
    ) {
        self.capacityAmpereHours = capacityAmpereHours
        soundCapacityAmpereHours = capacityAmpereHours
        let charge = capacityAmpereHours * (1 + imbalance) - missingAmpereHours
        chargeAmpereHours = charge
        openCircuitVolts = OpenCircuitVoltage.volts(at: charge / capacityAmpereHours)
        self.imbalance = imbalance
        self.celsius = celsius
        ohmicOhms = 0.000_5 * resistance
        polarisationOhms = 0.000_4 * resistance
    }

    /// 0 to 1; a little beyond under a fault.
    package var stateOfCharge: Double { chargeAmpereHours / capacityAmpereHours }

    /// Volts at the cell's terminals, its joint included, as the battery management system measures them.
    package func terminalVolts(amperes: Double) -> Double {
        openCircuitVolts + polarisationVolts + amperes * seriesOhms
    }

    /// What answers to current at once.
    var seriesOhms: Double { ohmicOhms * resistanceFactor + jointOhms }

    /// Resistance against that at 25 °C: it doubles every 28 K towards the cold and falls slowly in the warmth.
    var resistanceFactor: Double {
        celsius < 25 ? exp((25 - celsius) / 40) : max(0.8, 1 - 0.003 * (celsius - 25))
    }

    /// Moves charge and polarisation and returns the joules of heat that arise, the reaction's included.
    ///
    /// - Parameter relaxation: 1 − exp(−seconds ÷ `polarisationSeconds`), the same for all cells of a step.
    mutating func step(amperes: Double, seconds: Double, relaxation: Double) -> Double {
        let factor = resistanceFactor
        let before = polarisationVolts
        polarisationVolts += (amperes * polarisationOhms * factor - before) * relaxation
        chargeAmpereHours += amperes * seconds / 3_600
        let meanSquare = (before * before + before * polarisationVolts + polarisationVolts * polarisationVolts) / 3
        let joules =
            (amperes * amperes * seriesOhms + meanSquare / (polarisationOhms * factor)) * seconds
        return joules + reactionJoules(seconds: seconds)
    }

    /// What it lacks to its own place in the full pack.
    var missingAmpereHours: Double { capacityAmpereHours * (1 + imbalance) - chargeAmpereHours }

    /// A new cell in the place of this one: sound, as full as its neighbours and as warm as they are.
    mutating func exchange(missingAmpereHours: Double, celsius: Double) {
        capacityAmpereHours = soundCapacityAmpereHours
        chargeAmpereHours = capacityAmpereHours * (1 + imbalance) - missingAmpereHours
        self.celsius = celsius
        polarisationVolts = 0
        jointOhms = 0
        reaction = nil
    }

    private mutating func updateOpenCircuitVolts() {
        openCircuitVolts = OpenCircuitVoltage.volts(at: stateOfCharge)
    }

    private mutating func reactionJoules(seconds: Double) -> Double {
        guard let running = reaction else { return 0 }
        let joules = min(running.watts * seconds, running.remainingJoules)
        reaction?.remainingJoules -= joules
        return joules
    }
}
