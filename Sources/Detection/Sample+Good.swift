internal import Telemetry

// Matched rather than compared: the comparison is a call into another room, and every sample of every frame asks.
extension Sample {
    /// Whether it was read and can be believed.
    var isGood: Bool { if case .good = quality { true } else { false } }
    /// The value where it can be believed, else NaN.
    var goodOrNaN: Double { isGood ? value : .nan }
}
