import DeviceProfiles
import Terms
import Testing

@testable import Polling

@Suite struct PlanComparisonTests {
    @Test func theRuleOfThumbJoinsUpToItsGap() {
        let points = [0, 1, 6, 15, 32].map { point($0) }
        let comparison = PlanComparison(
            points: points, limits: ReadLimits(), cost: .rtu(SerialSettings(), turnAround: 20_000_000))
        #expect(comparison.fixed.map(\.gap) == [0, 4, 8, 16])
        #expect(comparison.fixed.map(\.requests) == [4, 3, 2, 1])
        #expect(comparison.best == PlanComparison.Row(
            gap: nil, requests: 1, nanosecondsPerSweep: comparison.fixed[3].nanosecondsPerSweep))
    }

    @Test func thePlanIsNeverDearer() {
        var cheaper = 0
        for seed in UInt64(0)..<800 {
            let problem = PlanningCase(seed: seed, atMost: 40)
            let comparison = PlanComparison(
                points: problem.points, interval: problem.interval, limits: problem.limits, cost: problem.cost)
            for row in comparison.fixed {
                let (ours, theirs) = (comparison.best.nanosecondsPerSweep, row.nanosecondsPerSweep)
                #expect(ours <= theirs * (1 + 1e-12), "seed \(seed), gap \(row.gap ?? -1)")
                if ours < theirs * 0.99 { cheaper += 1 }
            }
        }
        #expect(cheaper > 800)
    }
}
