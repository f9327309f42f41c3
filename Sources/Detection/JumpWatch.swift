internal import Terms

/// Finds a state of charge that steps without a charge that explains it.
struct JumpWatch {
    /// A battery cannot move faster than this, % per second: full in half an hour.
    private static let fastestPercentPerSecond = 200.0 / 3_600
    /// Near both ends battery management systems recalibrate, and a step there is no fault.
    private static let recalibrationBelow = 3.0
    private static let recalibrationAbove = 97.0
    /// Two readings of a new level that differ by no more are the same level.
    private static let agreement = 2.0

    private var accepted = Double.nan
    private var acceptedAt = Boottime(nanoseconds: 0)
    private var candidate = Double.nan
    /// The last confirmed step, %, for the explanation.
    private(set) var from = Double.nan

    /// Takes one reading; violated on the reading that confirms a step larger than `limit`.
    mutating func condition(_ percent: Double, at now: Boottime, limit: Double, afterGap: Bool) -> Condition {
        // Exactly 0 is what drivers say before they know: it is no level to jump to or from.
        guard percent.isFinite, percent != 0 else { return .unknown }
        guard accepted.isFinite, !afterGap else {
            accept(percent, at: now)
            return .normal
        }
        let explained = Self.fastestPercentPerSecond * (now - acceptedAt).inSeconds
        if abs(percent - accepted) <= limit + explained {
            accept(percent, at: now)
            return .normal
        }
        guard abs(percent - candidate) <= Self.agreement else {
            candidate = percent
            return .unknown
        }
        from = accepted
        accept(percent, at: now)
        let atEnd = percent < Self.recalibrationBelow || percent > Self.recalibrationAbove
        return atEnd ? .normal : .violated
    }

    private mutating func accept(_ percent: Double, at now: Boottime) {
        accepted = percent
        acceptedAt = now
        candidate = .nan
    }
}
