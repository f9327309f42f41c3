internal import Terms

/// Finds a state of charge that steps without a charge that explains it.
struct JumpWatch {
    /// % per second: no battery moves faster, where the charge that moved is not known. Full in half an hour.
    private static let fastestPercentPerSecond = 200.0 / 3_600
    /// Seconds between two readings over which the current of both tells what moved, and times as much as it tells.
    private static let longestStep = 120.0
    private static let margin = 1.5
    /// Near both ends battery management systems recalibrate, and a step there is no fault.
    private static let recalibrationBelow = 3.0
    private static let recalibrationAbove = 97.0
    /// Two readings of a new level that differ by no more are the same level.
    private static let agreement = 2.0

    /// Ah; nil where nobody says it.
    private let capacity: Double?
    private var accepted = Double.nan
    private var acceptedAt = Boottime(nanoseconds: 0)
    private var acceptedCurrent = Double.nan
    private var candidate = Double.nan
    /// The last confirmed step, %, for the explanation.
    private(set) var from = Double.nan

    init(capacity: Double?) {
        self.capacity = capacity
    }

    /// Takes one reading; violated on the reading that confirms a step larger than `limit`.
    ///
    /// - Parameter current: A; NaN where nobody knows.
    mutating func condition(
        _ percent: Double, current: Double, at now: Boottime, limit: Double, afterGap: Bool
    ) -> Condition {
        // Exactly 0 is what drivers say before they know: it is no level to jump to or from.
        guard percent.isFinite, percent != 0 else { return .unknown }
        guard accepted.isFinite, !afterGap else {
            accept(percent, current, at: now)
            return .normal
        }
        if candidate.isFinite, abs(percent - candidate) <= Self.agreement {
            from = accepted
            accept(percent, current, at: now)
            let atEnd = percent < Self.recalibrationBelow || percent > Self.recalibrationAbove
            return atEnd ? .normal : .violated
        }
        let step = abs(percent - accepted)
        if step <= limit || step <= limit + explained(current, at: now) {
            accept(percent, current, at: now)
            return .normal
        }
        candidate = percent
        return .unknown
    }

    /// % that the charge since the accepted reading may have moved.
    private func explained(_ current: Double, at now: Boottime) -> Double {
        let seconds = (now - acceptedAt).inSeconds
        let amperes = max(abs(current), abs(acceptedCurrent))
        guard let capacity, capacity > 0, seconds <= Self.longestStep, current.isFinite, acceptedCurrent.isFinite else {
            return Self.fastestPercentPerSecond * seconds
        }
        return Self.margin * 100 * amperes * seconds / 3_600 / capacity
    }

    private mutating func accept(_ percent: Double, _ current: Double, at now: Boottime) {
        accepted = percent
        acceptedAt = now
        acceptedCurrent = current
        candidate = .nan
    }
}
