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
    private static let millisecondsADay: Int64 = 86_400_000
    /// What four digits of a year can say: 1970-01-01T00:00:00.000Z to 9999-12-31T23:59:59.999Z.
    private static let readable: Range<Int64> = 0..<Int64(CivilDate.last.daysSinceEpoch + 1) * millisecondsADay

    /// Reads RFC 3339 with seconds, at most three decimals, and `Z` or an offset; years 1970 to 9999, in UTC too.
    /// Nil for anything else, leap seconds included: they have no place in a count of milliseconds.
    package init?(rfc3339 text: String) {
        var scanner = DigitScanner(text)
        guard let date = scanner.civilDate(), scanner.skip("T"), let hour = scanner.digits(2), scanner.skip(":"),
            let minute = scanner.digits(2), scanner.skip(":"), let second = scanner.digits(2),
            let fraction = scanner.milliseconds(), let offsetMinutes = scanner.offsetMinutes(), scanner.isAtEnd,
            hour < 24, minute < 60, second < 60
        else { return nil }
        let seconds = ((date.daysSinceEpoch * 24 + hour) * 60 + minute - offsetMinutes) * 60 + second
        let milliseconds = Int64(seconds) * 1_000 + Int64(fraction)
        guard Self.readable.contains(milliseconds) else { return nil }
        self.init(milliseconds: milliseconds)
    }

    /// `2026-05-04T10:00:00.000Z`: always UTC, always three decimals, so that texts sort as instants do.
    package var rfc3339: String {
        let (days, rest) = milliseconds.quotientAndRemainderFlooring(by: Self.millisecondsADay)
        let part = Int(rest)
        return dayText(daysSinceEpoch: Int(days))
            + "T\(padded(part / 3_600_000, 2)):\(padded(part / 60_000 % 60, 2)):\(padded(part / 1_000 % 60, 2))"
            + ".\(padded(part % 1_000, 3))Z"
    }
}

extension Int64 {
    fileprivate func quotientAndRemainderFlooring(by divisor: Int64) -> (Int64, Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
