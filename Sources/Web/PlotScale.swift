internal import Foundation

/// Maps a range of values onto a range of pixels and finds round places for ticks.
struct PlotScale: Equatable {
    let low: Double
    let high: Double
    let pixelLow: Double
    let pixelHigh: Double

    /// - Parameters: `low` below `high`; both finite.
    init(low: Double, high: Double, pixelLow: Double, pixelHigh: Double) {
        self.low = low
        self.high = high > low ? high : low + 1
        self.pixelLow = pixelLow
        self.pixelHigh = pixelHigh
    }

    /// The pixel of a value; what lies outside ends at the edge.
    func pixel(_ value: Double) -> Double {
        let share = min(1, max(0, (value - low) / (high - low)))
        return pixelLow + share * (pixelHigh - pixelLow)
    }

    /// Round values (1, 2, 2.5 or 5 times a power of ten apart) within the range, at most 12, and the decimals
    /// that tell them apart.
    func ticks(about wanted: Int) -> (values: [Double], digits: Int) {
        let rough = (high - low) / Double(max(1, wanted))
        let power = pow(10, floor(log10(rough)))
        let step = [1.0, 2, 2.5, 5, 10].map { $0 * power }.first { $0 >= rough * 0.999 } ?? 10 * power
        let first = (low / step).rounded(.up)
        let values = (0..<12).map { (first + Double($0)) * step }.filter { $0 <= high + step * 1e-6 }
        let digits = (0...6).first { digits in
            let scaled = step * pow(10, Double(digits))
            return abs(scaled - scaled.rounded()) < 1e-6 * max(1, scaled)
        }
        return (values, digits ?? 6)
    }

    /// The instants (ms UTC) of round local times within the range, at most `wanted` and one more, and their distance
    /// in seconds.
    static func timeTicks(
        from start: Int64, to end: Int64, offsetSeconds: Int, wanted: Int
    ) -> (at: [Int64], stepSeconds: Int64) {
        let spanSeconds = max(1, (end - start) / 1_000)
        let steps: [Int64] = [
            1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400,
            172_800, 604_800, 2_592_000, 31_536_000,
        ]
        let step = steps.first { spanSeconds / $0 <= Int64(wanted) } ?? max(31_536_000, spanSeconds / Int64(wanted))
        let offset = Int64(offsetSeconds)
        let startSeconds = start / 1_000 + offset
        var local = startSeconds - (startSeconds % step + step) % step
        if local < startSeconds { local += step }
        var ticks: [Int64] = []
        while ticks.count <= wanted, (local - offset) * 1_000 <= end {
            ticks.append((local - offset) * 1_000)
            local += step
        }
        return (ticks, step)
    }
}
