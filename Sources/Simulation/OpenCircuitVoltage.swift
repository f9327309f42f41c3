/// The resting voltage of one LFP cell over its state of charge, linear between the rows of a table.
///
/// The plateau's two stages follow the published fits for LFP (Afshar et al. 2017, arXiv:1709.03970) against graphite
/// (Chen et al. 2020, J. Electrochem. Soc. 167 080534), as PyBaMM pairs them in its parameter set Prada2013, raised by
/// 20 mV to the resting voltage after charge. The knees are straight: between 95 and 99 % the slope is what turns a
/// usual imbalance of about 1 % of charge into the 22 to 28 mV that home packs show there.
package enum OpenCircuitVoltage {
    private static let stateOfCharge = [
        0.00, 0.02, 0.05, 0.08, 0.10, 0.15, 0.20, 0.30, 0.40, 0.50, 0.60, 0.70, 0.80, 0.90, 0.94, 0.95, 0.99, 1.00,
    ]
    private static let volts = [
        2.500, 2.750, 2.950, 3.060, 3.130, 3.185, 3.205, 3.240, 3.275, 3.288, 3.293, 3.312, 3.331, 3.335, 3.338,
        3.345, 3.450, 3.650,
    ]

    /// Volts at a state of charge of 0 to 1; beyond it the last slope goes on, within 2.0 to 3.9 V.
    package static func volts(at charge: Double) -> Double {
        var row = 1
        while row < stateOfCharge.count - 1, charge > stateOfCharge[row] { row += 1 }
        let slope = (volts[row] - volts[row - 1]) / (stateOfCharge[row] - stateOfCharge[row - 1])
        return min(3.9, max(2.0, volts[row - 1] + (charge - stateOfCharge[row - 1]) * slope))
    }
}
