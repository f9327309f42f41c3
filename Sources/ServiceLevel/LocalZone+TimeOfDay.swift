package import Terms

extension LocalZone {
    /// The first instant at which the clocks of the place have come to a time of a day.
    ///
    /// A time that the clocks skip is the instant at which they do; one that comes twice is meant the first time.
    ///
    /// - Parameter minute: minutes after midnight as the clocks show them, 0 to 2880: 1440 is the end of the day, and
    ///   what is above belongs to the day after.
    package func instant(of date: CivilDate, minute: Int) -> Instant {
        let (days, minute) = minute.quotientAndRemainder(dividingBy: 24 * 60)
        let date = date.adding(days: days)
        // So that a shift that ends with a day ends where that day does.
        guard minute > 0 else { return start(of: date) }
        let local = (Int64(date.daysSinceEpoch) * 24 * 60 + Int64(minute)) * 60_000
        // No zone changes its clocks twice within these hours.
        var (first, last) = (local - Self.farthest, local + Self.farthest)
        let (before, after) = (offset(at: first), offset(at: last))
        if offset(at: local - before) == before { return Instant(milliseconds: local - before) }
        if offset(at: local - after) == after { return Instant(milliseconds: local - after) }
        while last - first > 1 {
            let middle = first + (last - first) / 2
            if offset(at: middle) == before { first = middle } else { last = middle }
        }
        return Instant(milliseconds: last)
    }

    /// What the clocks of the place show: `2026-05-04 18:00`, with seconds only where there are some.
    package func clockText(at instant: Instant) -> String {
        let text = Instant(milliseconds: instant.milliseconds + offset(at: instant.milliseconds)).rfc3339
        let day = text.prefix(10)
        let time = text.dropFirst(11).prefix(12)
        return "\(day) \(time.hasSuffix(":00.000") ? time.prefix(5) : time.hasSuffix(".000") ? time.prefix(8) : time)"
    }
}
