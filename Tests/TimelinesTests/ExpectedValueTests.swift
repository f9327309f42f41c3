import ServiceLevel
import Terms
import Testing
import Timelines

private let policy = SupportPolicy(
    name: "test", version: 1, documentHash: "00",
    rules: [.response: SupportPolicy.Rule(limit: .hours(24), warnings: [50])], reopenWindow: .days(30),
    lateEntryTolerance: .minutes(15))

private func expected(_ line: String) throws -> [ExpectedValue] {
    let file = try readTimeline("expect 2026-05-04T10:00:00.000Z t1 clock response \(line)", name: "x")
    guard case .clock(_, _, let values) = file.expectations.first?.claim else { return [] }
    return values
}

@Suite("Expected values")
struct ExpectedValueTests {
    private func view(stoppedAfter hours: Int64?) -> ClockView {
        let start = Instant(milliseconds: 1_777_888_800_000)
        let span = ClockSpan(start: start, stop: hours.map { start + .hours($0) })
        return ClockView(.response, span: span, promise: Promise(policy: policy), now: start + .hours(30))
    }

    @Test(arguments: [
        "status=breached overrun=1h30min", "status=breached overrun=90min", "overrun=5400000ms", "elapsed=25h30min",
        "elapsed=1d1h30min", "start=2026-05-04T10:00:00.000Z", "start=2026-05-04T18:00:00+08:00",
        "deadline=2026-05-05T12:00:00.000+02:00", "remaining=0", "remaining=0s", "excused=0ms",
        "adjustedDeadline=2026-05-05T10:00:00.000Z adjustedStatus=breached", "startBasis=literal",
        "stop=2026-05-05T11:30:00Z",
    ])
    func valuesAreComparedByWhatTheyMean(line: String) throws {
        let start = Instant(milliseconds: 1_777_888_800_000)
        let span = ClockSpan(start: start, stop: start + .hours(25) + .minutes(30))
        let view = ClockView(.response, span: span, promise: Promise(policy: policy), now: start + .hours(30))
        #expect(try expected(line).mismatches(view.value(of:)).isEmpty)
    }

    @Test func whatIsOtherwiseIsToldOnOneLine() throws {
        let found = try expected("status=met elapsed=25h overrun=0 stop=none").mismatches(
            view(stoppedAfter: 25).value(of:))
        #expect(
            found.line(file: "a.timeline", line: 12)
                == "a.timeline:12: expected status=met overrun=0 stop=none, "
                + "got status=breached overrun=1h stop=2026-05-05T11:00:00.000Z")
    }

    @Test func aMissingValueIsNone() throws {
        #expect(try expected("stop=none").mismatches(view(stoppedAfter: nil).value(of:)).isEmpty)
        let found = try expected("stop=2026-05-05T11:00:00.000Z").mismatches(view(stoppedAfter: nil).value(of:))
        #expect(found.map(\.got) == ["stop=none"])
    }
}
