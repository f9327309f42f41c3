import ServiceLevel
import Terms
import Testing

struct LocalTimeOfDayTests {
    @Test(arguments: [
        ("Europe/Berlin", "2026-05-04", 18 * 60, "2026-05-04T16:00:00.000Z"),
        ("Europe/Berlin", "2026-05-04", 0, "2026-05-03T22:00:00.000Z"),
        ("Europe/Berlin", "2026-05-04", 1_440, "2026-05-04T22:00:00.000Z"),
        ("Europe/Berlin", "2026-05-04", 1_440 + 480, "2026-05-05T06:00:00.000Z"),
        ("Europe/Berlin", "2026-05-04", 2_880, "2026-05-05T22:00:00.000Z"),
        // 02:00 to 03:00 does not exist: all of it is the instant of the change.
        ("Europe/Berlin", "2026-03-29", 119, "2026-03-29T00:59:00.000Z"),
        ("Europe/Berlin", "2026-03-29", 120, "2026-03-29T01:00:00.000Z"),
        ("Europe/Berlin", "2026-03-29", 150, "2026-03-29T01:00:00.000Z"),
        ("Europe/Berlin", "2026-03-29", 180, "2026-03-29T01:00:00.000Z"),
        ("Europe/Berlin", "2026-03-29", 181, "2026-03-29T01:01:00.000Z"),
        // 02:00 to 03:00 comes twice: the first one is meant.
        ("Europe/Berlin", "2026-10-25", 120, "2026-10-25T00:00:00.000Z"),
        ("Europe/Berlin", "2026-10-25", 150, "2026-10-25T00:30:00.000Z"),
        ("Europe/Berlin", "2026-10-25", 180, "2026-10-25T02:00:00.000Z"),
        // By half an hour; over midnight; a whole day.
        ("Australia/Lord_Howe", "2026-10-04", 135, "2026-10-03T15:30:00.000Z"),
        ("America/Sao_Paulo", "2018-11-04", 30, "2018-11-04T03:00:00.000Z"),
        ("Pacific/Apia", "2011-12-30", 720, "2011-12-30T10:00:00.000Z"),
        ("Asia/Kathmandu", "2026-05-04", 465, "2026-05-04T02:00:00.000Z"),
    ])
    func aTimeOfTheDayIsTheFirstInstantAtWhichTheClocksHaveComeToIt(
        zone: String, day: String, minute: Int, expected: String
    ) throws {
        let zone = try #require(LocalZone(name: zone))
        let date = try #require(CivilDate(text: day))
        #expect(zone.instant(of: date, minute: minute).rfc3339 == expected)
    }

    @Test(arguments: ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Shanghai", "Africa/Casablanca"])
    func theMinutesOfADayFollowEachOther(name: String) throws {
        let zone = try #require(LocalZone(name: name))
        for number in 20_454..<20_454 + 365 {
            let date = try #require(CivilDate(daysSinceEpoch: number))
            var before = zone.start(of: date)
            for minute in stride(from: 0, through: 1_440, by: 15) {
                let instant = zone.instant(of: date, minute: minute)
                #expect(instant >= before, "\(date.text) \(minute)")
                before = instant
            }
            #expect(before == zone.end(of: date))
        }
    }

    @Test(arguments: [
        ("2026-05-04T16:00:00Z", "2026-05-04 18:00"), ("2026-05-04T22:00:01Z", "2026-05-05 00:00:01"),
        ("2026-12-04T16:00:00.007Z", "2026-12-04 17:00:00.007"),
    ])
    func anInstantIsShownAsTheClocksOfThePlaceDo(instant: String, expected: String) throws {
        let zone = try #require(LocalZone(name: "Europe/Berlin"))
        #expect(zone.clockText(at: try #require(Instant(rfc3339: instant))) == expected)
    }
}
