package import Terms

/// How long one unit's answer is waited for, learned from its answers.
///
/// It is twice the longest latency of late, where an answer takes a 256th off the memory of a longer one. A mean with
/// deviations, as TCP has it, would soon forget the rare slow answer of an otherwise quick device, and cut it off every
/// time; this remembers it for some 170 answers.
///
/// After a time-out it grows at once: by two, at most to where it started, since a frame that was lost on the line says
/// nothing about the device; after several in a row up to the highest bound. So the configured time-out is what a rare
/// slow answer may always take.
package struct AdaptiveTimeout: Sendable, Equatable {
    /// What it moves between.
    package struct Bounds: Sendable, Equatable {
        package let lowest: Milliseconds
        package let start: Milliseconds
        package let highest: Milliseconds

        /// - Parameters:
        ///   - start: What is configured, above zero.
        ///   - lowest: A serial adapter alone may hold an answer back for tens of milliseconds.
        ///   - highest: Some data loggers pass an answer on after 6 s.
        package init(
            start: Milliseconds, lowest: Milliseconds = Milliseconds(100), highest: Milliseconds = .seconds(8)
        ) {
            self.start = start
            self.lowest = min(lowest, start)
            self.highest = max(highest, start)
        }
    }

    package let bounds: Bounds
    /// The longest latency of late, nanoseconds; half of where it starts before there is one.
    private var peak: Int64
    /// The same from answers alone.
    private var observed: Int64?
    /// In a row.
    private var timeouts = 0

    package init(bounds: Bounds) {
        self.bounds = bounds
        peak = bounds.start.count * 500_000
    }

    /// How long to wait for the next answer.
    package var current: Milliseconds { timeout(peak) }

    /// What its answers alone ask for, without the caution of the start; nil before there is one.
    package var learned: Milliseconds? { observed.map(timeout) }

    private func timeout(_ peak: Int64) -> Milliseconds {
        min(bounds.highest, max(bounds.lowest, Milliseconds((2 * peak + 999_999) / 1_000_000)))
    }

    /// The unit has answered.
    ///
    /// - Parameter nanoseconds: From the question's end to the beginning of its answer.
    package mutating func answered(after nanoseconds: Int) {
        let latency = min(Int64(max(0, nanoseconds)), bounds.highest.count * 1_000_000)
        timeouts = 0
        peak = max(latency, peak - peak / 256)
        observed = observed.map { max(latency, $0 - $0 / 256) } ?? latency
    }

    /// No answer came in time.
    package mutating func timedOut() {
        timeouts += 1
        let doubled = current.count * 2
        switch timeouts {
        case 1: grow(to: min(doubled, bounds.start.count))
        case 2: grow(to: max(doubled, bounds.start.count))
        default: grow(to: doubled)
        }
    }

    private mutating func grow(to milliseconds: Int64) {
        peak = max(peak, min(milliseconds, bounds.highest.count) * 500_000)
    }
}
