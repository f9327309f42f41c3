import DeviceProfiles
import Terms
import Testing

@testable import Polling

private func point(
    _ address: Int, _ registers: Int = 1, scaleFactor: Int? = nil, interval: Milliseconds? = nil
) -> MappedPoint {
    let type: ValueType = registers == 1 ? .u16 : registers == 2 ? .u32 : .u64
    return MappedPoint(
        name: "p\(address)", unit: "",
        coding: PointCoding(
            function: .holdingRegisters, address: address, registers: registers, type: type,
            scaleFactorAddress: scaleFactor), interval: interval)
}

private func cost(of plan: ReadPlan, _ cost: WireCost) -> Int {
    plan.requests.reduce(0) { $0 + cost.nanoseconds(function: $1.range.function, count: $1.range.count) }
}

/// The least cost over every way to put the points into groups, neighbours or not.
private func leastCost(_ points: [MappedPoint], _ limits: ReadLimits, _ cost: WireCost) -> Int? {
    func search(_ index: Int, _ groups: [(start: Int, end: Int)]) -> Int? {
        guard index < points.count else {
            var total = 0
            for group in groups {
                let range = RegisterRange(
                    function: .holdingRegisters, address: group.start, count: group.end - group.start)
                guard limits.allows(range) else { return nil }
                total += cost.nanoseconds(function: .holdingRegisters, count: range.count)
            }
            return total
        }
        let range = points[index].coding.wireRange
        var best = search(index + 1, groups + [(range.address, range.end)])
        for number in groups.indices {
            var joined = groups
            joined[number] = (min(joined[number].start, range.address), max(joined[number].end, range.end))
            if let total = search(index + 1, joined) { best = min(best ?? total, total) }
        }
        return best
    }
    return search(0, [])
}

@Suite struct ReadPlanTests {
    private let slow = SerialSettings()

    @Test(arguments: [(0, 10), (20_000_000, 19), (50_000_000, 34)])
    func aHoleIsReadOverAsLongAsThatIsCheaper(turnAround: Int, hole: Int) {
        let cost = WireCost.rtu(slow, turnAround: turnAround)
        let narrow = ReadPlan(points: [point(0), point(1 + hole)], limits: ReadLimits(), cost: cost)
        let wide = ReadPlan(points: [point(0), point(2 + hole)], limits: ReadLimits(), cost: cost)
        #expect(narrow.requests.count == 1)
        #expect(wide.requests.count == 2)
    }

    @Test func aFullBlockAt9600BaudTakes274Milliseconds() {
        let cost = WireCost.rtu(slow, turnAround: 0)
        let silence = 7 * 1_041_666
        let wire = cost.nanoseconds(function: .holdingRegisters, count: 125) - silence
        #expect((273_900_000...274_100_000).contains(wire))
        #expect(WireCost.silenceNanoseconds(SerialSettings(baud: 115_200)) == 1_750_000)
    }

    @Test func theBlockLimitAndTheReadableRangesHold() {
        let limits = ReadLimits(
            registers: 10,
            readable: [
                RegisterRange(function: .holdingRegisters, address: 0, count: 12),
                RegisterRange(function: .holdingRegisters, address: 14, count: 10),
            ])
        let points = [0, 4, 8, 11, 14, 15, 40].map { point($0) }
        let plan = ReadPlan(points: points, limits: limits, cost: .tcp())
        #expect(plan.requests.allSatisfy { limits.allows($0.range) })
        #expect(plan.requests.flatMap(\.points).sorted() == [0, 1, 2, 3, 4, 5])
        #expect(plan.unreadable == [6])
        #expect(plan.requests.count == 3)
    }

    @Test func aValueIsNeverSplitFromItsOtherRegistersOrItsScaleFactor() {
        let points = [point(0), point(8, 4), point(9, 1, scaleFactor: 18), point(2, 2)]
        let plan = ReadPlan(points: points, limits: ReadLimits(registers: 11), cost: .tcp())
        #expect(plan.unreadable.isEmpty)
        for request in plan.requests {
            for index in request.points { #expect(request.range.contains(points[index].coding.wireRange)) }
        }
    }

    @Test func pointsWithAnotherIntervalAreAskedForApart() {
        let plan = ReadPlan(
            points: [point(0), point(1, interval: .minutes(1)), point(2)], limits: ReadLimits(), cost: .tcp())
        #expect(plan.requests.map(\.points) == [[0, 2], [1]])
        #expect(plan.requests.map(\.interval) == [nil, .minutes(1)])
    }

    @Test(arguments: 0..<300)
    func thePlanCostsAsLittleAsTheBestOfAllPlans(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let points = (0..<Int.random(in: 1...7, using: &random)).map { _ in
            let address = Int.random(in: 0...50, using: &random)
            let factor = Int.random(in: 0...3, using: &random) == 0 ? Int.random(in: 0...50, using: &random) : nil
            let near = factor.flatMap { abs($0 - address) < 12 ? $0 : nil }
            return point(address, [1, 2, 4].randomElement(using: &random) ?? 1, scaleFactor: near)
        }
        var limits = ReadLimits(registers: Int.random(in: 16...40, using: &random))
        if Bool.random(using: &random) {
            let cut = Int.random(in: 15...40, using: &random)
            limits.readable = [
                RegisterRange(function: .holdingRegisters, address: 0, count: cut),
                RegisterRange(function: .holdingRegisters, address: cut, count: 80 - cut),
            ]
        }
        let wire = WireCost.rtu(slow, turnAround: Int.random(in: 0...3, using: &random) * 10_000_000)
        let plan = ReadPlan(points: points, limits: limits, cost: wire)
        let readable = points.filter { limits.allows($0.coding.wireRange) }
        #expect(plan.requests.flatMap(\.points).count == readable.count)
        #expect(cost(of: plan, wire) == leastCost(readable, limits, wire))
    }
}
