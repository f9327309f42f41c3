import Terms
import Testing

@testable import Polling

private func at(_ milliseconds: Int64) -> Boottime { Boottime(nanoseconds: milliseconds * 1_000_000) }

@Suite struct BusBudgetTests {
    /// Sweeps of `busy` milliseconds as often as the budget allows, for ten minutes: when each began.
    private func starts(_ budget: BusBudget, busy: Int64) -> [Int64] {
        var budget = budget
        var now: Int64 = 0
        var starts: [Int64] = []
        while now < 600_000 {
            starts.append(now)
            budget.began(at: at(now))
            for _ in 0..<4 {
                now += busy / 4
                budget.used(nanoseconds: Int(busy / 4) * 1_000_000, until: at(now))
            }
            if let earliest = budget.earliest { now = max(now, (earliest.nanoseconds + 999_999) / 1_000_000) }
        }
        return starts
    }

    @Test(arguments: [0.01, 0.1, 0.25, 0.5, 0.9, 1])
    func inTheLongRunTheShareHolds(share: Double) {
        let starts = starts(BusBudget(share: share), busy: 800)
        let used = Double(starts.count) * 800
        #expect(used <= share * 600_000 + 1_000 + 800)
        #expect(used >= share * 600_000 - 800)
    }

    @Test func theMinimumIntervalHoldsToo() {
        let starts = starts(BusBudget(minimumInterval: .seconds(5)), busy: 100)
        #expect(zip(starts, starts.dropFirst()).allSatisfy { $1 - $0 == 5_000 })
    }

    @Test func aDeviceThatWasNotAskedYetMayBeAsked() {
        var budget = BusBudget(share: 0.01, minimumInterval: .minutes(1))
        #expect(budget.earliest == nil)
        budget.began(at: at(0))
        #expect(budget.earliest == at(60_000))
    }

    @Test func whatWasNotUsedIsSavedForOneSecondOnly() {
        var budget = BusBudget(share: 0.1)
        budget.began(at: at(0))
        budget.began(at: at(3_600_000))
        budget.used(nanoseconds: 1_000_000_000, until: at(3_600_000))
        #expect(budget.earliest.map { $0 <= at(3_600_000) } == true)
        budget.used(nanoseconds: 200_000_000, until: at(3_600_000))
        #expect(budget.earliest == at(3_602_000))
    }

    @Test func sharesOutsideTheirRangeCountAsTheNearerEnd() {
        #expect(BusBudget(share: 0).permille == 10)
        #expect(BusBudget(share: 7).permille == 1_000)
        #expect(BusBudget(share: .nan).permille == 1_000)
    }

    @Test func aHugeUseDoesNotOverflow() {
        var budget = BusBudget(share: 0.01)
        for _ in 0..<5_000 { budget.used(nanoseconds: .max, until: at(0)) }
        #expect(budget.earliest == at(3_600_000 * 100))
    }
}
