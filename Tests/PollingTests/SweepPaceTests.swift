import Polling
import Terms
import Testing

@Suite struct SweepPaceTests {
    private func pace(_ milliseconds: [Int64]) -> SweepPace {
        var pace = SweepPace()
        for time in milliseconds { pace.began(at: Boottime(nanoseconds: time * 1_000_000)) }
        return pace
    }

    @Test func oneSweepHasNoCycle() {
        #expect(pace([]).cycle == nil)
        #expect(pace([5_000]).cycle == nil)
    }

    @Test func aSteadyDeviceHasItsInterval() {
        #expect(pace([0, 1_000, 2_000, 3_000]).cycle == Milliseconds(1_000))
    }

    @Test func aLineThatGetsSlowerShowsWithinAFewSweeps() {
        let slow = pace((0...40).map { $0 < 10 ? $0 * 1_000 : 10_000 + ($0 - 10) * 3_000 })
        #expect(slow.cycle.map { (Milliseconds(2_900)...Milliseconds(3_000)).contains($0) } == true)
    }

    @Test func theTimeOfASilenceIsNoCycle() {
        var pace = pace([0, 1_000])
        pace.interrupted()
        pace.began(at: Boottime(nanoseconds: 300_000_000_000))
        #expect(pace.cycle == Milliseconds(1_000))
        pace.began(at: Boottime(nanoseconds: 301_000_000_000))
        #expect(pace.cycle == Milliseconds(1_000))
    }
}
