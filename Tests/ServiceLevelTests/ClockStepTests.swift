import ServiceLevel
import Terms
import Testing

private let start = Instant(milliseconds: 1_777_888_800_000)

private func policy(_ limit: Milliseconds?, _ warnings: [Int]) -> Promise {
    Promise(policy: SupportPolicy(
        name: "test", version: 1, documentHash: String(repeating: "0", count: 64),
        rules: [.response: SupportPolicy.Rule(limit: limit, warnings: warnings)], reopenWindow: .days(30),
        lateEntryTolerance: .minutes(15)))
}

@Suite struct ClockStepTests {
    @Test func theStepsOfADayAreDueToTheMillisecond() {
        let steps = policy(.hours(24), [50, 75, 90]).steps(of: .response, span: ClockSpan(start: start))
        #expect(steps.map(\.kind.text) == ["warn50", "warn75", "warn90", "breach"])
        #expect(
            steps.map(\.dueAt.rfc3339) == [
                "2026-05-04T22:00:00.000Z", "2026-05-05T04:00:00.000Z", "2026-05-05T07:36:00.000Z",
                "2026-05-05T10:00:00.000Z",
            ])
        #expect(steps.allSatisfy { $0.clock == .response })
    }

    @Test func aStopEndsTheStepsAfterItAndNotTheOneOnIt() {
        let day = policy(.hours(24), [50, 75, 90])
        func kinds(stop: Milliseconds) -> [String] {
            day.steps(of: .response, span: ClockSpan(start: start, stop: start + stop)).map(\.kind.text)
        }
        #expect(kinds(stop: .hours(12) - Milliseconds(1)) == [])
        #expect(kinds(stop: .hours(12)) == ["warn50"])
        #expect(kinds(stop: .hours(24) - Milliseconds(1)) == ["warn50", "warn75", "warn90"])
        #expect(kinds(stop: .hours(24)) == ["warn50", "warn75", "warn90", "breach"])
        #expect(kinds(stop: .hours(-1)) == [])
    }

    @Test func theBreachIsAStepExactlyWhenTheViewSaysBreached() {
        let day = policy(.hours(24), [90])
        for offset in -3...3 {
            let stop = start + .hours(24) + Milliseconds(Int64(offset))
            let span = ClockSpan(start: start, stop: stop)
            let view = ClockView(.response, span: span, promise: day, now: stop)
            let breaks = day.steps(of: .response, span: span).contains { $0.kind == .breach }
            #expect(breaks == (view.status == .breached), "\(offset)")
        }
    }

    @Test func clocksWithoutLimitStartOrApplicationHaveNoSteps() {
        let day = policy(.hours(24), [50])
        #expect(day.steps(of: .response, span: ClockSpan()).isEmpty)
        #expect(day.steps(of: .response, span: .notApplicable).isEmpty)
        #expect(day.steps(of: .response, span: ClockSpan(start: start, isApplicable: false)).isEmpty)
        #expect(day.steps(of: .diagnosisA, span: ClockSpan(start: start)).isEmpty)
        #expect(policy(nil, []).steps(of: .response, span: ClockSpan(start: start)).isEmpty)
    }

    @Test(arguments: [1, 7, 99, 100, 101, 86_399_999, 86_400_001, 9_007_199_254_740_993, Int64.max - 7])
    func aShareIsRoundedDownAndNeverOverflows(limit: Int64) {
        let origin = ClockSpan(start: Instant(milliseconds: 0))
        for percent in 1...99 {
            let steps = policy(Milliseconds(limit), [percent]).steps(of: .response, span: origin)
            let product = limit.multipliedFullWidth(by: Int64(percent))
            let exact = Int64(100).dividingFullWidth(product).quotient
            #expect(steps.first?.dueAt.milliseconds == exact)
            #expect(steps.last?.dueAt.milliseconds == limit)
        }
    }

    @Test func everyClockHasATitleOfItsOwn() {
        #expect(Set(Clock.allCases.map(\.title)).count == Clock.allCases.count)
    }
}
