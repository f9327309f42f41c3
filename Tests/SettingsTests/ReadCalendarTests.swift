import Foundation
import ServiceLevel
import Settings
import StrictYAML
import Terms
import Testing

private func shipped(_ id: String) throws -> WorkCalendar {
    let name = "calendars/\(id).yaml"
    return try readCalendar(try shippedText(name), name: name, documentHash: "")
}

private func date(_ text: String) throws -> CivilDate { try #require(CivilDate(text: text)) }

private func days(of year: Int) -> [CivilDate] {
    (0..<47_847).compactMap(CivilDate.init(daysSinceEpoch:)).filter { $0.year == year }
}

private let good = """
    calendar: XX-2026
    version: 1
    zone: Europe/Berlin
    week: [monday, tuesday, wednesday, thursday, friday]
    holidays:
      - {name: One, on: 2026-01-01}
      - {name: Some, from: 2026-12-24, to: 2026-12-26}
    workdays: [2026-12-19]
    validUntil: 2026-12-31
    source: a law
    """

private func problems(_ text: String) -> [String] {
    do throws(InvalidText) {
        _ = try readCalendar(text, name: "x.yaml", documentHash: "")
        return []
    } catch {
        return error.problems.map(\.description)
    }
}

@Suite struct ReadCalendarTests {
    @Test func germanyWorks254DaysOf2026() throws {
        let calendar = try shipped("DE-2026")
        #expect(calendar.id == "DE-2026" && calendar.zone == "Europe/Berlin")
        let off = days(of: 2026).filter { !calendar.isWorkday($0) }
        let onWeekdays = off.filter { ![.saturday, .sunday].contains($0.weekday) }.map(\.text)
        #expect(
            onWeekdays == [
                "2026-01-01", "2026-04-03", "2026-04-06", "2026-05-01", "2026-05-14", "2026-05-25", "2026-12-25",
            ])
        #expect(calendar.holidays.count == 9)
        // 365 days, 52 Saturdays, 52 Sundays, 7 holidays on other days.
        #expect(365 - off.count == 254)
    }

    @Test func chinaWorksAtSomeWeekendsAndRestsInHolidays() throws {
        let calendar = try shipped("CN-2026")
        #expect(calendar.zone == "Asia/Shanghai")
        let atWeekends = days(of: 2026).filter {
            calendar.isWorkday($0) && [.saturday, .sunday].contains($0.weekday)
        }
        #expect(
            atWeekends.map(\.text) == [
                "2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10",
            ])
        #expect(calendar.holidays.count == 3 + 9 + 3 + 5 + 3 + 3 + 7)
        for (text, isWorkday) in [
            ("2026-02-13", true), ("2026-02-15", false), ("2026-02-23", false), ("2026-02-24", true),
            ("2026-09-28", true), ("2026-10-01", false), ("2026-10-07", false), ("2026-10-08", true),
        ] {
            #expect(calendar.isWorkday(try date(text)) == isWorkday, "\(text)")
        }
    }

    @Test(arguments: ["DE-2026", "CN-2026"])
    func aCalendarKnowsItsYearAndNoOther(id: String) throws {
        let calendar = try shipped(id)
        for (text, isCovered) in [
            ("2025-12-31", false), ("2026-01-01", true), ("2026-12-31", true), ("2027-01-01", false),
        ] {
            #expect(calendar.covers(try date(text)) == isCovered, "\(text)")
        }
    }

    @Test func aMakeUpWorkdayBeatsTheWeekAndAHolidayBeatsIt() throws {
        let calendar = try readCalendar(good, name: "x.yaml", documentHash: "")
        #expect(calendar.isWorkday(try date("2026-12-19")))
        #expect(!calendar.isWorkday(try date("2026-12-20")))
        #expect(!calendar.isWorkday(try date("2026-12-24")))
        #expect(!calendar.isWorkday(try date("2026-12-26")))
        #expect(calendar.isWorkday(try date("2026-12-28")))
    }

    @Test(arguments: [
        ("validUntil: 2026-12-31", "validUntil: 2027-12-31", "1:1: holidays: 2027 has none"),
        ("{name: One, on: 2026-01-01}", "{name: One, on: 2024-01-01}", "1:1: holidays: 2025 has none"),
        ("validUntil: 2026-12-31", "validUntil: 2026-12-25", "1:1: 2026-12-26 lies outside"),
        ("[2026-12-19]", "[2026-12-24]", "8:12: workdays[0]: 2026-12-24 is a holiday too"),
        ("[2026-12-19]", "[2026-12-26]", "8:12: workdays[0]: 2026-12-26 is a holiday too"),
        ("[2026-12-19]", "[2026-12-18]", "8:12: workdays[0]: 2026-12-18 is a friday and worked anyway"),
        ("[2026-12-19]", "[2026-12-19, 2026-12-19]", "8:24: workdays[1]: 2026-12-19 is there twice"),
        ("[2026-12-19]", "[2025-12-20]", "1:1: 2025-12-20 lies outside"),
        ("[2026-12-19]", "[12-19]", "8:12: workdays[0]: \"12-19\" is no day such as 2026-05-04"),
        ("on: 2026-01-01", "on: 2026-02-29", "6:21: holidays[0].on: \"2026-02-29\" is no day"),
        ("on: 2026-01-01", "on: 2026-12-25", "7:5: holidays[1]: 2026-12-25 is a holiday already"),
        ("on: 2026-01-01", "on: 2026-01-01, to: 2026-01-03", "6:33: holidays[0]: unknown key \"to\""),
        ("from: 2026-12-24, ", "", "7:5: holidays[1]: key \"from\" is missing"),
        ("to: 2026-12-26", "to: 12-26", "7:40: holidays[1].to: \"12-26\" is no day"),
        ("to: 2026-12-26", "to: 2026-12-23", "7:5: holidays[1]: from 2026-12-24 to 2026-12-23 ends before"),
        ("to: 2026-12-26", "to: 2027-12-26", "7:5: holidays[1]: a holiday of 368 days"),
        ("tuesday", "monday", "4:7: week: a day of the week is there twice"),
        ("tuesday", "tusday", "4:16: week[1]: \"tusday\" is not known; did you mean \"tuesday\"?"),
        ("Europe/Berlin", "Europe/Berln", "3:7: zone: \"Europe/Berln\" is no IANA time zone such as Europe/Berlin"),
        ("source: a law", "source: ''", "10:9: source: text expected, got nothing"),
        ("source", "sources", "1:1: key \"source\" is missing"),
        ("version: 1", "version: 0", "2:10: version: 0 is outside"),
    ])
    func aCalendarThatCannotBeMeantIsRefusedWithItsPlace(part: String, replacement: String, problem: String) {
        let found = problems(good.replacingOccurrences(of: part, with: replacement))
        #expect(found.contains { $0.hasPrefix("x.yaml:\(problem)") }, "\(found)")
    }

    @Test func aCalendarWithoutHolidaysOrWeekIsRefused() {
        let lines = good.split(separator: "\n")
        let empty = (lines[0..<4] + ["holidays: []"] + lines[7...]).joined(separator: "\n")
        #expect(problems(empty).contains { $0.contains("holidays: none is there") })
        let idle = good.replacingOccurrences(of: "[monday, tuesday, wednesday, thursday, friday]", with: "[]")
        #expect(problems(idle).contains { $0.hasPrefix("x.yaml:4:7: week: a week without a workday") })
        #expect(problems(good) == [])
    }
}
