package import Terms

/// A clock as of one instant. A view is computed from facts, policy, calendar, the rules of time zones and the instant,
/// and is never stored. It reads no clock.
package struct ClockView: Sendable, Hashable {
    /// How the promise stands.
    package enum Status: String, Sendable {
        case waiting, running, met, breached, notApplicable
        /// The deadline lies beyond what the calendar knows: it may warn and never breaks.
        case provisional
        /// The deadline cannot be told; `trouble` says why.
        case undetermined
    }

    package var clock: Clock
    package var status: Status
    package var start: Instant?
    package var startBasis: StartBasis?
    package var deadline: Instant?
    package var stop: Instant?
    /// From the start to the stop, or to now while it runs.
    package var elapsed = Milliseconds.zero
    /// To the deadline; zero once stopped or past it.
    package var remaining = Milliseconds.zero
    /// Past the deadline; zero when in time.
    package var overrun = Milliseconds.zero
    /// Of an elapsed clock.
    package var limit: Milliseconds?
    /// How much of the time was excused; the raw verdict does not know it.
    package var excused = Milliseconds.zero
    /// The deadline with the excused time behind it.
    package var adjustedDeadline: Instant?
    package var adjustedStatus: Status
    /// A breach was written and taken back, since the stop was proven to have been in time.
    package var isRescinded = false
    package var trouble: UnknownDeadline?
    /// What proves the stop.
    package var evidence: String?

    /// The view of `span` at `now`. Half-open: met if stopped before the deadline, breached at it.
    package init(
        _ clock: Clock, span: ClockSpan, promise: Promise, excuses: [ExcuseWindow] = [], now: Instant
    ) {
        self.clock = clock
        let rule = promise.policy.rules[clock]
        if case .elapsed(let limit) = rule?.limit { self.limit = limit }
        guard span.isApplicable, let start = span.start else {
            status = span.isApplicable ? .waiting : .notApplicable
            adjustedStatus = status
            return
        }
        self.start = start
        startBasis = span.basis
        stop = span.stop
        evidence = span.stop == nil ? nil : span.evidence
        isRescinded = span.isRescinded
        // A clock that was set back must not make time negative.
        let end = max(span.stop ?? now, start)
        elapsed = end - start
        status = span.stop == nil ? .running : .met
        adjustedStatus = status
        let found: Deadline?
        do throws(DeadlineUnknown) {
            found = try promise.deadline(of: clock, span, from: start)
        } catch {
            trouble = error.reason
            status = .undetermined
            adjustedStatus = .undetermined
            return
        }
        guard let due = found else { return }
        deadline = due.at
        excused = excuses.excused(from: start, deadline: due.at, now: end)
        adjustedDeadline = due.at + excused
        if due.isProvisional {
            if span.stop == nil || end >= due.earliest { status = .provisional }
            adjustedStatus = status
            remaining = status == .provisional && end < due.at && span.stop == nil ? due.at - end : .zero
            return
        }
        overrun = end >= due.at ? end - due.at : .zero
        if end >= due.at { status = .breached }
        if end >= due.at + excused { adjustedStatus = .breached }
        remaining = status == .running ? due.at - end : .zero
    }
}
