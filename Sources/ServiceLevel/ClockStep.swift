package import Terms

/// Something that falls due on a running clock: a warning, or the breach.
package struct ClockStep: Hashable, Sendable {
    /// Which step of its clock it is.
    package enum Kind: Hashable, Sendable {
        /// Percent of the limit.
        case warning(Int)
        case breach

        /// `warn50`, `breach`: the last part of a step's id.
        package var text: String {
            switch self {
            case .warning(let percent): "warn\(percent)"
            case .breach: "breach"
            }
        }
    }

    package var clock: Clock
    package var kind: Kind
    package var dueAt: Instant

    package init(clock: Clock, kind: Kind, dueAt: Instant) {
        self.clock = clock
        self.kind = kind
        self.dueAt = dueAt
    }
}

extension SupportPolicy {
    /// Every step that a clock reaches before it is stopped, in order of time. A step that falls on the stop itself
    /// is reached: met means stopped *before* the deadline.
    package func steps(of clock: Clock, span: ClockSpan) -> [ClockStep] {
        guard span.isApplicable, let start = span.start, let rule = rules[clock], let limit = rule.limit
        else { return [] }
        let warnings = rule.warnings.map { percent in
            ClockStep(clock: clock, kind: .warning(percent), dueAt: start + limit.share(ofPercent: percent))
        }
        let all = warnings + [ClockStep(clock: clock, kind: .breach, dueAt: start + limit)]
        guard let stop = span.stop else { return all }
        return all.filter { $0.dueAt <= stop }
    }
}

extension Milliseconds {
    /// Whole milliseconds, rounded down, without a product that could overflow.
    fileprivate func share(ofPercent percent: Int) -> Milliseconds {
        Milliseconds(count / 100 * Int64(percent) + count % 100 * Int64(percent) / 100)
    }
}
