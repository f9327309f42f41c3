internal import ServiceLevel
internal import Terms

/// One day of a place, from its first instant to that of the next day.
struct LocalDay: Hashable, Sendable {
    var date: CivilDate
    var start: Instant
    /// Excluded.
    var end: Instant

    /// 24 h, an hour more or less where the clocks are changed.
    var length: Milliseconds { end - start }
}

/// The days of a site, by the midnights of its zone.
struct SiteDays: Sendable {
    /// The IANA zone.
    let name: String
    private let date: @Sendable (Instant) -> CivilDate
    private let start: @Sendable (CivilDate) -> Instant

    init(
        name: String, date: @escaping @Sendable (Instant) -> CivilDate,
        start: @escaping @Sendable (CivilDate) -> Instant
    ) {
        self.name = name
        self.date = date
        self.start = start
    }

    /// The day that holds an instant.
    func day(of instant: Instant) -> LocalDay { day(date(instant)) }

    /// One day by its date.
    func day(_ date: CivilDate) -> LocalDay {
        LocalDay(date: date, start: start(date), end: start(date.next))
    }
}

extension CivilDate {
    /// The day after; the last day there is stays.
    var next: CivilDate { CivilDate(daysSinceEpoch: daysSinceEpoch + 1) ?? .last }
}
