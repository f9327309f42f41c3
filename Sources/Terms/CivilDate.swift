/// A day of the Gregorian calendar without a zone, years 1970 to 9999.
package struct CivilDate: Hashable, Comparable, Sendable, BitwiseCopyable {
    /// Whole days since 1970-01-01.
    package let daysSinceEpoch: Int

    private init(unchecked daysSinceEpoch: Int) { self.daysSinceEpoch = daysSinceEpoch }

    /// The first and the last day that texts can name.
    package static let first = CivilDate(unchecked: 0)
    package static let last = CivilDate(unchecked: 2_932_896)

    /// Nil outside 1970-01-01 to 9999-12-31.
    package init?(daysSinceEpoch days: Int) {
        guard (Self.first.daysSinceEpoch...Self.last.daysSinceEpoch).contains(days) else { return nil }
        self.init(unchecked: days)
    }

    /// Nil for a day that no calendar has: the 31st of April, the 29th of February in a common year.
    package init?(year: Int, month: Int, day: Int) {
        guard (1970...9999).contains(year), (1...12).contains(month), day >= 1,
            day <= daysInMonth(year: year, month: month)
        else { return nil }
        self.init(unchecked: gregorianDays(year: year, month: month, day: day))
    }

    /// Reads `2026-05-04`; nil for anything else.
    package init?(text: String) {
        var scanner = DigitScanner(text)
        guard let date = scanner.civilDate(), scanner.isAtEnd else { return nil }
        self = date
    }

    /// `2026-05-04`: texts sort as days do.
    package var text: String { dayText(daysSinceEpoch: daysSinceEpoch) }
    package var year: Int { gregorianDate(daysSinceEpoch: daysSinceEpoch).year }
    /// 1 to 12
    package var month: Int { gregorianDate(daysSinceEpoch: daysSinceEpoch).month }
    /// 1 to 31
    package var day: Int { gregorianDate(daysSinceEpoch: daysSinceEpoch).day }

    /// 1970-01-01 was a Thursday.
    package var weekday: Weekday { Weekday.allCases[(daysSinceEpoch + 3) % 7] }

    /// The day so many days later, or earlier; the first or last day that texts can name where it lies beyond them.
    package func adding(days: Int) -> CivilDate {
        let (sum, overflow) = daysSinceEpoch.addingReportingOverflow(days)
        if overflow { return days < 0 ? .first : .last }
        return CivilDate(unchecked: min(max(sum, Self.first.daysSinceEpoch), Self.last.daysSinceEpoch))
    }

    /// The same day so many months later, or earlier; the last day of that month where it has no such day. The first or
    /// last day that texts can name where it lies beyond them.
    ///
    /// Count always from the origin, since clamping twice loses days: one month after 31 January is 28 February, two
    /// months after it is 31 March.
    package func adding(months: Int) -> CivilDate {
        let date = gregorianDate(daysSinceEpoch: daysSinceEpoch)
        let (count, overflow) = (date.year * 12 + date.month - 1).addingReportingOverflow(months)
        guard !overflow, count >= Self.first.year * 12 else { return months < 0 ? .first : .last }
        let (year, month) = (count / 12, count % 12 + 1)
        guard year <= Self.last.year else { return .last }
        let day = min(date.day, daysInMonth(year: year, month: month))
        return CivilDate(unchecked: gregorianDays(year: year, month: month, day: day))
    }

    package static func < (a: CivilDate, b: CivilDate) -> Bool { a.daysSinceEpoch < b.daysSinceEpoch }
}

/// A day of the week, as ISO 8601 orders them.
package enum Weekday: String, CaseIterable, Hashable, Sendable {
    case monday, tuesday, wednesday, thursday, friday, saturday, sunday
}

/// `2026-05-04`, for any count of days.
func dayText(daysSinceEpoch days: Int) -> String {
    let date = gregorianDate(daysSinceEpoch: days)
    return "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))"
}

/// Decimal digits, zeros before them up to `width`.
func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
}

private func daysInMonth(year: Int, month: Int) -> Int {
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    return month == 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
}

/// Days from 1970-01-01 in the proleptic Gregorian calendar. Years are counted from March, so that the leap day
/// is a year's last and month lengths follow one linear formula.
private func gregorianDays(year: Int, month: Int, day: Int) -> Int {
    let marchYear = month <= 2 ? year - 1 : year
    let marchMonth = (month + 9) % 12
    let dayOfYear = (153 * marchMonth + 2) / 5 + day - 1
    return marchYear * 365 + marchYear / 4 - marchYear / 100 + marchYear / 400 + dayOfYear - 719_468
}

private func gregorianDate(daysSinceEpoch days: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
}
