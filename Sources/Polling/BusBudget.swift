package import Terms

/// How much of the line's time one device may take from others who want to talk to it, such as its maker's own data
/// logger: a bucket that fills at the device's share and that every request empties by the time it took.
package struct BusBudget: Sendable, Equatable {
    /// Thousandths of the line's time: 10 to 1000.
    package let permille: Int64
    /// Between the starts of two sweeps.
    package let minimumInterval: Milliseconds
    /// What a bucket that was left alone holds: so much may be used at once.
    package static let burst = Milliseconds.seconds(1)

    /// What may still be used: nanoseconds of the line's time, times 1000. Below zero it has to be waited for.
    private var level: Int64
    private var filledAt: Boottime?
    private var notBefore: Boottime?

    /// - Parameter share: Of the line's time, 0.01 to 1; what lies outside counts as the nearer end.
    package init(share: Double = 1, minimumInterval: Milliseconds = .zero) {
        permille = share.isFinite ? Int64((min(1, max(0.01, share)) * 1_000).rounded()) : 1_000
        self.minimumInterval = minimumInterval
        level = Self.full
    }

    /// A sweep of the device begins.
    package mutating func began(at now: Boottime) {
        fill(until: now)
        notBefore = now + minimumInterval
    }

    /// A request to the device has kept the line busy.
    package mutating func used(nanoseconds: Int, until now: Boottime) {
        fill(until: now)
        level = max(level - Int64(min(nanoseconds, Self.deepest)) * 1_000, -Int64(Self.deepest) * 1_000)
    }

    /// When the next sweep of the device may begin; nil: at any time.
    package var earliest: Boottime? {
        guard let filledAt else { return notBefore }
        let missing = max(0, -level)
        guard missing > 0 else { return notBefore }
        let filled = Boottime(nanoseconds: filledAt.nanoseconds + (missing + permille - 1) / permille)
        return max(filled, notBefore ?? filled)
    }

    private static let full = burst.count * 1_000_000 * 1_000
    /// More than an hour of the line's time is never waited for: it keeps the arithmetic within 64 bits.
    private static let deepest = 3_600_000_000_000

    /// A nanosecond fills in `permille` thousandths.
    private mutating func fill(until now: Boottime) {
        let last = filledAt ?? now
        filledAt = max(last, now)
        let missing = Self.full - level
        let elapsed = max(0, now.nanoseconds - last.nanoseconds)
        level = elapsed >= missing / permille ? Self.full : level + elapsed * permille
    }
}
