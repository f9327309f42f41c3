import Engine
import Terms
import Testing
import Ticketing

private let hour: Int64 = 3_600_000
private let minute: Int64 = 60_000

/// Days of use over restarts, power cuts and a ledger that refuses.
struct UsageRestartTests {
    private let start = berlin("2026-05-03T22:00:00Z")

    /// A battery whose counters move by what it does: a pure function of the time since the start.
    private func live(_ home: UsageHome, for time: Milliseconds) {
        home.readLively(for: time) { home in
            let elapsed = (home.now.wall - start).count
            home.watts = Double((elapsed / 1_000 * 37) % 5_000) - 2_500
            home.amperes = (home.watts ?? 0) / 50
            home.dischargedWattHours = Double(elapsed / 3_000 / 100 * 100)
            home.chargedWattHours = Double(elapsed / 2_500 / 100 * 100)
        }
    }

    private func sum(_ days: [UsageDay], _ part: (UsageDay) -> Int64?) -> Int64 {
        days.reduce(0) { $0 + (part($1) ?? 0) }
    }

    @Test(arguments: 1...12) func anySplitByRestartsGivesTheSameDays(seed: UInt64) throws {
        for hasCounters in [true, false] {
            let shape = UsageHome.Shape(interval: .seconds(20), hasCounters: hasCounters)
            let whole = try UsageHome(shape, at: start)
            live(whole, for: .hours(50))
            var random = Lehmer(seed: seed)
            var split = try UsageHome(shape, at: start)
            var (restarts, left) = (0, Int64(50 * 60))
            while left > 0 {
                let minutes = min(left, Int64(random.next(below: 600)) + 1)
                live(split, for: .minutes(minutes))
                left -= minutes
                guard left > 0 else { break }
                split = try split.restarted(after: .zero, checkpoint: split.checkpoint, reboots: restarts % 2 == 0)
                restarts += 1
            }
            #expect(split.days.map(\.day) == whole.days.map(\.day))
            for (a, b) in zip(split.days, whole.days) {
                // What lies between the last frame before a restart and the first one after it is not counted.
                let most = Int64(restarts) * 20_000
                #expect((0...most).contains(b.onlineMilliseconds - a.onlineMilliseconds))
                #expect(a.watchedMilliseconds <= a.lengthMilliseconds)
                #expect(abs((a.charged?.amount ?? 0) - (b.charged?.amount ?? 0)) <= Int64(restarts) * 14 + 1)
                if hasCounters { #expect(a.charged == b.charged && a.discharged == b.discharged) }
            }
        }
    }

    @Test func daysAddUpToTheWhole() throws {
        let home = try UsageHome(.init(hasCounters: false), at: start)
        home.watts = -777.7
        home.amperes = -7.77
        home.readLively(for: .days(30) + .minutes(1))
        let hours = 30.0 * 24
        #expect(home.days.count == 30)
        // Whole watt-hours each day, and nothing is lost between the days but less than one.
        let wattHours = sum(home.days) { $0.discharged?.amount }
        #expect((-4...0).contains(wattHours - Int64(777.7 * hours)))
        let milliCycles = sum(home.days) { $0.cycles?.amount }
        #expect((-1...0).contains(milliCycles - Int64(7.77 * hours * 10)))
        #expect(sum(home.days) { $0.onlineMilliseconds } == 30 * 24 * hour - 10_000)
        #expect(home.total?.hottest.total == 30 * 24 * hour - 10_000)
        #expect(home.total?.discharged.total == wattHours)
    }

    @Test func aPowerCutLosesWhatCameAfterTheCheckpointAndNothingOfTheCounters() throws {
        var home = try UsageHome(at: start)
        live(home, for: .hours(10))
        let checkpoint = home.checkpoint
        live(home, for: .minutes(5))
        home = try home.restarted(after: .minutes(1), checkpoint: checkpoint)
        live(home, for: .hours(14))
        let day = try #require(home.days.first)
        let lost = 24 * hour - day.onlineMilliseconds
        #expect((6 * minute...6 * minute + 40_000).contains(lost))
        #expect((28_700...28_800).contains(day.discharged?.amount ?? 0))
    }

    @Test func withoutACheckpointTheCountersGoOnFromTheNewestDayOnRecord() throws {
        var home = try UsageHome(at: start)
        live(home, for: .hours(30))
        home = try home.restarted(after: .hours(10), checkpoint: nil)
        live(home, for: .hours(9))
        #expect(home.days.count == 2)
        #expect((57_500...57_600).contains(sum(home.days) { $0.discharged?.amount }))
        #expect(home.total?.discharged.restarts == 0)
    }

    @Test func aDayThatWasUnfinishedIsWrittenAfterDowntime() throws {
        var home = try UsageHome(at: start)
        live(home, for: .hours(6))
        home = try home.restarted(after: .days(4), checkpoint: home.checkpoint)
        home.wait(.seconds(1))
        #expect(home.days.map(\.day.text) == ["2026-05-04"])
        #expect(home.days.first?.onlineMilliseconds == 6 * hour - 10_000)
        live(home, for: .hours(20))
        #expect(home.days.map(\.day.text) == ["2026-05-04", "2026-05-08"])
        // The device counted on while nobody looked; all of it is told with the day on which it was read.
        let whole = sum(home.days) { $0.discharged?.amount }
        #expect((143_900...144_000).contains(whole))
        #expect(home.total?.daysWithoutData == 3)
    }

    @Test func aDayThatEndsBeforeTheDeviceIsHeardAgainKeepsItsComputedCycles() throws {
        var home = try UsageHome(.init(hasCounters: false), at: start)
        home.amperes = -10
        home.readLively(for: .hours(10))
        home = try home.restarted(after: .days(1), checkpoint: home.checkpoint, isHeard: false)
        home.wait(.seconds(1))
        #expect(home.days.map(\.cycles?.amount) == [999])
    }

    @Test func aDayIsWrittenOnceWhateverCheckpointComesBack() throws {
        var home = try UsageHome(at: start)
        live(home, for: .hours(23))
        let before = home.checkpoint
        live(home, for: .hours(2))
        #expect(home.days.count == 1)
        for _ in 0..<3 {
            home = try home.restarted(after: .seconds(30), checkpoint: before)
            live(home, for: .minutes(10))
        }
        #expect(home.days.count == 1)
        live(home, for: .hours(24))
        #expect(home.days.map(\.day.text) == ["2026-05-04", "2026-05-05"])
        #expect((57_500...57_600).contains(sum(home.days) { $0.discharged?.amount }))
    }

    @Test func whatTheLedgerRefusesIsWrittenLaterAlsoAfterARestart() throws {
        var home = try UsageHome(at: start)
        home.isWritable = false
        live(home, for: .hours(50))
        #expect(home.days.isEmpty)
        home = try home.restarted(after: .minutes(1), checkpoint: home.checkpoint)
        home.wait(.seconds(1))
        #expect(home.days.map(\.day.text) == ["2026-05-04", "2026-05-05"])
        #expect(home.days.last?.onlineMilliseconds == 24 * hour)
    }

    @Test func aDeviceThatIsGoneAfterTheRestartHasItsDayWritten() throws {
        let home = try UsageHome(at: start)
        live(home, for: .hours(6))
        let (ledger, checkpoint) = (home.ledger, home.checkpoint)
        let next = try UsageHome(at: home.now.wall, ledger: ledger, checkpoint: checkpoint, isConfigured: false)
        next.wait(.seconds(1))
        #expect(next.days.map(\.onlineMilliseconds) == [6 * hour - 10_000])
    }

    @Test func aDamagedCheckpointIsNoneWhicheverByteIsChanged() throws {
        let home = try UsageHome(at: start)
        live(home, for: .hours(1))
        let good = try #require(home.checkpoint)
        #expect(try UsageCheckpoint(bytes: good).bytes == good)
        for index in good.indices {
            var bad = good
            bad[index] ^= 1
            #expect(throws: UsageCheckpoint.Invalid.self) { try UsageCheckpoint(bytes: bad) }
        }
        for length in [0, 1, 20, good.count / 2, good.count - 1] {
            #expect(throws: UsageCheckpoint.Invalid.self) { try UsageCheckpoint(bytes: Array(good.prefix(length))) }
        }
        let newer = String(decoding: good, as: UTF8.self).replacing("usage 1 ", with: "usage 2 ", maxReplacements: 1)
        let error = #expect(throws: UsageCheckpoint.Invalid.self) { try UsageCheckpoint(bytes: Array(newer.utf8)) }
        #expect(error?.description.contains("version 2") == true)
    }
}

/// A small generator that is the same everywhere (Lehmer, 2^31 - 1, 48 271).
private struct Lehmer {
    private var state: UInt64
    init(seed: UInt64) { state = seed * 7_919 % 2_147_483_647 }

    mutating func next(below limit: UInt64) -> UInt64 {
        state = state * 48_271 % 2_147_483_647
        return state % limit
    }
}
