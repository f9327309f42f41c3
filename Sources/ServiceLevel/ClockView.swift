package import Terms

/// What the facts say about one clock: when it was started and stopped, and whether it runs for this ticket at all.
package struct ClockSpan: Sendable, Equatable {
    package var start: Instant?
    package var stop: Instant?
    package var isApplicable: Bool

    package init(start: Instant? = nil, stop: Instant? = nil, isApplicable: Bool = true) {
        self.start = start
        self.stop = stop
        self.isApplicable = isApplicable
    }

    package static let notApplicable = ClockSpan(isApplicable: false)
}

/// A clock as of one instant. A view is computed from facts, policy and the instant, and is never stored.
package struct ClockView: Sendable, Equatable {
    /// How the promise stands.
    package enum Status: String, Sendable {
        case waiting, running, met, breached, notApplicable
    }

    package var clock: Clock
    package var status: Status
    package var start: Instant?
    package var deadline: Instant?
    package var stop: Instant?
    /// From the start to the stop, or to now while it runs.
    package var elapsed: Milliseconds
    /// To the deadline; zero once stopped or past it.
    package var remaining: Milliseconds
    /// Past the deadline; zero when in time.
    package var overrun: Milliseconds
    package var limit: Milliseconds?

    /// The view of `span` at `now`. Half-open: met if stopped before the deadline, breached at it.
    package init(_ clock: Clock, span: ClockSpan, rule: SupportPolicy.Rule?, now: Instant) {
        self.clock = clock
        limit = rule?.limit
        guard span.isApplicable, let start = span.start else {
            status = span.isApplicable ? .waiting : .notApplicable
            elapsed = .zero
            remaining = .zero
            overrun = .zero
            return
        }
        self.start = start
        stop = span.stop
        // A clock that was set back must not make time negative.
        let end = max(span.stop ?? now, start)
        elapsed = end - start
        guard let limit = rule?.limit else {
            status = span.stop == nil ? .running : .met
            remaining = .zero
            overrun = .zero
            return
        }
        let deadline = start + limit
        self.deadline = deadline
        overrun = end >= deadline ? end - deadline : .zero
        if end >= deadline {
            status = .breached
            remaining = .zero
        } else {
            status = span.stop == nil ? .running : .met
            remaining = span.stop == nil ? deadline - end : .zero
        }
    }
}
