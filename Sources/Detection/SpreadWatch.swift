/// How far one cell stands from the middle of its siblings.
struct SpreadWatch {
    let point: Int
    let place: Int
    var machine: AlarmMachine

    /// - Parameters:
    ///   - deviation: V from the median.
    ///   - limit: V, for the present part of the voltage curve.
    func condition(deviation: Double, limit: Double, deadBand: Double) -> Condition {
        guard deviation.isFinite else { return .unknown }
        if abs(deviation) > limit { return .violated }
        return abs(deviation) < limit - deadBand ? .normal : .deadBand
    }
}
