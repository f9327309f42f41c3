import DeviceProfiles
import Terms
import Testing

@testable import Polling

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
}
