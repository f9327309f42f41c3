import Foundation
import Terms
import Testing

@Suite struct InstantTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T00:00:00.001Z", 1),
        ("2000-02-29T12:34:56.789Z", 951_827_696_789),
        ("2026-05-04T10:00:00Z", 1_777_888_800_000),
        ("2026-05-04T12:00:00+02:00", 1_777_888_800_000),
        ("2026-05-04T04:15:00.000-05:45", 1_777_888_800_000),
        ("2026-05-04T10:00:00-00:00", 1_777_888_800_000),
        ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
    ])
    func aTextSaysItsInstant(text: String, milliseconds: Int64) {
        #expect(Instant(rfc3339: text)?.milliseconds == milliseconds)
    }

    @Test(arguments: [("5", 500), ("50", 500), ("500", 500), ("05", 50), ("050", 50), ("007", 7), ("999", 999)])
    func oneToThreeDecimalsAreAFractionOfASecond(decimals: String, milliseconds: Int64) {
        #expect(Instant(rfc3339: "1970-01-01T00:00:00.\(decimals)Z")?.milliseconds == milliseconds)
    }

    @Test(arguments: [
        "", "Z", "2026", "2026-05-04", "2026-05-04T10:00", "2026-05-04T10:00Z", "2026-05-04T10:00:00",
        "2026-05-04 10:00:00Z", "2026-05-04t10:00:00z", "26-05-04T10:00:00Z", "2026-5-4T10:00:00Z",
        "2026-05-04T10:00:00,5Z", "2026-05-04T10:00:00.Z", "2026-05-04T10:00:00.1234Z", "2026-05-04T10:00:00ZZ",
        "2026-05-04T10:00:00Z ", " 2026-05-04T10:00:00Z", "2026-05-04T10:00:00+0200", "2026-05-04T10:00:00+02",
        "2026-05-04T10:00:00+24:00", "2026-05-04T10:00:00+02:60", "2026-05-04T10:00:00+-2:00",
        "+026-05-04T10:00:00Z", "-026-05-04T10:00:00Z", "2026-+5-04T10:00:00Z", "２０２６-05-04T10:00:00Z",
        "2026-05-04T10:00:00.٣Z", "2026-05-04T10:00:00−02:00", "now", "\0",
    ])
    func whatIsNotRFC3339IsRefused(text: String) {
        #expect(Instant(rfc3339: text) == nil)
    }

    @Test(arguments: [
        "2026-00-10", "2026-13-10", "2026-01-00", "2026-01-32", "2026-02-29", "2026-04-31", "2026-06-31",
        "2026-09-31", "2026-11-31", "2100-02-29", "2024-02-30", "2000-02-30",
    ])
    func aDayThatNoCalendarHasIsRefused(day: String) {
        #expect(Instant(rfc3339: "\(day)T00:00:00Z") == nil)
    }

    @Test(arguments: ["24:00:00", "23:60:00", "23:59:60", "23:59:61", "99:00:00"])
    func aTimeThatNoDayHasIsRefusedLeapSecondsIncluded(time: String) {
        #expect(Instant(rfc3339: "2016-12-31T\(time)Z") == nil)
    }

    @Test(arguments: [
        "1969-12-31T23:59:59.999Z", "0000-01-01T00:00:00Z", "1970-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59.999-00:01",
    ])
    func whatLiesOutside1970To9999IsRefusedAlsoWhenOnlyTheOffsetTakesItThere(text: String) {
        #expect(Instant(rfc3339: text) == nil)
    }

    @Test func everyDayFrom1970To2100ReadsAndPrintsAsFoundationSays() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(secondsFromGMT: 0))
        var wrong: [String] = []
        for day in 0..<47_847 {
            // Another time of day each time, so that the hours are covered too.
            let seconds = Int64(day) * 86_400 + Int64(day) * 7_919 % 86_400
            let parts = calendar.dateComponents(
                [.year, .month, .day, .hour, .minute, .second], from: Date(timeIntervalSince1970: Double(seconds)))
            let text = String(
                format: "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", parts.year ?? 0, parts.month ?? 0, parts.day ?? 0,
                parts.hour ?? -1, parts.minute ?? -1, parts.second ?? -1, day % 1_000)
            let instant = Instant(milliseconds: seconds * 1_000 + Int64(day % 1_000))
            if instant.rfc3339 != text || Instant(rfc3339: text) != instant { wrong.append(text) }
        }
        #expect(wrong.isEmpty, "\(wrong.prefix(3))")
    }

    @Test func textsSortAsInstantsDo() {
        let instants = [0, 1, 999, 1_000, 951_782_400_000, 4_102_444_800_000, 253_402_300_799_999].map {
            Instant(milliseconds: $0)
        }
        #expect(instants.map(\.rfc3339).sorted() == instants.map(\.rfc3339))
        #expect(instants.reversed().sorted() == instants)
    }

    @Test func anInstantBefore1970PrintsItsDayAndDoesNotCrash() {
        #expect(Instant(milliseconds: -1).rfc3339 == "1969-12-31T23:59:59.999Z")
        #expect(Instant(milliseconds: .min).rfc3339.hasSuffix("Z"))
        #expect(Instant(milliseconds: .max).rfc3339.hasSuffix("Z"))
    }

    @Test func aLengthOfTimeLeadsFromOneInstantToAnother() {
        let start = Instant(milliseconds: 1_000)
        #expect(start + .seconds(2) == Instant(milliseconds: 3_000))
        #expect(start - .seconds(2) == Instant(milliseconds: -1_000))
        #expect(Instant(milliseconds: 500) - start == Milliseconds(-500))
    }
}
