@testable import Engine
import Terms
import Testing
import Ticketing

/// Counters that begin anew, jump, and come back.
struct LifetimeCounterTests {
    /// Reads one value a minute.
    private func counted(_ values: [Int64], pace: LifetimeCounter.Pace = .wattHours) -> LifetimeCounter {
        var counter = LifetimeCounter()
        for (minute, value) in values.enumerated() {
            let at = Milliseconds.minutes(Int64(minute))
            let stamp = Stamp(
                boot: BootID(high: 0, low: 1), boottime: Boottime(nanoseconds: 0) + at,
                wall: Instant(milliseconds: 1_780_000_000_000) + at, trust: .synced)
            counter.read(value, at: stamp, pace: pace)
        }
        return counter
    }

    @Test func theFirstReadingCountsNothing() {
        #expect(counted([21_000_000]).amount?.amount == 0)
        #expect(counted([21_000_000, 21_000_100]).amount?.amount == 100)
    }

    @Test func oneWrongReadingIsNotCountedAndLosesNothing() {
        for wrong: Int64 in [0, 4_294_967_200, 20_999_900] {
            let counter = counted([21_000_000, 21_000_100, wrong, 21_000_200, 21_000_300])
            #expect(counter.amount?.amount == 300)
            #expect(counter.amount?.restarts == 0)
        }
    }

    @Test func twoWrongReadingsAreNotCountedEither() {
        #expect(counted([5_000, 5_100, 0, 0, 5_200]).amount?.amount == 200)
    }

    @Test func aCounterThatBeginsAnewIsFollowedAfterThreeReadings() {
        let counter = counted([21_000_000, 21_000_100, 0, 100, 200, 300])
        #expect(counter.amount?.amount == 400)
        #expect(counter.amount?.restarts == 1)
        #expect(counter.amount?.counter == .init(from: 21_000_000, to: 300))
    }

    @Test func aRollOverIsNeitherNegativeNorHuge() {
        let counter = counted([65_535_000, 65_535_000, 0, 0, 1_000, 1_000])
        #expect(counter.amount?.amount == 1_000)
    }

    @Test func anotherDeviceInItsPlaceAddsNothing() {
        let counter = counted([3_000, 3_100, 21_000_000, 21_000_100, 21_000_200, 21_000_300])
        #expect(counter.amount?.amount == 400)
        #expect(counter.amount?.restarts == 1)
    }

    @Test func aCounterInWholeKilowattHoursMovesAtOnce() {
        #expect(counted([7_000, 7_000, 8_000, 8_000, 9_000]).amount?.amount == 2_000)
    }

    @Test func cyclesMoveByOneNotByAHundred() {
        #expect(counted([100_000, 101_000], pace: .milliCycles).amount?.amount == 1_000)
        #expect(counted([100_000, 200_000], pace: .milliCycles).amount?.amount == 0)
    }

    @Test func whatWasMissedInAGapIsCountedWhereUseExplainsIt() {
        var counter = counted([1_000])
        let later = Stamp(
            boot: BootID(high: 0, low: 2), boottime: Boottime(nanoseconds: 5),
            wall: Instant(milliseconds: 1_780_000_000_000) + .days(7), trust: .synced)
        counter.read(101_000, at: later, pace: .wattHours)
        #expect(counter.amount?.amount == 100_000)
    }

    @Test func whatIsNoAmountIsNotRead() {
        #expect(counted([-5, Int64.max, Int64.min]).amount == nil)
    }

    @Test func aDayTakesWhatCameSinceTheOneBefore() {
        var counter = counted([100, 200, 300])
        #expect(counter.close()?.amount == 200)
        #expect(counter.amount == .init(0, .counter, counter: .init(from: 300, to: 300)))
    }
}

/// Flows that are read now and then.
struct UsageFlowTests {
    @Test func aFlowThatTurnsIsSplitWhereItCrossesZero() {
        var flow = UsageFlow()
        // From 1 kW into the battery to 1 kW out of it within an hour: a quarter of a kilowatt-hour each.
        flow.add(from: 1_000_000, to: -1_000_000, during: 3_600_000)
        flow.add(from: -1_000_000, to: 1_000_000, during: 3_600_000)
        let whole = flow.close(unit: UsageFlow.wattHour)
        #expect(whole?.into == 500 && whole?.out == 500)
    }

    @Test func theLargestReadingsDoNotOverflow() {
        var flow = UsageFlow()
        for _ in 0..<8_640 {
            flow.add(from: 2_000_000_000, to: 2_000_000_000, during: 10_000)
            flow.add(from: 2_000_000_000, to: -2_000_000_000, during: 10_000)
        }
        #expect((flow.close(unit: UsageFlow.wattHour)?.into ?? 0) > 0)
        for wrong in [Double.nan, .infinity, 1e300, -1e12] { #expect(UsageFlow.milli(wrong) == nil) }
    }

    @Test func whatIsLessThanAWholeUnitIsLeftForTheNextDay() {
        var flow = UsageFlow()
        flow.add(from: 500_000, to: 500_000, during: 3_600_000 * 3)
        #expect(flow.close(unit: 2 * UsageFlow.wattHour)?.into == 750)
        #expect(flow.close(unit: UsageFlow.wattHour) == nil)
    }
}
