import Terms
import Testing
import Ticketing

/// Days of use as facts, and their sum.
struct UsageEventTests {
    private let site = SiteID("home-1")

    private func day(
        _ text: String, serial: String? = "B1", _ change: (inout UsageDay) -> Void = { _ in }
    ) -> UsageDay {
        var day = UsageDay(
            device: DeviceName("pack-1"), serial: serial, day: CivilDate(text: text) ?? .first, zone: "Europe/Berlin",
            lengthMilliseconds: 86_400_000, watchedMilliseconds: 86_400_000, onlineMilliseconds: 86_000_000)
        change(&day)
        return day
    }

    private func fact(_ day: UsageDay) -> Fact {
        let stamp = Stamp(
            boot: BootID(high: 1, low: 2), boottime: Boottime(nanoseconds: 3), wall: instant("2026-05-05T00:00:01Z"),
            trust: .synced)
        return Fact(
            subject: .site(site), writer: .gateway, at: stamp.wall, recordedBy: stamp, event: .usage(.recorded(day)))
    }

    private func bands(_ pairs: [(Int, Int64)]) throws -> TemperatureBands {
        try #require(
            TemperatureBands(pairs.map { .init(from: $0.0, milliseconds: $0.1) }, most: 86_400_000))
    }

    @Test func aDayIsReadBackAsItWasWritten() throws {
        let hottest = try bands([(-30, 5), (20, 86_000_000), (80, 1)])
        let days = [
            day("2026-05-04"), day("2026-05-04", serial: nil),
            day("2026-05-04") { day in
                day.charged = UsageAmount(12_000, .counter, counter: .init(from: 1_000_000, to: 1_012_000))
                day.discharged = UsageAmount(11_000, .integrated)
                day.cycles = UsageAmount(1_000, .counter, counter: .init(from: 8_000, to: 0), restarts: 2)
                day.hottest = hottest
            },
        ]
        for day in days {
            let fact = fact(day)
            #expect(try Fact(canonicalBytes: fact.canonicalBytes) == fact)
            #expect(fact.sentence.hasPrefix("Use of pack-1 on 2026-05-04"))
        }
    }

    @Test func theFormOfAFactStays() {
        let day = day("2026-05-04") { day in
            day.discharged = UsageAmount(11_000, .counter, counter: .init(from: 1, to: 11_001), restarts: 1)
        }
        let text = String(decoding: CanonicalValue.object(FactEvent.usage(.recorded(day)).fields).bytes, as: UTF8.self)
        #expect(
            text == """
                {"coldestFromC":[],"coldestMs":[],"day":"2026-05-04","device":"pack-1","dischargedFromWh":1,\
                "dischargedRestarts":1,"dischargedSource":"counter","dischargedToWh":11001,"dischargedWh":11000,\
                "hottestFromC":[],"hottestMs":[],"lengthMs":86400000,"onlineMs":86000000,"serial":"B1",\
                "watchedMs":86400000,"zone":"Europe/Berlin"}
                """)
        #expect(FactEvent.usage(.recorded(day)).name == "UsageRecorded")
        #expect(day.id == "usage/pack-1/B1/2026-05-04")
    }

    @Test(arguments: [
        ("\"day\":\"2026-05-04\"", "\"day\":\"2026-02-30\""), ("\"dischargedWh\":11000", "\"dischargedWh\":-1"),
        ("\"dischargedWh\":11000", "\"dischargedWh\":9000000000000000000"), ("\"dischargedToWh\":11001,", ""),
        ("\"dischargedSource\":\"counter\"", "\"dischargedSource\":\"integrated\""),
        ("\"onlineMs\":86000000", "\"onlineMs\":172800001"), ("\"hottestFromC\":[20]", "\"hottestFromC\":[21]"),
        ("\"hottestFromC\":[20]", "\"hottestFromC\":[]"), ("\"hottestFromC\":[20]", "\"hottestFromC\":[85]"),
        ("\"hottestMs\":[7]", "\"hottestMs\":[-7]"),
    ])
    func whatNoDayCanBeIsRefused(good: String, bad: String) throws {
        let hottest = try bands([(20, 7)])
        let fact = fact(
            day("2026-05-04") { day in
                day.discharged = UsageAmount(11_000, .counter, counter: .init(from: 1, to: 11_001))
                day.hottest = hottest
            })
        let text = String(decoding: fact.canonicalBytes, as: UTF8.self)
        let changed = text.replacing(good, with: bad)
        #expect(changed != text)
        #expect(throws: UnreadableFact.self) { try Fact(canonicalBytes: Array(changed.utf8)) }
    }

    @Test func temperaturesFallIntoTheirBands() {
        func from(_ celsius: Double) -> Int? {
            TemperatureBands.position(of: celsius).flatMap { position in
                var bands = TemperatureBands()
                bands.add(1, at: position)
                return bands.bands.first?.from
            }
        }
        #expect([-300, -25.1, -25, -0.1, 0, 4.9].map(from) == [-30, -30, -25, -5, 0, 0])
        #expect([5, 79.9, 80, 1e9].map(from) == [5, 75, 80, 80])
        #expect([Double.nan, .infinity].map(from) == [nil, nil])
    }

    @Test func bandsOnEitherSideOfALimitAreTold() throws {
        let bands = try bands([(-30, 1), (-5, 2), (0, 4), (45, 8), (50, 16), (80, 32)])
        #expect(bands.atLeast(50) == 48)
        #expect(bands.below(0) == 3)
        #expect(bands.total == 63)
    }

    @Test func theSecondFactOfADayDoesNotCount() {
        var book = UsageBook()
        let first = day("2026-05-04") { $0.discharged = UsageAmount(100, .integrated) }
        book.adopt(.recorded(first))
        book.adopt(.recorded(day("2026-05-04") { $0.discharged = UsageAmount(999, .integrated) }))
        #expect(book.totals[first.unit]?.discharged.total == 100)
        #expect(book.has(first))
        #expect(!book.has(day("2026-05-05")))
        #expect(!book.has(day("2026-05-04", serial: "B2")))
    }

    @Test func theCounterTellsWhatWasBeforeTheFirstDay() {
        var book = UsageBook()
        let first = day("2026-05-04") { $0.discharged = UsageAmount(500, .integrated) }
        book.adopt(.recorded(first))
        #expect(book.totals[first.unit]?.discharged.total == 500)
        book.adopt(
            .recorded(
                day("2026-05-05") {
                    $0.discharged = UsageAmount(200, .counter, counter: .init(from: 10_000, to: 10_200))
                }))
        // What was computed on the first day is in the counter's first reading.
        #expect(book.totals[first.unit]?.discharged.total == 10_200)
        book.adopt(.recorded(day("2026-05-06") { $0.discharged = UsageAmount(300, .integrated) }))
        book.adopt(.recorded(day("2026-05-07")))
        let sum = book.totals[first.unit]?.discharged
        #expect(sum?.total == 10_500)
        #expect(sum?.countedDays == 1 && sum?.computedDays == 2 && sum?.unknownDays == 1)
    }

    @Test func daysThatAreMissingAreCounted() {
        var book = UsageBook()
        let first = day("2026-05-04")
        book.adopt(.recorded(first))
        book.adopt(.recorded(day("2026-05-10") { $0.onlineMilliseconds = 0 }))
        book.adopt(
            .recorded(
                day("2026-05-08") { day in
                    day.onlineMilliseconds = 0
                    day.watchedMilliseconds = 43_200_000
                }))
        let total = book.totals[first.unit]
        #expect(total?.daysOnline == 1)
        #expect(total?.daysOffline == 1)
        // Half a day of looking tells nothing.
        #expect(total?.daysWithoutData == 5)
        #expect(total?.first?.text == "2026-05-04")
        #expect(total?.newest?.day.text == "2026-05-10")
    }
}
