import DeviceProfiles
import Terms
import Testing

@testable import Polling

/// What is wrong with the plan of a case, nil for a perfect one.
private func flaw(of problem: PlanningCase) -> String? {
    let plan = problem.plan
    guard plan.isExact else { return "it does not claim to be exact" }
    let readable = problem.points.indices.filter { problem.allows(problem.points[$0].coding.wireRange) }
    guard plan.requests.flatMap(\.points).sorted() == readable else { return "not every point is asked for once" }
    guard plan.unreadable == problem.points.indices.filter({ !readable.contains($0) }) else {
        return "the unreadable points are wrong"
    }
    var cost = 0
    for request in plan.requests {
        guard problem.allows(request.range) else { return "\(request.range) may not be asked for" }
        let members = request.points.map { problem.points[$0] }
        guard members.allSatisfy({ request.range.contains($0.coding.wireRange) }) else { return "a value is split" }
        let sweeps = members.map { problem.sweeps($0.interval) }.min() ?? 0
        guard problem.sweeps(request.interval) == sweeps, (request.interval == nil) == (sweeps == 1) else {
            return "\(request.range) is asked in the wrong rhythm"
        }
        cost += problem.price(request.range, sweeps: sweeps)
    }
    let search = BruteForce(problem, bound: (cost, plan.requests.count))
    return search.isBeaten ? "there is a cheaper plan than \(cost) in \(plan.requests.count) requests" : nil
}

@Suite struct ReadPlanSearchTests {
    @Test func noPlanIsCheaper() {
        for seed in UInt64(0)..<12_000 {
            if let flaw = flaw(of: PlanningCase(seed: seed)) { Issue.record("seed \(seed): \(flaw)") }
        }
    }

    @Test func noPlanOfTenPointsIsCheaper() {
        for seed in UInt64(0)..<1_000 {
            if let flaw = flaw(of: PlanningCase(seed: seed, atMost: 10)) { Issue.record("seed \(seed), ten: \(flaw)") }
        }
    }

    /// The search itself must be able to find a better plan, or it proves nothing.
    @Test func theSearchFindsWhatIsCheaper() {
        var beaten = 0
        for seed in UInt64(0)..<200 {
            let problem = PlanningCase(seed: seed)
            let apart = problem.points.map(\.coding.wireRange).filter(problem.allows)
            let wishes = problem.points.filter { problem.allows($0.coding.wireRange) }.map(\.interval)
            let cost = zip(apart, wishes).reduce(0) { $0 + problem.price($1.0, sweeps: problem.sweeps($1.1)) }
            if BruteForce(problem, bound: (cost, apart.count)).isBeaten { beaten += 1 }
        }
        #expect(beaten > 100)
    }

    @Test func aSlowWideRequestLiesOverAFastNarrowOne() {
        let cost = WireCost.rtu(SerialSettings(), turnAround: 20_000_000)
        let slow = (stride(from: 0, to: 40, by: 4).map { $0 } + stride(from: 56, to: 100, by: 4).map { $0 })
            .map { point($0, interval: .minutes(1)) }
        let fast = [point(50), point(51)]
        let plan = ReadPlan(points: slow + fast, interval: .seconds(1), limits: ReadLimits(), cost: cost)
        #expect(plan.requests.map(\.range.description) == ["3/50×2", "3/0×97"])
        #expect(plan.requests.map(\.interval) == [nil, .minutes(1)])
    }

    @Test func aSlowPointBesideAFastOneComesWithIt() {
        let cost = WireCost.rtu(SerialSettings(), turnAround: 20_000_000)
        let points = [point(0), point(1, interval: .minutes(1)), point(2)]
        let plan = ReadPlan(points: points, interval: .seconds(1), limits: ReadLimits(), cost: cost)
        #expect(plan.requests.map(\.points) == [[0, 1, 2]])
        #expect(plan.requests.map(\.interval) == [nil])
    }

    @Test func aSlowPointFarFromTheFastOnesIsAskedForApart() {
        let cost = WireCost.rtu(SerialSettings(), turnAround: 20_000_000)
        let points = [point(0), point(10, interval: .minutes(1))]
        let plan = ReadPlan(points: points, interval: .seconds(1), limits: ReadLimits(), cost: cost)
        #expect(plan.requests.map(\.points) == [[0], [1]])
        #expect(plan.requests.map(\.interval) == [nil, .minutes(1)])
    }

    @Test func aPointThatWantsMoreThanTheDeviceIsPolledIsInEverySweep() {
        let points = [point(0, interval: .milliseconds500), point(1, interval: Milliseconds(2_900))]
        let plan = ReadPlan(points: points, interval: .seconds(3), limits: ReadLimits(), cost: .tcp())
        #expect(plan.requests.map(\.interval) == [nil])
    }

    @Test(arguments: UInt64(0)..<3)
    func aLargeMapIsPlannedExactly(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let wishes: [Milliseconds?] = [nil, .seconds(10), .minutes(10), .seconds(5), .hours(1)]
        // Tables of one rhythm each, as makers build them.
        let points = (0..<400).map { number in
            let table = wishes[(number / 25 + Int(seed)) % (3 + Int(seed))]
            let wish = Int.random(in: 0...9, using: &random) == 0 ? wishes.randomElement(using: &random) ?? nil : table
            return point(number * 3 + Int.random(in: 0...1, using: &random), [1, 2].randomElement(using: &random) ?? 1,
                interval: wish)
        }
        let plan = ReadPlan(
            points: points, interval: .seconds(1), limits: ReadLimits(), cost: .rtu(SerialSettings()))
        #expect(plan.isExact)
        #expect(plan.requests.flatMap(\.points).sorted() == Array(points.indices))
    }

    @Test func manyIntervalsStayWithinTheirBound() {
        let intervals: [Int64] = [1_009, 10_007, 100_003, 1_000_003, 10_000_019, 86_399_989]
        for seed in UInt64(0)..<20 {
            var random = SeededRandom(seed: seed)
            let points = (0..<60).map { _ in
                point(
                    Int.random(in: 0...200, using: &random),
                    interval: intervals.randomElement(using: &random).map { Milliseconds($0) })
            }
            let cost = WireCost.rtu(SerialSettings(), turnAround: 20_000_000)
            let plan = ReadPlan(points: points, interval: Milliseconds(1), limits: ReadLimits(), cost: cost)
            #expect(plan.requests.flatMap(\.points).sorted() == Array(points.indices), "seed \(seed)")
            let apart = intervals.map { wish in
                load(ReadPlan(
                    points: points.filter { $0.interval?.count == wish }, interval: Milliseconds(1),
                    limits: ReadLimits(), cost: cost), cost)
            }
            // Awkward intervals count as powers of two: at worst twice as dear as what is best.
            #expect(load(plan, cost) <= 2 * apart.reduce(0, +), "seed \(seed)")
        }
    }

    private func load(_ plan: ReadPlan, _ cost: WireCost) -> Double {
        plan.requests.reduce(0) { sum, request in
            let price = Double(cost.nanoseconds(function: request.range.function, count: request.range.count))
            return sum + price / Double(request.interval?.count ?? 1)
        }
    }
}
