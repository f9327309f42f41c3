package import Terms

/// A gap in the roster that somebody has to be told of while there is time to fill it.
package struct RosterAlarm: Hashable, Sendable {
    /// Made of the gap's beginning alone: the same gap has the same id at every look, however long it lasts.
    package let id: String
    /// When it begins or began; nil where nobody was on call ever before.
    package let start: Instant?
    /// When somebody is on call again; nil where that lies beyond the time that is watched.
    package let end: Instant?
}

/// Which gaps of a roster are to be told.
package enum RosterWatch {
    /// How far ahead a gap is told.
    package static let horizon = Milliseconds.days(14)
    /// More are not told at once: the next ones follow when the first ones are over.
    package static let mostAlarms = 100

    /// The gaps that lie in the time from `now` to the horizon, the nearest first. One that is open now is named by its
    /// true beginning. Whoever tells them keeps the ids of those that were told.
    package static func alarms(
        _ roster: OnCallRoster, now: Instant, horizon: Milliseconds = horizon
    ) -> [RosterAlarm] {
        let until = now + horizon
        return roster.gaps(from: now, until: until).prefix(mostAlarms).map { gap in
            let start = gap.start > now ? gap.start : roster.lastCoverage(before: now)
            return RosterAlarm(
                id: "roster/gap/\(start?.rfc3339 ?? "ever")", start: start, end: gap.end < until ? gap.end : nil)
        }
    }
}
