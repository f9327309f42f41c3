package import ServiceLevel
package import Terms

/// A fact that a clock's time has come for: a warning, a breach, the end of remote support, or a breach taken back.
package struct DueFact: Sendable, Equatable {
    package var subject: Subject
    package var run: ClockRun
    package var kind: ClockStep.Kind?
    /// The instant at which it fell due, exactly; however late it is noticed.
    package var dueAt: Instant
    package var event: FactEvent

    init(_ subject: Subject, _ run: ClockRun, _ step: ClockStep) {
        self.subject = subject
        self.run = run
        kind = step.kind
        dueAt = step.dueAt
        event =
            switch step.kind {
            case .warning(let warning): .warned(run, warning)
            // What ends remote support is no broken promise: it opens the way to a visit.
            case .breach: run.clock == .remoteSupport ? .remoteTimedOut : .breached(run)
            }
    }

    /// A breach that was written, and that evidence disproves.
    init(rescinding run: ClockRun, of subject: Subject, evidence: String, at: Instant) {
        self.subject = subject
        self.run = run
        kind = nil
        dueAt = at
        event = .breachRescinded(run, evidence: evidence)
    }

    /// The order in which they are written.
    static func isWritten(_ a: DueFact, before b: DueFact) -> Bool {
        if a.dueAt != b.dueAt { return a.dueAt < b.dueAt }
        if a.subject != b.subject { return a.subject.text < b.subject.text }
        return (a.run.clock.place, a.run.visit ?? "", a.run.cycle) < (b.run.clock.place, b.run.visit ?? "", b.run.cycle)
    }
}

/// The steps of one subject's clocks that are in the log.
struct WrittenSteps: Sendable {
    private var steps: [RunStep] = []
    /// The same, once they are many: most tickets have a handful, which is quicker to look through than to hash.
    private var index: Set<RunStep> = []
    private var breached: [ClockRun] = []
    private var rescinded: Set<ClockRun> = []
    /// Ends of remote support, whether they counted or not: none is written twice.
    private var timeouts: Set<Instant> = []

    mutating func note(_ fact: Fact) {
        switch fact.event {
        case .warned(let run, let warning): insert(RunStep(run: run, kind: .warning(warning), dueAt: fact.at))
        case .breached(let run):
            if insert(RunStep(run: run, kind: .breach, dueAt: fact.at)) { breached.append(run) }
        case .breachRescinded(let run, _): rescinded.insert(run)
        case .remoteTimedOut: timeouts.insert(fact.at)
        default: break
        }
    }

    var hasBreach: Bool { !breached.isEmpty }

    func contains(_ step: RunStep) -> Bool {
        steps.count > Self.handful ? index.contains(step) : steps.contains(step)
    }

    private static let handful = 16

    /// Whether the step is new.
    @discardableResult
    private mutating func insert(_ step: RunStep) -> Bool {
        guard !contains(step) else { return false }
        steps.append(step)
        if steps.count == Self.handful + 1 {
            index = Set(steps)
        } else if steps.count > Self.handful {
            index.insert(step)
        }
        return true
    }

    /// Whether an end of remote support is written for this instant.
    func hasTimeout(at instant: Instant) -> Bool { timeouts.contains(instant) }

    /// Written breaches that evidence disproves, and that are not taken back yet.
    ///
    /// - Parameter span: the run's clock as the facts tell it now; nil where there is no such run any more.
    func disproved(
        of subject: Subject, promise: Promise, span: (ClockRun) -> ClockSpan?
    ) -> [DueFact] {
        breached.filter { !rescinded.contains($0) }.compactMap { run in
            guard let span = span(run), let evidence = span.evidence, let recordedAt = span.stopRecordedAt else {
                return nil
            }
            if span.isApplicable {
                guard let stop = span.stop else { return nil }
                guard ClockView(run.clock, span: span, promise: promise, now: stop).status == .met else { return nil }
            }
            return DueFact(rescinding: run, of: subject, evidence: evidence, at: recordedAt)
        }
    }
}
