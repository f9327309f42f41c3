/// A point in time: whole milliseconds since 1970-01-01T00:00:00Z, without leap seconds.
package struct Instant: Hashable, Comparable, Sendable, BitwiseCopyable {
    package var milliseconds: Int64

    package init(milliseconds: Int64) { self.milliseconds = milliseconds }

    package static func < (a: Instant, b: Instant) -> Bool { a.milliseconds < b.milliseconds }
    package static func + (a: Instant, b: Milliseconds) -> Instant {
        Instant(milliseconds: a.milliseconds + b.count)
    }
    package static func - (a: Instant, b: Milliseconds) -> Instant {
        Instant(milliseconds: a.milliseconds - b.count)
    }
    package static func - (a: Instant, b: Instant) -> Milliseconds {
        Milliseconds(a.milliseconds - b.milliseconds)
    }
}

extension Instant {
    /// Reads RFC 3339 with seconds, at most three decimals, and `Z` or an offset; years 1970 to 9999.
    /// Nil for anything else, leap seconds included: they have no place in a count of milliseconds.
    package init?(rfc3339 text: String) {
        var scanner = DigitScanner(text)
        guard let year = scanner.digits(4), scanner.skip("-"), let month = scanner.digits(2), scanner.skip("-"),
            let day = scanner.digits(2), scanner.skip("T"), let hour = scanner.digits(2), scanner.skip(":"),
            let minute = scanner.digits(2), scanner.skip(":"), let second = scanner.digits(2),
            let fraction = scanner.milliseconds(), let offsetMinutes = scanner.offsetMinutes(), scanner.isAtEnd,
            year >= 1970, (1...12).contains(month), day >= 1, day <= daysInMonth(year: year, month: month),
            hour < 24, minute < 60, second < 60
        else { return nil }
        let days = daysSinceEpoch(year: year, month: month, day: day)
        let seconds = ((days * 24 + hour) * 60 + minute - offsetMinutes) * 60 + second
        self.init(milliseconds: Int64(seconds) * 1_000 + Int64(fraction))
    }

    /// `2026-05-04T10:00:00.000Z`: always UTC, always three decimals, so that texts sort as instants do.
    package var rfc3339: String {
        let (days, rest) = milliseconds.quotientAndRemainderFlooring(by: 86_400_000)
        let date = civilDate(daysSinceEpoch: Int(days))
        let part = Int(rest)
        return "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))T"
            + "\(padded(part / 3_600_000, 2)):\(padded(part / 60_000 % 60, 2)):\(padded(part / 1_000 % 60, 2))"
            + ".\(padded(part % 1_000, 3))Z"
    }
}

private func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
}

private func daysInMonth(year: Int, month: Int) -> Int {
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    return month == 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
}

/// Days from 1970-01-01 in the proleptic Gregorian calendar. Years are counted from March, so that the leap day
/// is a year's last and month lengths follow one linear formula.
private func daysSinceEpoch(year: Int, month: Int, day: Int) -> Int {
    let marchYear = month <= 2 ? year - 1 : year
    let marchMonth = (month + 9) % 12
    let dayOfYear = (153 * marchMonth + 2) / 5 + day - 1
    return marchYear * 365 + marchYear / 4 - marchYear / 100 + marchYear / 400 + dayOfYear - 719_468
}

private func civilDate(daysSinceEpoch days: Int) -> (year: Int, month: Int, day: Int) {
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

extension Int64 {
    fileprivate func quotientAndRemainderFlooring(by divisor: Int64) -> (Int64, Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}

private struct DigitScanner {
    private var rest: Substring.UTF8View

    init(_ text: String) { rest = Substring(text).utf8 }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func digits(_ count: Int) -> Int? {
        let taken = rest.prefix(count)
        guard taken.count == count, taken.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        rest = rest.dropFirst(count)
        return taken.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    mutating func skip(_ character: Character) -> Bool {
        guard let byte = rest.first, byte == character.asciiValue else { return false }
        rest = rest.dropFirst()
        return true
    }

    mutating func milliseconds() -> Int? {
        guard skip(".") else { return 0 }
        let digitCount = rest.prefix { (0x30...0x39).contains($0) }.count
        guard (1...3).contains(digitCount), let number = digits(digitCount) else { return nil }
        return [100, 10, 1][digitCount - 1] * number
    }

    mutating func offsetMinutes() -> Int? {
        if skip("Z") { return 0 }
        let isPositive = skip("+")
        guard isPositive || skip("-"), let hours = digits(2), skip(":"), let minutes = digits(2),
            hours < 24, minutes < 60
        else { return nil }
        return (isPositive ? 1 : -1) * (hours * 60 + minutes)
    }
}
