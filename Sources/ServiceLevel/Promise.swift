package import Terms

/// What a ticket, an order or a site is bound to: the policy, and for promises in days the calendar and the zone of
/// the named place. Never changed: everything that is bound to the same documents shares one.
package final class Promise: Hashable, Sendable {
    package let policy: SupportPolicy
    package let calendar: WorkCalendar?
    package let zone: LocalZone?
    /// The zone in which working days are told: the calendar's own.
    let calendarZone: LocalZone?

    package init(policy: SupportPolicy, calendar: WorkCalendar? = nil, zone: LocalZone? = nil) {
        self.policy = policy
        self.calendar = calendar
        self.zone = zone
        calendarZone = calendar.flatMap { LocalZone(name: $0.zone) }
    }

    package static func == (a: Promise, b: Promise) -> Bool {
        a === b || a.policy == b.policy && a.calendar == b.calendar && a.zone == b.zone
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(policy.documentHash) }

    /// The deadline of a clock that was started; nil for a stopwatch, and for one whose policy has no rule for it.
    package func deadline(
        of clock: Clock, _ span: ClockSpan, from start: Instant
    ) throws(DeadlineUnknown) -> Deadline? {
        switch policy.rules[clock]?.limit {
        case nil, .stopwatch: return nil
        case .elapsed(let limit): return Deadline(at: start + limit)
        case .workingDays(let count):
            guard let calendar else { throw DeadlineUnknown(reason: .noCalendar) }
            guard let zone = calendarZone else { throw DeadlineUnknown(reason: .noZone) }
            guard let deadline = calendar.deadline(workingDays: count, after: start, in: zone) else {
                throw DeadlineUnknown(reason: .noWorkday)
            }
            return deadline
        case .agreed:
            guard let agreed = span.agreed else { return nil }
            guard let zone else {
                if case .instant(let instant) = agreed { return Deadline(at: instant) }
                throw DeadlineUnknown(reason: .noZone)
            }
            switch agreed {
            case .instant(let instant): return Deadline(at: instant, lastDay: zone.date(of: instant - Milliseconds(1)))
            case .day(let day): return Deadline(at: zone.end(of: day), lastDay: day)
            case .daysAfterStart(let days):
                let last = zone.date(of: start).adding(days: days)
                return Deadline(at: zone.end(of: last), lastDay: last)
            }
        }
    }
}

/// Thrown where a deadline cannot be told.
package struct DeadlineUnknown: Error, Hashable, Sendable {
    package var reason: UnknownDeadline
}
