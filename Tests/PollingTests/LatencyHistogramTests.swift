import Testing

@testable import Polling

@Suite struct LatencyHistogramTests {
    @Test func withoutAnswersThereIsNoPercentile() {
        #expect(LatencyHistogram().percentile(50) == nil)
        #expect(LatencyHistogram().longest == 0)
    }

    @Test(arguments: UInt64(0)..<50)
    func percentilesAreWithinTenPercent(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var histogram = LatencyHistogram()
        // From microseconds to minutes, each power as likely as the other.
        let all = (0..<Int.random(in: 1...2_000, using: &random)).map { _ in
            let base = 1_024 << Int.random(in: 0...25, using: &random)
            return base + Int.random(in: 0..<base, using: &random)
        }
        for latency in all { histogram.add(nanoseconds: latency) }
        let sorted = all.sorted()
        for percent in [1, 50, 90, 99, 100] {
            let truth = sorted[(sorted.count * percent + 99) / 100 - 1]
            let told = histogram.percentile(percent) ?? 0
            #expect(abs(Double(told - truth)) <= 0.07 * Double(truth), "seed \(seed), \(percent) %")
        }
        #expect(histogram.longest == sorted.last)
        #expect(histogram.total == all.reduce(0, +))
        #expect(histogram.count == UInt64(all.count))
    }

    @Test func extremesAreKept() {
        var histogram = LatencyHistogram()
        for latency in [0, 1, 1_023, Int.max] { histogram.add(nanoseconds: latency) }
        #expect(histogram.percentile(25) ?? -1 < 1_024)
        #expect(histogram.percentile(100) ?? 0 > 100_000_000_000)
        #expect(histogram.longest == Int.max)
    }

    @Test func twoCanBeAdded() {
        var (one, other, both) = (LatencyHistogram(), LatencyHistogram(), LatencyHistogram())
        for latency in 1...1_000 {
            if latency % 3 == 0 { one.add(nanoseconds: latency * 1_000_000) } else {
                other.add(nanoseconds: latency * 1_000_000)
            }
            both.add(nanoseconds: latency * 1_000_000)
        }
        one.add(other)
        #expect(one == both)
    }
}

@Suite struct UnitStatisticsTests {
    @Test func everythingIsCounted() {
        var statistics = UnitStatistics()
        statistics.answered(after: 20_000_000, bytes: 120)
        statistics.answered(after: 40_000_000, bytes: 2)
        statistics.failed("timeout", after: 1_000_000_000)
        statistics.failed("timeout", after: 1_000_000_000)
        statistics.failed("exception2", after: 30_000_000)
        #expect(statistics.requests == 5)
        #expect(statistics.answers == 2)
        #expect(statistics.failures == ["timeout": 2, "exception2": 1])
        #expect(statistics.bytes == 122)
        #expect(statistics.busNanoseconds == 2_090_000_000)
        #expect(statistics.latency.count == 2)
        #expect(abs(statistics.busShare(elapsed: 20_900_000_000) - 0.1) < 1e-9)
        #expect(statistics.busShare(elapsed: 0) == 0)
    }

    @Test func theKindsAreBounded() {
        var statistics = UnitStatistics()
        for number in 0..<100 { statistics.failed("system\(number)", after: 0) }
        #expect(statistics.failures.count == UnitStatistics.mostKinds + 1)
        #expect(statistics.failures["other"] == 100 - UnitStatistics.mostKinds)
    }
}
