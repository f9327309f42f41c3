import Engine
import Telemetry
import Terms
import Testing
import Ticketing

private let hour: Int64 = 3_600_000

/// Days of use, as they go on record.
struct UsageTests {
    @Test func aDayIsPutOnRecordOnceWithItsAmounts() throws {
        // 23:50 local time of the day before.
        let home = try UsageHome(at: berlin("2026-05-03T21:50:00Z"))
        var wattHours = 1_000_000.0
        home.readLively(for: .hours(25)) { home in
            wattHours += 1_000.0 / 360
            home.chargedWattHours = (wattHours / 100).rounded(.down) * 100
            home.dischargedWattHours = 500_000
        }
        let days = home.days
        #expect(days.map(\.day.text) == ["2026-05-03", "2026-05-04"])
        let whole = try #require(days.last)
        #expect(whole.lengthMilliseconds == 24 * hour)
        #expect(whole.onlineMilliseconds == 24 * hour)
        #expect(whole.zone == "Europe/Berlin" && whole.serial == "B1")
        #expect(whole.charged?.source == .counter)
        #expect((23_900...24_100).contains(whole.charged?.amount ?? 0))
        #expect(whole.charged?.amount == (whole.charged?.counter).map { $0.to - $0.from })
        #expect(whole.discharged?.amount == 0)
        #expect(whole.hottest.bands == [.init(from: 25, milliseconds: 24 * hour)])
        #expect(whole.coldest.bands == [.init(from: 20, milliseconds: 24 * hour)])
        #expect(home.ledger.filter { $0.event.name == "UsageRecorded" }.allSatisfy { $0.subject.ticket == nil })
    }

    @Test(arguments: [("2026-03-28T22:30:00Z", 23), ("2026-10-24T21:30:00Z", 25)])
    func daysOnWhichTheClocksAreChangedHaveTheirLength(start: String, hours: Int64) throws {
        let home = try UsageHome(at: berlin(start))
        home.readLively(for: .hours(27))
        let day = try #require(home.days.last { $0.lengthMilliseconds != 24 * hour })
        #expect(day.lengthMilliseconds == hours * hour)
        #expect(day.onlineMilliseconds == hours * hour)
        #expect(day.hottest.total == hours * hour)
    }

    @Test func withoutCountersPowerAndCurrentAreIntegratedAndTheFactSaysSo() throws {
        let home = try UsageHome(.init(hasCounters: false), at: berlin("2026-05-03T22:00:00Z"))
        home.watts = -2_000
        home.amperes = -10
        home.readLively(for: .hours(24))
        home.readLively(for: .seconds(10))
        let day = try #require(home.days.first)
        #expect(day.discharged?.source == .integrated)
        // The first frame has none before it.
        #expect((47_990...48_000).contains(day.discharged?.amount ?? 0))
        #expect(day.charged == UsageAmount(0, .integrated))
        // 240 Ah of 100 Ah.
        #expect((2_399...2_400).contains(day.cycles?.amount ?? 0))
        #expect(day.cycles?.source == .integrated)
    }

    @Test func aGapIsNotIntegratedAndIsTimeWithoutData() throws {
        let home = try UsageHome(.init(hasCounters: false), at: berlin("2026-05-03T22:00:00Z"))
        home.readLively(for: .hours(1))
        home.wait(.minutes(30))
        home.readLively(for: .hours(1))
        home.wait(.hours(22))
        let day = try #require(home.days.first)
        #expect((2 * hour - 20_000...2 * hour).contains(day.onlineMilliseconds))
        #expect((23 * hour...24 * hour).contains(day.watchedMilliseconds))
        #expect((1_990...2_000).contains(day.charged?.amount ?? 0))
    }

    @Test func whatIsNotKnownIsNotZero() throws {
        let home = try UsageHome(
            .init(capacityAmpereHours: nil, hasCounters: false), at: berlin("2026-05-03T22:00:00Z"))
        (home.watts, home.amperes) = (nil, nil)
        home.readLively(for: .hours(24) + .minutes(1))
        let day = try #require(home.days.first)
        #expect(day.charged == nil && day.discharged == nil && day.cycles == nil)
        #expect(home.total?.discharged.total == nil)
    }

    @Test func aDeviceThatWasNeverHeardHasNoDays() throws {
        let home = try UsageHome(at: berlin("2026-05-03T22:00:00Z"))
        home.wait(.hours(50))
        #expect(home.days.isEmpty)
    }

    @Test func aSilentDayIsOfflineOnlyWhereTheBoxLooked() throws {
        var home = try UsageHome(at: berlin("2026-05-03T22:00:00Z"))
        home.readLively(for: .hours(24))
        home.wait(.hours(24))
        home.wait(.minutes(1))
        #expect(home.days.map(\.onlineMilliseconds) == [24 * hour - 10_000, 0])
        home = try home.restarted(after: .days(3), checkpoint: home.checkpoint)
        home.readLively(for: .hours(25))
        let total = try #require(home.total)
        #expect(total.daysOnline == 2)
        #expect(total.daysOffline == 1)
        // The third day was hardly looked at.
        #expect(total.daysWithoutData == 3)
        #expect(total.recorded.count == 4)
    }

    @Test func whatIsNotBelievedDoesNotCount() throws {
        let home = try UsageHome(.init(hasCounters: false), at: berlin("2026-05-03T22:00:00Z"))
        // The same to the last bit while a current flows: a gateway repeats old data.
        home.read(for: .hours(24) + .minutes(1))
        let frozen = try #require(home.days.first)
        #expect(frozen.onlineMilliseconds < 5 * 60_000)
        #expect((frozen.charged?.amount ?? 0) < 100)
    }

    @Test func theHourThatAClockShowsTwiceCountsOnce() throws {
        let home = try UsageHome(at: berlin("2026-05-03T22:00:00Z"))
        home.readLively(for: .hours(24) + .minutes(30))
        home.step(.hours(-1))
        home.readLively(for: .hours(24) + .minutes(31))
        #expect(home.days.map(\.day.text) == ["2026-05-04", "2026-05-05"])
        for day in home.days { #expect(day.onlineMilliseconds <= day.lengthMilliseconds) }
        #expect((home.days.last?.onlineMilliseconds ?? 0) >= 24 * hour - 20_000)
    }

    @Test func aClockThatWasWrongByYearsDoesNotStopTheCounting() throws {
        let home = try UsageHome(at: berlin("2036-01-01T12:00:00Z"))
        home.readLively(for: .hours(1))
        home.step(.days(-3_000))
        home.readLively(for: .days(2))
        #expect(home.days.count == 2)
        #expect(home.days.allSatisfy { $0.day.year == 2027 })
    }

    @Test func withoutADateOnlyTheDevicesCountersCount() throws {
        let home = try UsageHome(at: berlin("2026-05-03T22:00:00Z"))
        home.dischargedWattHours = 1_000
        home.readLively(for: .minutes(5))
        home.trust(.unset)
        home.dischargedWattHours = 2_000
        home.readLively(for: .minutes(5))
        home.trust(.synced)
        home.readLively(for: .hours(24))
        let day = try #require(home.days.first)
        #expect(day.discharged?.amount == 1_000)
        #expect((24 * hour - 320_000...24 * hour - 300_000).contains(day.onlineMilliseconds))
    }

    @Test func anotherSerialBeginsItsOwnDay() throws {
        let home = try UsageHome(at: berlin("2026-05-03T22:00:00Z"))
        home.dischargedWattHours = 21_000_000
        home.readLively(for: .hours(2))
        home.introduce(serial: "B2")
        home.dischargedWattHours = 3_000
        home.readLively(for: .hours(23))
        #expect(home.days.map(\.serial) == ["B1", "B2"])
        #expect(home.days.map(\.day) == [home.days[0].day, home.days[0].day])
        #expect(home.days.map(\.discharged?.restarts) == [0, 0])
        #expect(home.days.map(\.discharged?.amount) == [0, 0])
    }

    @Test func aDeviceThatIsNoLongerConfiguredHasItsDayWritten() throws {
        let home = try UsageHome(at: berlin("2026-05-03T22:00:00Z"))
        home.readLively(for: .hours(2))
        home.expectNothing()
        home.wait(.seconds(1))
        #expect(home.days.map(\.onlineMilliseconds) == [2 * hour - 10_000])
    }

    @Test func aReplayCountsNothing() {
        let home = Home()
        home.introduce()
        home.read(200)
        #expect(home.snapshot.devices.count == 1)
        #expect(!home.facts.contains("UsageRecorded"))
    }
}

extension UsageHome {
    /// Reads frames that differ, as those of a living battery do.
    func readLively(for time: Milliseconds, each: (UsageHome) -> Void = { _ in }) {
        var isOdd = false
        read(for: time) { home in
            isOdd.toggle()
            home.celsius.1 = isOdd ? 22 : 22.1
            each(home)
        }
    }
}
