internal import Terms

/// How the pack's current has varied, for telling what a cell owes to a resistance of its own.
struct CurrentVariation {
    /// Seconds since the last reading that counted, and counted in all.
    var since: Float = 0
    var age: Float = 0
    /// A
    var mean: Float = 0
    /// A²
    var variance: Float = 0
}

// No two healthy cells have quite the same resistance. What a cell's distance from the median owes to the current is
// learned over days, by least squares, and taken off before it is compared with its usual place; but never more of it
// than healthy cells show, so that what grows beyond stands out.
extension CellComparison {
    /// Seconds between two readings that count, and for how long they do.
    private static let interval: Float = 55
    private static let memory: Float = 72 * 3_600
    /// mV that one reading can pull.
    private static let largestPull: Float = 20
    /// A per Ah; slopes are drawn to 0 while the current has varied by less.
    private static let leastVariation: Float = 0.02

    mutating func learnOwnResistance(_ duration: Float, current: Float) {
        variation.since += duration
        guard variation.since >= Self.interval, !current.isNaN else { return }
        variation.age = min(variation.age + variation.since, Self.memory)
        let gain = variation.since / variation.age
        let keep = 1 - gain
        variation.since = 0
        let amperes = current - variation.mean
        variation.mean += gain * amperes
        variation.variance = keep * (variation.variance + gain * amperes * amperes)
        let least = Self.leastVariation * capacity
        let squares = variation.variance + least * least
        let most = Float(rules.ownMilliohmAmpereHours) / capacity
        let (deviation, mean, withCurrent) = (cells.deviation, cells.meanDeviation, cells.withCurrent)
        for cell in 0..<cells.count {
            let off = max(-Self.largestPull, min(Self.largestPull, deviation[cell] - mean[cell]))
            mean[cell] += gain * off
            withCurrent[cell] = keep * (withCurrent[cell] + gain * amperes * off)
            cells.ownMilliohms[cell] = max(-most, min(most, withCurrent[cell] / squares))
        }
    }
}
