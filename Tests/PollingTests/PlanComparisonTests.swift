import DeviceProfiles
import Terms
import Testing

@testable import Polling

@Suite struct PlanComparisonTests {
    @Test func theRuleOfThumbJoinsUpToItsGap() {
        let points = [0, 1, 6, 15, 32].map { point($0) }
        let comparison = PlanComparison(
            points: points, limits: ReadLimits(), cost: .rtu(SerialSettings(), turnAround: 20_000_000))
        #expect(comparison.others.map { $0.rule?.gap } == [0, 4, 8, 16])
        #expect(comparison.others.map(\.requests) == [4, 3, 2, 1])
        #expect(comparison.best == PlanComparison.Row(
            rule: nil, requests: 1, nanosecondsPerSweep: comparison.cheapestOther))
    }

    @Test func aRuleHasItsOwnLongestRequestAndCanAskForEveryValueAlone() {
        let points = [point(0, 2), point(2), point(4, 2), point(7), point(7)]
        let rules = [
            JoiningRule.alone, JoiningRule(name: "short", gap: 1, longest: 4), JoiningRule(name: "long", gap: 1),
        ]
        let comparison = PlanComparison(
            points: points, limits: ReadLimits(), cost: .rtu(SerialSettings(), turnAround: 0), rules: rules)
        #expect(comparison.others.map(\.requests) == [4, 2, 1])
        let short = rules[1].requests(points.map(\.coding.wireRange), ReadLimits())
        #expect(short.map(\.description) == ["3/0×3", "3/4×4"])
    }

    @Test func thePlanIsNeverDearer() {
        var cheaper = 0
        for seed in UInt64(0)..<800 {
            let problem = PlanningCase(seed: seed, atMost: 40)
            let comparison = PlanComparison(
                points: problem.points, interval: problem.interval, limits: problem.limits, cost: problem.cost,
                rules: JoiningRule.all)
            for row in comparison.others {
                let (ours, theirs) = (comparison.best.nanosecondsPerSweep, row.nanosecondsPerSweep)
                #expect(ours <= theirs * (1 + 1e-12), "seed \(seed), \(row.rule?.name ?? "")")
                if ours < theirs * 0.99 { cheaper += 1 }
            }
        }
        #expect(cheaper > 800)
    }
}
