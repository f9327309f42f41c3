import ServiceLevel
import Terms
import Testing

struct LocalZoneTests {
    private func day(_ text: String) throws -> CivilDate { try #require(CivilDate(text: text)) }

    /// When a local day begins, and how many hours it has.
    private func span(_ text: String, in name: String) throws -> String {
        let zone = try #require(LocalZone(name: name))
        let (start, end) = (zone.start(of: try day(text)), zone.end(of: try day(text)))
        return "\(start.rfc3339) \((end - start).text)"
    }

    @Test(arguments: [
        ("Europe/Berlin", "2026-03-28", "2026-03-27T23:00:00.000Z 24h"),
        ("Europe/Berlin", "2026-03-29", "2026-03-28T23:00:00.000Z 23h"),
        ("Europe/Berlin", "2026-10-25", "2026-10-24T22:00:00.000Z 25h"),
        ("Asia/Shanghai", "2026-02-25", "2026-02-24T16:00:00.000Z 24h"),
        // Midnight itself is skipped or comes twice.
        ("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00.000Z 23h"),
        ("America/Havana", "2026-11-01", "2026-11-01T04:00:00.000Z 25h"),
        // By half an hour alone.
        ("Australia/Lord_Howe", "2026-04-05", "2026-04-04T13:00:00.000Z 24h30min"),
        // The whole day was skipped.
        ("Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00.000Z 0"),
    ])
    func aLocalDayHasTheHoursThatItHas(zone: String, date: String, expected: String) throws {
        #expect(try span(date, in: zone) == expected)
    }

    @Test(arguments: [
        "UTC", "Europe/Berlin", "Asia/Shanghai", "America/New_York", "Asia/Kolkata", "Pacific/Kiritimati",
        "Pacific/Pago_Pago", "Africa/Casablanca", "Asia/Beirut", "Australia/Lord_Howe",
    ])
    func everyDayBeginsWithItsFirstInstant(name: String) throws {
        let zone = try #require(LocalZone(name: name))
        var date = try day("2025-12-30")
        while date < (try day("2027-01-03")) {
            let start = zone.start(of: date)
            #expect(zone.date(of: start) == date)
            #expect(zone.date(of: start - Milliseconds(1)) == date.adding(days: -1))
            #expect(zone.end(of: date) == zone.start(of: date.adding(days: 1)))
            date = date.adding(days: 1)
        }
    }

    @Test func aZoneThatIsNotThereIsNone() {
        #expect(LocalZone(name: "Europe/Atlantis") == nil)
        #expect(LocalZone(name: "") == nil)
    }
}
