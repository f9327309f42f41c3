package import Terms

extension WorkCalendar {
    /// Far above any promise in working days; a document whose days are all holidays must not be searched for ever.
    private static let longestSearchDays = 4_000

    /// The Nth working day after a day, which does not count itself.
    ///
    /// - Parameter believing: whether days that the document does not speak of follow the usual week; else each of
    ///   them counts as worked, which gives the earliest day that a later version can come to.
    private func workday(_ n: Int, after date: CivilDate, believing: Bool) -> CivilDate? {
        var left = n
        var day = date
        for _ in 0..<Self.longestSearchDays {
            day = day.adding(days: 1)
            if isWorkday(day) || !believing && !covers(day) { left -= 1 }
            if left <= 0 { return day }
        }
        return nil
    }

    /// The deadline after `n` working days: the first instant of the local day after the last of them.
    ///
    /// Nil where the document has no such day within ten years.
    package func deadline(workingDays n: Int, after start: Instant, in zone: LocalZone) -> Deadline? {
        let origin = zone.date(of: start)
        guard let last = workday(n, after: origin, believing: true),
            let earliest = workday(n, after: origin, believing: false)
        else { return nil }
        return Deadline(
            at: zone.end(of: last), lastDay: last, isProvisional: !covers(last) || !covers(origin),
            earliest: zone.end(of: earliest))
    }
}
