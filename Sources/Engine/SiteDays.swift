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
    private let zone: LocalZone

    init(_ zone: LocalZone) { self.zone = zone }

    /// The IANA zone.
    var name: String { zone.name }

    /// The day that holds an instant.
    func day(of instant: Instant) -> LocalDay { day(zone.date(of: instant)) }

    /// One day by its date.
    func day(_ date: CivilDate) -> LocalDay {
        LocalDay(date: date, start: zone.start(of: date), end: zone.end(of: date))
    }
}
