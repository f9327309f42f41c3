import ServiceLevel
import Terms
import Testing

private let day = Milliseconds.hours(24)
private let rule = SupportPolicy.Rule(limit: day, warnings: [50, 75, 90])
private let stopwatch = SupportPolicy.Rule(limit: nil, warnings: [])

private func at(_ text: String) throws -> Instant { try #require(Instant(rfc3339: text)) }

/// What all clocks are held to.
private func promise(_ rule: SupportPolicy.Rule?) -> Promise {
    Promise(
        policy: SupportPolicy(
            name: "test", version: 1, documentHash: String(repeating: "0", count: 64),
            rules: rule.map { rule in Dictionary(uniqueKeysWithValues: Clock.allCases.map { ($0, rule) }) } ?? [:],
            reopenWindow: .days(30),
            lateEntryTolerance: .minutes(15)))
}

@Suite struct ClockViewTests {
    @Test func aStopOneMillisecondBeforeTheDeadlineIsMet() throws {
        let span = ClockSpan(start: try at("2026-05-04T10:00:00.000Z"), stop: try at("2026-05-05T09:59:59.999Z"))
        let view = ClockView(.response, span: span, promise: promise(rule), now: try at("2026-05-06T00:00:00.000Z"))
        #expect(view.status == .met)
        #expect(view.elapsed == day - Milliseconds(1))
        #expect(view.overrun == .zero && view.remaining == .zero)
        #expect(view.deadline == (try at("2026-05-05T10:00:00.000Z")))
        #expect(view.limit == day)
    }

    @Test func aStopOnTheDeadlineIsABreachWithoutOverrun() throws {
        let span = ClockSpan(start: try at("2026-05-04T10:00:00.000Z"), stop: try at("2026-05-05T10:00:00.000Z"))
        let view = ClockView(.response, span: span, promise: promise(rule), now: try at("2026-05-06T00:00:00.000Z"))
        #expect(view.status == .breached)
        #expect(view.overrun == .zero && view.remaining == .zero)
        #expect(view.elapsed == day)
    }

    @Test func aRunningClockBreaksAtItsDeadlineToTheMillisecond() throws {
        let span = ClockSpan(start: try at("2026-05-04T10:00:00.000Z"))
        let deadline = try at("2026-05-05T10:00:00.000Z")
        let before = ClockView(.response, span: span, promise: promise(rule), now: deadline - Milliseconds(1))
        #expect(before.status == .running)
        #expect(before.remaining == Milliseconds(1))
        #expect(before.overrun == .zero)
        let on = ClockView(.response, span: span, promise: promise(rule), now: deadline)
        #expect(on.status == .breached)
        #expect(on.remaining == .zero && on.overrun == .zero)
        let after = ClockView(.response, span: span, promise: promise(rule), now: deadline + .minutes(5))
        #expect(after.status == .breached)
        #expect(after.overrun == .minutes(5))
        #expect(after.elapsed == day + .minutes(5))
    }

    @Test func aClockThatRunsTellsWhatIsGoneAndWhatIsLeft() throws {
        let span = ClockSpan(start: try at("2026-05-04T10:00:00.000Z"))
        let view = ClockView(.response, span: span, promise: promise(rule), now: try at("2026-05-05T09:59:18.000Z"))
        #expect(view.elapsed.text == "23h59min18s")
        #expect(view.remaining == .seconds(42))
        #expect(view.stop == nil)
    }

    @Test func aClockThatNothingStartedWaits() {
        let view = ClockView(.diagnosisB, span: ClockSpan(), promise: promise(rule), now: Instant(milliseconds: 5))
        #expect(view.status == .waiting)
        #expect(view.start == nil && view.deadline == nil && view.stop == nil)
        #expect(view.elapsed == .zero && view.remaining == .zero && view.overrun == .zero)
    }

    @Test func aClockThatDoesNotApplyNeitherRunsNorBreaksEvenWhenItWasStarted() {
        let started = ClockSpan(start: Instant(milliseconds: 0), isApplicable: false)
        for span in [ClockSpan.notApplicable, started] {
            let view = ClockView(.diagnosisA, span: span, promise: promise(rule), now: Instant(milliseconds: .max))
            #expect(view.status == .notApplicable)
            #expect(view.deadline == nil && view.elapsed == .zero && view.overrun == .zero)
        }
    }

    @Test(arguments: [stopwatch, nil])
    func aStopwatchNeverBreaks(rule: SupportPolicy.Rule?) {
        let start = Instant(milliseconds: 1_000)
        let running = ClockView(
            .elimination, span: ClockSpan(start: start), promise: promise(rule), now: start + .days(3_650))
        #expect(running.status == .running)
        #expect(running.elapsed == .days(3_650))
        #expect(running.deadline == nil && running.remaining == .zero && running.overrun == .zero)
        let span = ClockSpan(start: start, stop: start + .days(9))
        let stopped = ClockView(.elimination, span: span, promise: promise(rule), now: start + .days(10))
        #expect(stopped.status == .met)
        #expect(stopped.elapsed == .days(9))
    }

    @Test func elapsedNeverShrinksWhileTimeGoesOnAndIsNeverNegative() {
        let start = Instant(milliseconds: 1_000_000)
        var previous = Milliseconds.zero
        // From before the start (the wall clock was set back) to beyond the deadline.
        for step in 0..<4_000 {
            let now = start - .hours(1) + .seconds(Int64(step) * 30)
            let view = ClockView(.response, span: ClockSpan(start: start), promise: promise(rule), now: now)
            #expect(view.elapsed >= previous)
            #expect(view.elapsed + view.remaining == (view.status == .running ? day : view.elapsed))
            previous = view.elapsed
        }
        #expect(previous > day)
    }

    @Test func aStopBeforeTheStartTookNoTime() {
        let start = Instant(milliseconds: 1_000_000)
        let span = ClockSpan(start: start, stop: start - .seconds(10))
        for rule in [rule, stopwatch] {
            let view = ClockView(.response, span: span, promise: promise(rule), now: start + .days(2))
            #expect(view.elapsed == .zero)
            #expect(view.status == .met)
            #expect(view.overrun == .zero)
        }
    }
}
