import Foundation
import Terms
import Testing

@Suite struct CivilDateTests {
    @Test(arguments: [
        ("1970-01-01", 0, Weekday.thursday), ("2000-02-29", 11_016, .tuesday), ("2026-02-15", 20_499, .sunday),
        ("2026-12-25", 20_812, .friday), ("9999-12-31", 2_932_896, .friday),
    ])
    func aTextSaysItsDay(text: String, days: Int, weekday: Weekday) throws {
        let date = try #require(CivilDate(text: text))
        #expect(date.daysSinceEpoch == days)
        #expect(date.weekday == weekday)
        #expect(date.text == text)
        #expect(CivilDate(daysSinceEpoch: days) == date)
    }

    @Test(arguments: [
        "", "2026-02-29", "2026-2-9", "2026-02-31", "2026-13-01", "2026-00-01", "2026-01-00", "1969-12-31",
        "10000-01-01", "2026-01-01T00:00:00Z", "2026/01/01", "20260101", " 2026-01-01", "2026-01-01 ", "-026-01-01",
    ])
    func whatIsNoDayIsRefused(text: String) {
        #expect(CivilDate(text: text) == nil)
    }

    @Test func daysOutsideTheReadableYearsAreRefused() {
        #expect(CivilDate(daysSinceEpoch: -1) == nil)
        #expect(CivilDate(daysSinceEpoch: 2_932_897) == nil)
        #expect(CivilDate(year: .max, month: 1, day: 1) == nil)
    }

    @Test func everyDayFrom1970To2100HasTheWeekdayAndYearThatFoundationSays() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(secondsFromGMT: 0))
        var wrong: [Int] = []
        for day in 0..<47_847 {
            let parts = calendar.dateComponents(
                [.year, .month, .day, .weekday], from: Date(timeIntervalSince1970: Double(day) * 86_400))
            let date = CivilDate(daysSinceEpoch: day)
            // Foundation counts from Sunday as 1.
            let weekday = Weekday.allCases[((parts.weekday ?? 0) + 5) % 7]
            let same = CivilDate(year: parts.year ?? 0, month: parts.month ?? 0, day: parts.day ?? 0)
            if date == nil || date != same || date?.weekday != weekday || date?.year != parts.year { wrong.append(day) }
        }
        #expect(wrong.isEmpty, "\(wrong.prefix(3))")
    }

    @Test func daysAreOrdered() throws {
        let eve = try #require(CivilDate(text: "2026-12-31"))
        let day = try #require(CivilDate(text: "2027-01-01"))
        #expect(eve < day)
        #expect(day.daysSinceEpoch - eve.daysSinceEpoch == 1)
    }
}

struct CivilDateArithmeticTests {
    @Test(arguments: [
        ("2026-01-31", 1, "2026-02-28"), ("2026-01-31", 2, "2026-03-31"), ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", 48, "2028-02-29"), ("2026-11-30", 3, "2027-02-28"), ("2026-05-31", -3, "2026-02-28"),
        ("2026-05-04", 0, "2026-05-04"), ("1970-01-31", -1, "1970-01-01"), ("9999-12-31", 1, "9999-12-31"),
        ("2026-05-04", Int.max, "9999-12-31"), ("2026-05-04", Int.min, "1970-01-01"),
    ])
    func monthsClampToTheirEnd(from: String, months: Int, to: String) throws {
        #expect(try #require(CivilDate(text: from)).adding(months: months).text == to)
    }

    @Test(arguments: [
        ("2026-02-28", 1, "2026-03-01"), ("2026-01-01", -1, "2025-12-31"), ("2026-05-04", 365, "2027-05-04"),
        ("1970-01-01", -1, "1970-01-01"), ("9999-12-31", 1, "9999-12-31"), ("2026-05-04", Int.max, "9999-12-31"),
        ("2026-05-04", Int.min, "1970-01-01"),
    ])
    func daysAreCountedAcrossMonths(from: String, days: Int, to: String) throws {
        #expect(try #require(CivilDate(text: from)).adding(days: days).text == to)
    }
}
