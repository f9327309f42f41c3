internal import ServiceLevel
internal import StrictYAML
internal import Terms

/// Days of one change: who is away for longer has left, or needs a week of their own.
private let longestChange = Milliseconds.days(366)

extension YAMLValue {
    /// A time zone whose days can be told.
    func localZone() -> LocalZone? {
        guard let name = zone() else { return nil }
        return LocalZone(name: name) ?? refuse("the time-zone data of this program does not have \(name)")
    }

    /// Minutes after midnight: `08:00`, `24:00`.
    func minuteOfDay() -> Int? {
        guard let text = string() else { return nil }
        return Self.minuteOfDay(text) ?? refuse("\"\(text)\" is no time of the day such as 08:00 or 24:00")
    }

    private static func minuteOfDay(_ text: some StringProtocol) -> Int? {
        let digits = Array(text.utf8)
        guard digits.count == 5, digits[2] == UInt8(ascii: ":") else { return nil }
        let numbers = [0, 1, 3, 4].map { Int(digits[$0]) - 0x30 }
        guard numbers.allSatisfy({ (0...9).contains($0) }) else { return nil }
        let (hour, minute) = (numbers[0] * 10 + numbers[1], numbers[2] * 10 + numbers[3])
        return minute < 60 && hour * 60 + minute <= 1_440 ? hour * 60 + minute : nil
    }

    /// A number that a person can dial.
    func phone() -> String? {
        guard let text = string() else { return nil }
        let isPlain = text.utf8.allSatisfy { (0x30...0x39).contains($0) || "+ -/().".utf8.contains($0) }
        let digits = text.utf8.filter { (0x30...0x39).contains($0) }.count
        guard isPlain, (3...20).contains(digits), text.utf8.count <= 40 else {
            return refuse("\"\(text.prefix(40))\" is no telephone number such as +49 30 123456, of 3 to 20 digits")
        }
        return text
    }

    /// Where a time begins or ends: a whole day, a time on the clocks of the place, or an instant.
    fileprivate func edge(in zone: LocalZone, isEnd: Bool) -> Instant? {
        guard let text = string() else { return nil }
        if let date = CivilDate(text: text) { return isEnd ? zone.end(of: date) : zone.start(of: date) }
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        if parts.count == 2, let date = CivilDate(text: String(parts[0])), let minute = Self.minuteOfDay(parts[1]) {
            return zone.instant(of: date, minute: minute)
        }
        return Instant(rfc3339: text)
            ?? refuse("\"\(text.prefix(60))\" is none of 2026-05-04, 2026-05-04 18:00 and 2026-05-04T16:00:00Z")
    }
}

extension YAMLMapping {
    /// `on` with one day, or `from` and `to`, both days included; times and instants instead of days are half-open.
    func time(in zone: LocalZone) -> (start: Instant, end: Instant)? {
        if has("on") {
            return required("on") { $0.day() }.map { (zone.start(of: $0), zone.end(of: $0)) }
        }
        let start = required("from") { $0.edge(in: zone, isEnd: false) }
        let end = required("to") { $0.edge(in: zone, isEnd: true) }
        guard let start, let end else { return nil }
        guard start < end else {
            report("it ends before it begins")
            return nil
        }
        guard end - start <= longestChange else {
            report("a change of more than 366 days is not believed; write a week that is valid from then on")
            return nil
        }
        return (start, end)
    }
}
