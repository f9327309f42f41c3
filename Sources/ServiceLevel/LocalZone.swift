internal import Foundation
package import Terms

/// The days of one place: which local day an instant belongs to, and when a local day begins.
///
/// For what is counted in days. Elapsed clocks count milliseconds and know no zone.
package struct LocalZone: Hashable, Sendable {
    /// The IANA name: `Europe/Berlin`.
    package let name: String
    private let zone: TimeZone

    /// Nil for a name that the time-zone data does not have.
    package init?(name: String) {
        guard let zone = TimeZone(identifier: name) else { return nil }
        self.name = name
        self.zone = zone
    }

    /// The local day that an instant belongs to; the first or last readable day beyond those.
    package func date(of instant: Instant) -> CivilDate {
        let local = instant.milliseconds + offset(at: instant.milliseconds)
        let (days, rest) = local.quotientAndRemainder(dividingBy: Self.day)
        return CivilDate.first.adding(days: Int(rest < 0 ? days - 1 : days))
    }

    /// The first instant of a local day: mostly midnight, later where the clocks were put forward over midnight.
    package func start(of date: CivilDate) -> Instant {
        let midnight = Int64(date.daysSinceEpoch) * Self.day
        let guess = midnight - offset(at: midnight - offset(at: midnight))
        if isStart(guess, of: date) { return Instant(milliseconds: guess) }
        // A change of the clocks lies near midnight: search. No zone is more than 15 hours from UTC.
        var (before, after) = (midnight - Self.farthest, midnight + Self.farthest)
        while after - before > 1 {
            let middle = before + (after - before) / 2
            if self.date(of: Instant(milliseconds: middle)) >= date { after = middle } else { before = middle }
        }
        return Instant(milliseconds: after)
    }

    /// The first instant after a local day.
    package func end(of date: CivilDate) -> Instant { start(of: date.adding(days: 1)) }

    private static let day: Int64 = 86_400_000
    static let farthest: Int64 = 15 * 3_600_000

    private func isStart(_ milliseconds: Int64, of date: CivilDate) -> Bool {
        self.date(of: Instant(milliseconds: milliseconds)) == date
            && self.date(of: Instant(milliseconds: milliseconds - 1)) < date
    }

    /// Milliseconds east of UTC.
    func offset(at milliseconds: Int64) -> Int64 {
        // Whole seconds: exact in a Double for all readable instants.
        let seconds = Double(milliseconds / 1_000)
        return Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: seconds))) * 1_000
    }
}
