import Testing

@testable import Polling

@Suite struct TurnAroundTests {
    private let slow = WireCost.rtu(SerialSettings())

    /// The plans that are made while a device answers after the given times.
    private func plans(_ times: [Int], _ cost: WireCost) -> [Int] {
        var turnAround = TurnAround(planned: 20_000_000)
        return times.compactMap { turnAround.answered(after: $0, cost: cost) }
    }

    @Test func theSameTurnAroundKeepsThePlan() {
        #expect(plans(Array(repeating: 22_000_000, count: 200), slow).isEmpty)
    }

    @Test func anotherTurnAroundMakesOnePlan() {
        #expect(plans(Array(repeating: 60_000_000, count: 200), slow) == [60_000_000])
        #expect(plans(Array(repeating: 2_000_000, count: 200), slow) == [2_000_000])
    }

    @Test func aFewLateAnswersMoveNothing() {
        let times = (0..<600).map { $0 % 3 == 0 ? 900_000_000 : 21_000_000 }
        #expect(plans(times, slow).isEmpty)
    }

    @Test func atTheEdgeItDoesNotFlutter() {
        var random = SeededRandom(seed: 7)
        let times = (0..<5_000).map { _ in Int.random(in: 28_000_000...36_000_000, using: &random) }
        #expect(plans(times, slow).count <= 1)
    }

    @Test func onTCPThePlanDoesNotDependOnIt() {
        #expect(plans((0..<600).map { $0 * 1_000_000 }, .tcp()).isEmpty)
    }

    @Test func theMedianIsTold() {
        var turnAround = TurnAround(planned: 20_000_000)
        for number in 1...TurnAround.window { _ = turnAround.answered(after: number * 1_000_000, cost: slow) }
        #expect(turnAround.measured == 8_000_000)
    }
}
