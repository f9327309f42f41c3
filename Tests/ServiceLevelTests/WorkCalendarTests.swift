import ServiceLevel
import Terms
import Testing

private func date(_ text: String) throws -> CivilDate { try #require(CivilDate(text: text)) }

private func calendar(holidays: [String], workdays: [String], until: String) throws -> WorkCalendar {
    WorkCalendar(
        id: "XX", version: 1, documentHash: "", zone: "Europe/Berlin", week: [.monday, .tuesday],
        holidays: Set(try holidays.map(date)),
        workdays: Set(try workdays.map(date)), validUntil: try date(until), source: "a law")
}

@Suite struct WorkCalendarTests {
    /// 2026-05-04 is a Monday.
    @Test(arguments: [
        ("2026-05-04", false), ("2026-05-05", true), ("2026-05-06", false), ("2026-05-10", true), ("2026-05-11", true),
        ("2026-05-12", true), ("2026-05-16", false),
    ])
    func theWeekIsOverruledByHolidaysAndTheseByMakeUpWorkdays(text: String, isWorkday: Bool) throws {
        let calendar = try calendar(
            holidays: ["2026-05-04", "2026-05-11"], workdays: ["2026-05-10", "2026-05-11"], until: "2026-12-31")
        #expect(calendar.isWorkday(try date(text)) == isWorkday)
    }

    @Test func aCalendarCoversItsYearsToTheDayOnWhichItEnds() throws {
        let calendar = try calendar(holidays: ["2026-05-04", "2025-05-01"], workdays: [], until: "2026-11-30")
        for (text, isCovered) in [
            ("2024-12-31", false), ("2025-01-01", true), ("2026-11-30", true), ("2026-12-01", false),
        ] {
            #expect(calendar.covers(try date(text)) == isCovered, "\(text)")
        }
        #expect(!(try self.empty()).covers(try date("2026-05-04")))
    }

    private func empty() throws -> WorkCalendar {
        try calendar(holidays: [], workdays: [], until: "2026-12-31")
    }
}
