import Terms
import Testing

private let noon = Instant(rfc3339: "2026-05-04T12:00:00Z") ?? Instant(milliseconds: 0)
private let boot = BootID(high: 1, low: 1)
private let second = BootID(high: 1, low: 2)
private let third = BootID(high: 1, low: 3)
private let never = Instant(milliseconds: 5_000)

private func reading(
    _ boot: BootID, after seconds: Int64, _ wall: Instant, isDisciplined: Bool = false
) -> ClockReading {
    ClockReading(
        boot: boot, boottime: Boottime(nanoseconds: seconds * 1_000_000_000), wall: wall, isDisciplined: isDisciplined)
}

@Suite struct BoxClockTests {
    @Test func aConfirmedClockIsBelieved() {
        var clock = BoxClock()
        let stamp = clock.stamp(reading(boot, after: 10, noon, isDisciplined: true))
        #expect(stamp.trust == .synced)
        #expect(stamp.wall == noon)
        #expect(stamp.shown == noon)
        // The source may move it: it knows better.
        #expect(clock.stamp(reading(boot, after: 11, noon + .hours(1), isDisciplined: true)).wall == noon + .hours(1))
    }

    @Test func aConfirmedClockIsBelievedOnWithoutItsSourceUntilSomebodySetsIt() {
        var clock = BoxClock()
        _ = clock.stamp(reading(boot, after: 0, noon, isDisciplined: true))
        let later = clock.stamp(reading(boot, after: 3_600, noon + .hours(1)))
        #expect(later.trust == .synced)
        #expect(later.wall == noon + .hours(1))
        for step in [Milliseconds.days(1), .zero - .days(1), .seconds(6), .zero - .seconds(6)] {
            let stepped = clock.stamp(reading(boot, after: 7_200, noon + .hours(2) + step))
            #expect(stepped.trust == .suspect)
            #expect(stepped.wall == noon + .hours(2), "no step moves the time")
            #expect(stepped.shown == noon + .hours(2) + step)
        }
        #expect(clock.stamp(reading(boot, after: 7_201, noon + .hours(2) + .seconds(5))).trust == .synced)
    }

    @Test func aMarkOfAnotherProgramConfirmsTheClockOnce() {
        var clock = BoxClock()
        func stamp(after seconds: Int64, _ wall: Instant, mark: Instant) -> Stamp {
            clock.stamp(
                ClockReading(
                    boot: boot, boottime: Boottime(nanoseconds: seconds * 1_000_000_000), wall: wall,
                    isDisciplined: true, mark: mark))
        }
        #expect(stamp(after: 10, noon, mark: noon - .minutes(1)).trust == .synced)
        #expect(stamp(after: 20, noon + .seconds(10), mark: noon - .minutes(1)).trust == .synced)
        let stepped = stamp(after: 30, noon + .hours(1), mark: noon - .minutes(1))
        #expect(stepped.trust == .suspect)
        #expect(stepped.wall == noon + .seconds(20))
        #expect(stamp(after: 40, noon + .hours(1), mark: noon + .minutes(59)).wall == noon + .hours(1))
    }

    @Test func aBootWithoutTheTimeBeginsNoEarlierThanTheNewestStampOnRecord() {
        var clock = BoxClock()
        _ = clock.stamp(reading(boot, after: 0, noon, isDisciplined: true))
        // The record of boots is kept once a minute; a fact was written 50 s after it.
        var later = BoxClock(boots: clock.boots)
        let onRecord = clock.stamp(reading(boot, after: 50, noon + .seconds(50), isDisciplined: true))
        #expect(later.stamp(reading(second, after: 5, never)).wall < onRecord.wall)
        _ = later.stamp(reading(third, after: 0, never))
        later.saw(onRecord)
        #expect(later.stamp(reading(third, after: 10, never)).wall == onRecord.wall + .seconds(15) - Milliseconds(3))
        // What is older than the record tells nothing.
        let former = later
        later.saw(Stamp(boot: boot, boottime: Boottime(nanoseconds: 0), wall: noon, trust: .synced))
        later.saw(Stamp(boot: BootID(high: 9, low: 9), boottime: onRecord.boottime, wall: noon, trust: .synced))
        #expect(later == former)
    }

    @Test func aClockThatNothingConfirmsIsStaleAndSuspectOnceItIsSet() {
        var clock = BoxClock()
        #expect(clock.stamp(reading(boot, after: 60, noon)).trust == .stale)
        let stepped = clock.stamp(reading(boot, after: 70, noon + .days(1)))
        #expect(stepped.trust == .suspect)
        #expect(stepped.wall == noon + Milliseconds(9_998), "10 s, of which 200 ppm may not have passed")
    }

    @Test func aFaultOf1970GetsItsTrueTimeWhenTheBootLearnsIt() {
        var clock = BoxClock()
        let fault = clock.stamp(reading(boot, after: 30, never))
        #expect(fault.trust == .unset)
        #expect(fault.shown == never)
        #expect(fault.wall == BoxClock.earliestPlausible)
        #expect(clock.span(of: fault) == TimeSpan(earliest: fault.wall, latest: nil))
        _ = clock.stamp(reading(boot, after: 630, noon, isDisciplined: true))
        #expect(clock.span(of: fault) == TimeSpan(earliest: noon - .minutes(10), latest: noon - .minutes(10)))
    }

    @Test func aBootWithoutAClockGoesOnFromTheLastSignOfLifeOfTheOneBefore() {
        var clock = BoxClock()
        _ = clock.stamp(reading(boot, after: 0, noon, isDisciplined: true))
        _ = clock.stamp(reading(boot, after: 600, noon + .minutes(10)))
        let first = clock.stamp(reading(second, after: 20, never))
        #expect(first.trust == .unset)
        #expect(first.wall == noon + .minutes(10) + Milliseconds(19_996))
        // It is the clock of a fresh battery, or a wrong one: nobody knows, and nobody is told so.
        #expect(clock.stamp(reading(third, after: 10, noon + .days(3))).wall == first.wall + Milliseconds(9_998))
    }

    @Test func twoBootsWithoutATrustedClockGiveAnInterval() {
        var clock = BoxClock()
        _ = clock.stamp(reading(boot, after: 100, noon, isDisciplined: true))
        // Off for hours; then a boot of 1000 s with a fault at 400 s, and one of 500 s; then the time is known.
        let fault = clock.stamp(reading(second, after: 400, never))
        _ = clock.stamp(reading(second, after: 1_000, never + .seconds(600)))
        _ = clock.stamp(reading(third, after: 500, never))
        #expect(clock.span(of: fault)?.latest == nil)
        let last = BootID(high: 1, low: 4)
        _ = clock.stamp(reading(last, after: 50, noon + .hours(9), isDisciplined: true))
        let start = noon + .hours(9) - .seconds(50)
        let run = Milliseconds(600_000 - 120) + Milliseconds(500_000 - 100)
        #expect(
            clock.span(of: fault) == TimeSpan(earliest: noon + Milliseconds(400_000 - 80), latest: start - run))
        let unknown = Stamp(boot: BootID(high: 9, low: 9), boottime: fault.boottime, wall: noon, trust: .unset)
        #expect(clock.span(of: unknown) == nil)
    }

    @Test func bootsAreKeptAndReadAsTheyWere() throws {
        var clock = BoxClock()
        _ = clock.stamp(reading(boot, after: 100, noon, isDisciplined: true))
        _ = clock.stamp(reading(second, after: 400, never))
        let kept = try #require(BoxClock(text: clock.text))
        #expect(kept == clock)
        #expect(BoxClock(text: BoxClock().text) == BoxClock())
        var (a, b) = (clock, kept)
        #expect(a.stamp(reading(second, after: 500, never)) == b.stamp(reading(second, after: 500, never)))
    }

    @Test func onlyTheNewestBootsAreKeptAndTheyFitIntoTheirFile() {
        var clock = BoxClock()
        for number in 1...200 {
            _ = clock.stamp(reading(BootID(high: .max, low: UInt64(number)), after: 4_000_000_000, noon))
        }
        #expect(clock.boots.count == BoxClock.mostBoots)
        #expect(clock.boots.last?.boot.low == 200)
        #expect(clock.text.utf8.count < BoxClock.mostBytes)
    }

    @Test(arguments: [
        "", "aftercare clock 1", "aftercare clock 2\n", "aftercare clock 1\n\n", "aftercare clock 1\n1 2 3 4 5 6\n",
        "aftercare clock 1\n00000000000000010000000000000001 0 0 2 0 0\n",
        "aftercare clock 1\n00000000000000010000000000000001 0 0 1 0 0 0\n",
        "aftercare clock 1\n00000000000000010000000000000001 5 0 1 0 4\n",
        "aftercare clock 1\n00000000000000010000000000000001 0 9223372036854775807 1 0 4\n",
        "aftercare clock 1\n00000000000000010000000000000001 0 -9223372036854775808 1 0 4\n",
        "aftercare clock 1\n00000000000000010000000000000001 -1 0 1 0 4\n",
        "aftercare clock 1\n00000000000000010000000000000001 0 0 1 0 4",
    ])
    func whatIsDamagedIsNoClock(text: String) {
        #expect(BoxClock(text: text) == nil)
    }
}

/// A box whose true time is known to the test alone.
private struct ImaginedBox {
    var clock = BoxClock()
    var truth = noon
    var boots = 0
    var upNanoseconds: Int64 = 0
    /// How far the clock that never steps runs fast, in millionths.
    var drift: Int64 = 0
    /// What the wall clock shows above the truth.
    var error = Milliseconds.zero
    var isDisciplined = true
    var events: [(stamp: Stamp, truth: Instant)] = []

    mutating func restart(_ random: inout some RandomNumberGenerator) {
        truth = truth + .seconds(.random(in: 1...200_000, using: &random))
        boots += 1
        upNanoseconds = 0
        drift = .random(in: -190...190, using: &random)
        isDisciplined = false
        let isUnset = Bool.random(using: &random)
        error = isUnset ? noon - truth - .days(20_000) : .hours(.random(in: -90...90, using: &random))
    }

    mutating func pass(_ random: inout some RandomNumberGenerator) {
        let seconds = Int64.random(in: 1...60, using: &random)
        truth = truth + .seconds(seconds)
        upNanoseconds += seconds * (1_000_000_000 + drift * 1_000)
        if Int.random(in: 0..<40, using: &random) == 0 { error = error + .hours(.random(in: -30...30, using: &random)) }
        if Int.random(in: 0..<60, using: &random) == 0 {
            (isDisciplined, error, drift) = (true, .zero, 0)
        } else if Int.random(in: 0..<30, using: &random) == 0 {
            isDisciplined = false
        }
        if isDisciplined { error = .zero }
        let stamp = clock.stamp(
            ClockReading(
                boot: BootID(high: 7, low: UInt64(boots)), boottime: Boottime(nanoseconds: upNanoseconds),
                wall: truth + error, isDisciplined: isDisciplined))
        events.append((stamp, truth))
    }
}

@Suite struct BoxClockPropertyTests {
    @Test(arguments: 1...50)
    func theTruthIsNeverOutsideOfWhatIsSaid(seed: UInt64) {
        var random = Dice(seed: seed)
        var box = ImaginedBox()
        box.pass(&random)
        for _ in 0..<10 {
            for _ in 0..<Int.random(in: 1...60, using: &random) { box.pass(&random) }
            // As after a power cut: read from what was kept.
            if let kept = BoxClock(text: box.clock.text) { box.clock = kept }
            box.restart(&random)
        }
        // An anchored boot counts by its own clock, which was not disciplined all the time.
        let tolerance = Milliseconds.seconds(1)
        for (stamp, truth) in box.events {
            #expect(stamp.wall <= truth + tolerance, "the box's time is never ahead")
            guard let span = box.clock.span(of: stamp) else { continue }
            #expect(span.earliest <= truth + tolerance)
            if let latest = span.latest { #expect(latest >= truth - tolerance) }
        }
        for (former, later) in zip(box.events, box.events.dropFirst()) where later.stamp.trust != .synced {
            #expect(later.stamp.wall >= former.stamp.wall, "time goes on, whatever the wall clock shows")
        }
    }
}

private struct Dice: RandomNumberGenerator {
    var state: UInt64
    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 }
    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return (state ^ state >> 29) &* 0xBF58_476D_1CE4_E5B9
    }
}
