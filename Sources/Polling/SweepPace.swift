package import Terms

/// How often a device is really swept: the time from the start of one sweep to that of the next, on a moving average.
package struct SweepPace: Sendable, Equatable {
    /// A new cycle counts an eighth.
    private static let weight: Int64 = 8

    /// When the last sweep began; nil where what lies between was no cycle.
    private var last: Boottime?
    private var mean: Int64?

    package init() {}

    /// From start to start; nil before two sweeps in a row.
    package var cycle: Milliseconds? { mean.map { Milliseconds(($0 + 500_000) / 1_000_000) } }

    /// A sweep begins.
    package mutating func began(at now: Boottime) {
        if let last {
            let cycle = max(0, now.nanoseconds - last.nanoseconds)
            mean = mean.map { $0 + (cycle - $0) / Self.weight } ?? cycle
        }
        last = now
    }

    /// The device was silent or has to be identified: the time until its next sweep is no cycle.
    package mutating func interrupted() { last = nil }
}
