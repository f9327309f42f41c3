package import Terms

/// Which days are workdays at one place, as data: one document (`calendars/DE-2026.yaml`), bound to a ticket or an
/// order by id and version.
package struct WorkCalendar: Sendable, Hashable {
    package var id: String
    package var version: Int
    /// SHA-256 of the document, 64 hexadecimal digits.
    package var documentHash: String
    /// The IANA zone whose days these are.
    package var zone: String
    /// The days of a usual week that are worked.
    package var week: Set<Weekday>
    package var holidays: Set<CivilDate>
    /// Make-up workdays: days that are worked although week or holidays say no.
    package var workdays: Set<CivilDate>
    /// The last day that the document knows about.
    package var validUntil: CivilDate
    /// Who said so: the law or the notice.
    package var source: String

    package init(
        id: String, version: Int, documentHash: String, zone: String, week: Set<Weekday>, holidays: Set<CivilDate>,
        workdays: Set<CivilDate>, validUntil: CivilDate, source: String
    ) {
        self.id = id
        self.version = version
        self.documentHash = documentHash
        self.zone = zone
        self.week = week
        self.holidays = holidays
        self.workdays = workdays
        self.validUntil = validUntil
        self.source = source
    }

    /// Whether a day is worked: it is a make-up workday, or the week has it and no holiday takes it.
    ///
    /// Outside the days that `covers` accepts the answer follows the week alone, and is provisional.
    package func isWorkday(_ date: CivilDate) -> Bool {
        workdays.contains(date) || week.contains(date.weekday) && !holidays.contains(date)
    }

    /// Whether the document speaks of the day: from the first year in which it has holidays to `validUntil`.
    package func covers(_ date: CivilDate) -> Bool {
        guard let first = holidays.min() else { return false }
        return date.year >= first.year && date <= validUntil
    }
}
