import Telemetry
import Terms
import Testing

private func history(_ capacity: Int, points: Int = 1, keepsExtremes: Bool = true) -> MinuteHistory {
    MinuteHistory(points: Array(0..<points), capacity: capacity, keepsExtremes: keepsExtremes)
}

extension MinuteHistory {
    fileprivate mutating func take(_ seconds: Double, _ samples: [Sample], heldBack: Set<Int> = []) {
        take(recordedFrame(at: Int64(seconds * 1_000), samples), heldBack: heldBack)
    }

    fileprivate mutating func take(_ frame: SampleFrame, heldBack: Set<Int> = []) {
        var frames = FrameHistory(points: points, capacity: 1, keepsRegisters: false)
        frames.append(frame, heldBack: heldBack.sorted())
        frames.withNewest { append(at: $0, $1, $2) }
    }

    fileprivate var times: [Int64] { (0..<count).map { time($0) } }
    fileprivate func lasts(_ position: Int = 0) -> [Double?] { (0..<count).map { last($0, at: position) } }
}

@Suite struct MinuteHistoryTests {
    @Test func aMinuteKeepsItsNewestLowestAndHighestValue() {
        var history = history(2)
        for (second, value) in [(0.0, 5.0), (20, 9), (40, 2), (59.999, 4)] { history.take(second, [good(value)]) }
        #expect(history.count == 1)
        #expect(history.time(0) == 59_999)
        #expect(history.last(0, at: 0) == 4)
        #expect(history.lowest(0, at: 0) == 2)
        #expect(history.highest(0, at: 0) == 9)
        history.take(60, [good(7)])
        #expect(history.lasts() == [4, 7])
        #expect(history.lowest(1, at: 0) == 7)
        #expect(history.highest(1, at: 0) == 7)
    }

    @Test func theOldestMinuteGoesWhenTheHistoryIsFull() {
        var history = history(3)
        for minute in 0..<10 {
            for second in [0.0, 30] { history.take(Double(minute) * 60 + second, [good(Double(minute))]) }
            let oldest = max(0, minute - 2)
            #expect(history.lasts() == (oldest...minute).map { Double($0) })
            #expect(history.times == (oldest...minute).map { Int64($0) * 60_000 + 30_000 })
        }
    }

    @Test func aMinuteWithoutAFrameHasNoPlaceAndAPlaceThatIsUsedAgainIsEmpty() {
        var history = history(2, points: 2)
        history.take(0, [good(1), good(2)])
        history.take(300, [good(3), .bad])
        #expect(history.times == [0, 300_000])
        #expect(history.lasts(1) == [2, nil])
        history.take(360, [.absent, good(4)])
        #expect(history.lasts(0) == [3, nil])
        #expect(history.lowest(1, at: 0) == nil)
    }

    @Test func whatIsNotGoodOrNotBelievedLeavesTheMinuteAsItWas() {
        var history = history(1)
        history.take(0, [good(3)])
        for quality in [Quality.absent, .suspect, .bad, .notImplemented] {
            history.take(1, [Sample(value: 99, raw: 0, quality: quality)])
        }
        history.take(2, [good(99)], heldBack: [0])
        history.take(3, [good(.nan)])
        history.take(4, [good(1e300)])
        #expect(history.last(0, at: 0) == 3)
        #expect(history.highest(0, at: 0) == 3)
        #expect(history.time(0) == 4_000)
    }

    @Test func withoutExtremesOnlyTheNewestValueIsThere() {
        var history = history(2, keepsExtremes: false)
        history.take(0, [good(3)])
        #expect(history.last(0, at: 0) == 3)
        #expect(history.lowest(0, at: 0) == nil)
        #expect(history.highest(0, at: 0) == nil)
    }

    @Test func aWallClockThatStepsMakesNoMinute() {
        var history = history(4, points: 0)
        for wall in [0, 90_000_000, -5, 3_600_000] as [Int64] {
            history.take(recordedFrame(at: 61_000, wall: wall, []))
        }
        #expect(history.times == [61_000])
    }
}

@Suite struct DeviceRecordTests {
    private func record(_ points: Int, _ interval: Milliseconds = .seconds(1)) -> DeviceRecord {
        DeviceRecord(
            pointCount: points, preferred: { $0 % 2 == 1 }, interval: interval, began: Boottime(nanoseconds: 0))
    }

    @Test(arguments: [(60, 1_765_000), (128, 3_728_000), (400, 4_125_000), (5_000, 5_280_000)])
    func theMemoryOfADeviceIsBounded(points: Int, about: Int) {
        let record = record(points)
        #expect((about - 10_000...about + 10_000).contains(record.bytes), "\(record.bytes)")
        #expect(record.bytes <= DeviceRecord.mostBytes)
        #expect(DeviceRecord.mostBytes < 5_500_000)
    }

    @Test(arguments: [(200, 900), (1_000, 900), (5_000, 180), (60_000, 60), (0, 900)])
    func fullRateMeansAQuarterOfAnHour(milliseconds: Int, frames: Int) {
        #expect(record(4, Milliseconds(Int64(milliseconds))).frames.capacity == frames)
    }

    @Test func ofTooManyPointsThePreferredOnesStay() {
        let record = record(1_000)
        #expect(record.points.count == 512)
        #expect(record.points == record.points.sorted())
        #expect(record.points.filter { $0 % 2 == 1 }.count == 500)
        let keepsRegisters = record.frames.keepsRegisters
        #expect(!keepsRegisters)
    }

    @Test func aSweepWithoutAnyAnswerIsNoMinute() {
        let record = record(1)
        var silent = recordedFrame(at: 0, [.bad])
        silent.requests = 2
        silent.failedRequests = 2
        record.append(silent, heldBack: [])
        #expect(record.frames.count == 1)
        #expect(record.minutes.count == 0)
    }
}
