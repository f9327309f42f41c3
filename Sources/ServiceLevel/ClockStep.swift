package import Terms

/// Something that falls due on a running clock: a warning, or the breach.
package struct ClockStep: Hashable, Sendable {
    /// Which step of its clock it is.
    package enum Kind: Hashable, Sendable {
        case warning(SupportPolicy.Warning)
        case breach

        /// `warn50`, `lastDay`, `before30d`, `noProgress24h`, `breach`: the last part of a step's id.
        package var text: String {
            switch self {
            case .warning(.percent(let percent)): "warn\(percent)"
            case .warning(.lastDay): "lastDay"
            case .warning(.daysBefore(let days)): "before\(days)d"
            case .warning(.noProgress(let time)): "noProgress\(time.text)"
            case .breach: "breach"
            }
        }

        /// Reads what `text` wrote.
        package init?(text: String) {
            func number(_ head: String, _ tail: String = "") -> Int? {
                guard text.hasPrefix(head), text.hasSuffix(tail) else { return nil }
                guard let number = Int(text.dropFirst(head.count).dropLast(tail.count)), number > 0 else { return nil }
                return number
            }
            if text == "breach" {
                self = .breach
            } else if text == "lastDay" {
                self = .warning(.lastDay)
            } else if let percent = number("warn") {
                self = .warning(.percent(percent))
            } else if let days = number("before", "d") {
                self = .warning(.daysBefore(days))
            } else if text.hasPrefix("noProgress"), let time = Milliseconds(text: String(text.dropFirst(10))) {
                self = .warning(.noProgress(time))
            } else {
                return nil
            }
            guard self.text == text else { return nil }
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

extension Promise {
    /// Every step that a clock reaches before it is stopped, in order of time. A step that falls on the stop itself
    /// is reached: met means stopped *before* the deadline. A warning that would lie before the start is none.
    ///
    /// A deadline that cannot be told has no steps; the view shows why.
    package func steps(of clock: Clock, span: ClockSpan) -> [ClockStep] {
        guard span.isApplicable, let start = span.start, let rule = policy.rules[clock] else { return [] }
        if case .elapsed(let limit) = rule.limit, let stop = span.stop, rule.isBefore(stop - start, of: limit) {
            return []
        }
        let due: Deadline?
        do throws(DeadlineUnknown) {
            due = try deadline(of: clock, span, from: start)
        } catch {
            return []
        }
        var steps: [ClockStep] = []
        func reach(_ kind: ClockStep.Kind, _ dueAt: Instant) {
            guard dueAt >= start, span.stop.map({ dueAt <= $0 }) ?? true else { return }
            steps.append(ClockStep(clock: clock, kind: kind, dueAt: dueAt))
        }
        for warning in rule.warnings {
            if case .percent(let percent) = warning, case .elapsed(let limit) = rule.limit {
                reach(.warning(warning), start + limit.share(ofPercent: percent))
            } else {
                for dueAt in dueInstants(of: warning, span, start, due) { reach(.warning(warning), dueAt) }
            }
        }
        if let due, !due.isProvisional { reach(.breach, due.at) }
        let isInOrder = steps.indices.dropFirst().allSatisfy { steps[$0 - 1].dueAt <= steps[$0].dueAt }
        return isInOrder ? steps : steps.enumerated()
            .sorted { ($0.element.dueAt, $0.offset) < ($1.element.dueAt, $1.offset) }.map(\.element)
    }

    private func dueInstants(
        of warning: SupportPolicy.Warning, _ span: ClockSpan, _ start: Instant, _ due: Deadline?
    ) -> [Instant] {
        switch warning {
        // Of something that has no length.
        case .percent: return []
        case .lastDay:
            guard let day = due?.lastDay, let calendarZone else { return [] }
            return [calendarZone.start(of: day)]
        case .daysBefore(let days):
            guard let day = due?.lastDay, let zone else { return [] }
            return [zone.start(of: day.adding(days: -days))]
        case .noProgress(let time):
            let moments = [start] + span.progress.filter { $0 > start && $0 <= span.stop ?? $0 }.sorted()
            return moments.indices.compactMap { index in
                let next = index + 1 < moments.count ? moments[index + 1] : nil
                let dueAt = moments[index] + time
                return next.map { dueAt <= $0 } ?? true ? dueAt : nil
            }
        }
    }
}

extension SupportPolicy.Rule {
    /// Whether a clock that was stopped after so long reached none of its steps: most clocks of most tickets.
    fileprivate func isBefore(_ elapsed: Milliseconds, of limit: Milliseconds) -> Bool {
        elapsed < limit && warnings.allSatisfy {
            if case .percent(let percent) = $0 { elapsed < limit.share(ofPercent: percent) } else { false }
        }
    }
}

extension Milliseconds {
    /// Whole milliseconds, rounded down, without a product that could overflow.
    fileprivate func share(ofPercent percent: Int) -> Milliseconds {
        Milliseconds(count / 100 * Int64(percent) + count % 100 * Int64(percent) / 100)
    }
}
