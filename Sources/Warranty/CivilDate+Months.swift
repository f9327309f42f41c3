internal import Terms

extension CivilDate {
    /// The month, 1 to 12.
    private var month: Int { (2...12).last { firstDay(ofMonth: $0) <= self } ?? 1 }

    /// Day of the month, 1 to 31.
    private var dayOfMonth: Int { daysSinceEpoch - firstDay(ofMonth: month).daysSinceEpoch + 1 }

    private func firstDay(ofMonth month: Int) -> CivilDate { CivilDate(year: year, month: month, day: 1) ?? .first }

    /// The day with the same number so many months later, or that month's last day where it has no such day: the 31st
    /// of January and one month is the 28th or 29th of February. Beyond the last day that texts can name: that day.
    ///
    /// Periods are always counted from their origin, never month by month, since clamping twice loses days.
    func later(months: Int) -> CivilDate {
        let (count, overflow) = (year * 12 + month - 1).addingReportingOverflow(months)
        guard !overflow, count >= CivilDate.first.year * 12 else { return months < 0 ? .first : .last }
        guard count / 12 <= CivilDate.last.year else { return .last }
        let day = dayOfMonth
        let candidates = [day, 30, 29, 28].filter { $0 <= day }
        return candidates.lazy.compactMap { CivilDate(year: count / 12, month: count % 12 + 1, day: $0) }.first ?? .last
    }

    /// The day so many days later, within what texts can name.
    func later(days: Int) -> CivilDate {
        let (count, overflow) = daysSinceEpoch.addingReportingOverflow(days)
        guard !overflow else { return days < 0 ? .first : .last }
        return CivilDate(daysSinceEpoch: count) ?? (count < 0 ? .first : .last)
    }
}
