/// A small seeded random source: the same seed gives the same home, to the byte.
///
/// Constants of SplitMix64 by S. Vigna (public domain, prng.di.unimi.it/splitmix64.c).
package struct SplitMix64: Sendable {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    /// The next 64 bits.
    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }

    /// A number in `range`, evenly spread.
    package mutating func uniform(in range: ClosedRange<Double>) -> Double {
        let unit = Double(next() >> 11) / 9_007_199_254_740_992
        return range.lowerBound + unit * (range.upperBound - range.lowerBound)
    }

    /// Bell-shaped noise of mean 0 and deviation 1, never beyond 3.47: the sum of four uniform numbers.
    package mutating func noise() -> Double {
        let bits = next()
        let sum = (bits & 0xFFFF) + (bits >> 16 & 0xFFFF) + (bits >> 32 & 0xFFFF) + (bits >> 48)
        return (Double(sum) / 65_536 - 2) * 1.732_050_807_568_877_2
    }

    /// The numbers 0 ..< `count` in random order.
    package mutating func shuffledIndices(_ count: Int) -> [Int] {
        var indices = Array(0..<count)
        for last in indices.indices.reversed() where last > 0 {
            indices.swapAt(last, Int(next() % UInt64(last + 1)))
        }
        return indices
    }
}

/// A quantity that wanders about zero and is drawn back to it (Ornstein-Uhlenbeck).
struct Wandering: Sendable {
    let deviation: Double
    let timeConstantSeconds: Double
    private(set) var value = 0.0

    init(deviation: Double, timeConstantSeconds: Double) {
        self.deviation = deviation
        self.timeConstantSeconds = timeConstantSeconds
    }

    /// One step; `seconds` well below the time constant.
    mutating func step(by seconds: Double, random: inout SplitMix64) {
        let part = seconds / timeConstantSeconds
        value += -value * part + deviation * (2 * part).squareRoot() * random.noise()
    }
}
