/// How long answers took, in a fixed 1.7 KB: eight buckets for each doubling from 1 µs to 137 s. What it tells is at
/// most 7 % beside the truth.
package struct LatencyHistogram: Sendable, Equatable {
    private static let firstPower = 10
    private static let lastPower = 36
    /// Below the first power, eight for each power, above the last.
    private var counts = Array(repeating: UInt64(0), count: (lastPower - firstPower + 1) * 8 + 2)

    /// How many latencies it holds.
    package private(set) var count: UInt64 = 0
    /// The longest one, nanoseconds, exactly; 0 without any.
    package private(set) var longest = 0
    /// All of them together, nanoseconds; each counts as 137 s at most.
    package private(set) var total = 0

    package init() {}

    /// Adds one latency.
    package mutating func add(nanoseconds: Int) {
        counts[Self.bucket(nanoseconds)] += 1
        count += 1
        longest = max(longest, nanoseconds)
        total += min(nanoseconds, 1 << (Self.lastPower + 1))
    }

    /// Adds all that another one holds.
    package mutating func add(_ other: LatencyHistogram) {
        for index in counts.indices { counts[index] += other.counts[index] }
        count += other.count
        longest = max(longest, other.longest)
        total += other.total
    }

    /// What `percent` of the answers took at most, nanoseconds; nil without any. 50 is the median.
    ///
    /// - Parameter percent: 1 to 100.
    package func percentile(_ percent: Int) -> Int? {
        guard count > 0 else { return nil }
        let wanted = max(1, (count * UInt64(min(100, max(1, percent))) + 99) / 100)
        var passed: UInt64 = 0
        for index in counts.indices {
            passed += counts[index]
            if passed >= wanted { return min(longest, Self.middle(index)) }
        }
        return longest
    }

    private static func bucket(_ nanoseconds: Int) -> Int {
        guard nanoseconds >= 1 << firstPower else { return 0 }
        let power = Int.bitWidth - 1 - nanoseconds.leadingZeroBitCount
        guard power <= lastPower else { return (lastPower - firstPower + 1) * 8 + 1 }
        return 1 + (power - firstPower) * 8 + (nanoseconds >> (power - 3)) & 7
    }

    private static func middle(_ bucket: Int) -> Int {
        guard bucket > 0 else { return 1 << (firstPower - 1) }
        let (power, part) = (firstPower + (bucket - 1) / 8, (bucket - 1) % 8)
        return (1 << power) + (2 * part + 1) << (power - 4)
    }
}
