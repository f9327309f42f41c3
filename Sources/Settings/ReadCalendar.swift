package import ServiceLevel
package import StrictYAML
internal import Terms

/// More than a year has.
private let entryLimit = 400
/// Days of one holiday: a range that was meant is far shorter, one with a mistyped year far longer.
private let longestHolidayDays = 31

/// Reads `calendars/*.yaml`: the workdays of one place.
///
/// - Parameter documentHash: SHA-256 of the text, 64 hexadecimal digits.
package func readCalendar(_ text: String, name: String, documentHash: String) throws(InvalidText) -> WorkCalendar {
    try readYAML(text, name: name) { root in
        root.mapping { map in
            let id = map.required("calendar") { $0.identifier() }
            let version = map.required("version") { $0.integer(in: 1...1_000_000) }
            let zone = map.required("zone") { $0.zone() }
            let week = map.required("week", readWeek)
            let validUntil = map.required("validUntil") { $0.day() }
            let source = map.required("source") { $0.string() }
            let holidays = map.required("holidays", readHolidays)
            let workdays = map.required("workdays") { readWorkdays($0, week: week ?? [], holidays: holidays ?? []) }
            guard let id, let version, let zone, let week, let validUntil, let source, let holidays, let workdays
            else { return nil }
            reportYears(of: holidays, workdays, until: validUntil, map)
            return WorkCalendar(
                id: id, version: version, documentHash: documentHash, zone: zone, week: week, holidays: holidays,
                workdays: workdays, validUntil: validUntil, source: source)
        }
    }
}

private func readWeek(_ value: YAMLValue) -> Set<Weekday>? {
    guard let days = value.list(upTo: Weekday.allCases.count, { $0.oneOf(Weekday.self) }) else { return nil }
    guard Set(days).count == days.count else { return value.refuse("a day of the week is there twice") }
    guard !days.isEmpty else { return value.refuse("a week without a workday") }
    return Set(days)
}

/// A list of `{name, on}` or `{name, from, to}`.
private func readHolidays(_ value: YAMLValue) -> Set<CivilDate>? {
    var holidays: Set<CivilDate> = []
    let ranges = value.list(upTo: entryLimit) { entry in
        entry.mapping { map -> ClosedRange<CivilDate>? in
            let name = map.required("name") { $0.string() }
            let days = map.has("on") ? map.required("on") { $0.day() }.map { $0...$0 } : readRange(map)
            guard name != nil, let days else { return nil }
            for number in days.lowerBound.daysSinceEpoch...days.upperBound.daysSinceEpoch {
                guard let date = CivilDate(daysSinceEpoch: number) else { continue }
                if !holidays.insert(date).inserted { map.report("\(date.text) is a holiday already") }
            }
            return days
        }
    }
    return ranges.map { _ in holidays }
}

private func readRange(_ map: YAMLMapping) -> ClosedRange<CivilDate>? {
    let from = map.required("from") { $0.day() }
    let to = map.required("to") { $0.day() }
    guard let from, let to else { return nil }
    guard from <= to else {
        map.report("from \(from.text) to \(to.text) ends before it begins")
        return nil
    }
    let count = to.daysSinceEpoch - from.daysSinceEpoch + 1
    guard count <= longestHolidayDays else {
        map.report("a holiday of \(count) days; at most \(longestHolidayDays) are believed")
        return nil
    }
    return from...to
}

/// A list of days, each of which the week would take.
private func readWorkdays(_ value: YAMLValue, week: Set<Weekday>, holidays: Set<CivilDate>) -> Set<CivilDate>? {
    var workdays: Set<CivilDate> = []
    let list = value.list(upTo: entryLimit) { entry -> CivilDate? in
        guard let date = entry.day() else { return nil }
        if !workdays.insert(date).inserted { entry.report("\(date.text) is there twice") }
        if holidays.contains(date) {
            entry.report("\(date.text) is a holiday too; it can be only one of both")
        } else if week.contains(date.weekday) {
            entry.report("\(date.text) is a \(date.weekday.rawValue) and worked anyway; which day was meant?")
        }
        return date
    }
    return list.map { _ in workdays }
}

/// A year without a holiday is a year that nobody filled in.
private func reportYears(
    of holidays: Set<CivilDate>, _ workdays: Set<CivilDate>, until validUntil: CivilDate, _ map: YAMLMapping
) {
    let years = Set(holidays.map(\.year))
    guard let first = years.min() else {
        map.report("holidays: none is there; a year without holidays is taken for one that was not filled in")
        return
    }
    for year in first...max(first, validUntil.year) where !years.contains(year) {
        map.report("holidays: \(year) has none, but the calendar is valid until \(validUntil.text)")
    }
    for date in holidays.union(workdays).sorted() where date > validUntil || date.year < first {
        map.report("\(date.text) lies outside the years from \(first) to \(validUntil.text)")
    }
}
