/// Takes dates and times apart, ASCII digit by digit.
struct DigitScanner {
    private var rest: Substring.UTF8View

    init(_ text: String) { rest = Substring(text).utf8 }

    var isAtEnd: Bool { rest.isEmpty }

    /// A number of exactly `count` digits.
    mutating func digits(_ count: Int) -> Int? {
        let taken = rest.prefix(count)
        guard taken.count == count, taken.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        rest = rest.dropFirst(count)
        return taken.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    /// Whether the character stood here; it is behind then.
    mutating func skip(_ character: Character) -> Bool {
        guard let byte = rest.first, byte == character.asciiValue else { return false }
        rest = rest.dropFirst()
        return true
    }

    /// `2026-05-04`
    mutating func civilDate() -> CivilDate? {
        guard let year = digits(4), skip("-"), let month = digits(2), skip("-"), let day = digits(2) else { return nil }
        return CivilDate(year: year, month: month, day: day)
    }

    /// `.5` to `.500`, or nothing for 0.
    mutating func milliseconds() -> Int? {
        guard skip(".") else { return 0 }
        let digitCount = rest.prefix { (0x30...0x39).contains($0) }.count
        guard (1...3).contains(digitCount), let number = digits(digitCount) else { return nil }
        return [100, 10, 1][digitCount - 1] * number
    }

    /// `Z`, `+02:00` or `-05:45`; above 0 east of Greenwich.
    mutating func offsetMinutes() -> Int? {
        if skip("Z") { return 0 }
        let isPositive = skip("+")
        guard isPositive || skip("-"), let hours = digits(2), skip(":"), let minutes = digits(2),
            hours < 24, minutes < 60
        else { return nil }
        return (isPositive ? 1 : -1) * (hours * 60 + minutes)
    }
}
