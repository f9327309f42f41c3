import Telemetry
import Terms
import Testing

func recordedFrame(at milliseconds: Int64, wall: Int64 = 0, _ samples: [Sample]) -> SampleFrame {
    let stamp = Stamp(
        boot: BootID(high: 0, low: 0), boottime: Boottime(nanoseconds: milliseconds * 1_000_000),
        wall: Instant(milliseconds: wall), trust: .synced)
    var frame = SampleFrame(device: DeviceIndex(0), pointCount: samples.count, stamp: stamp)
    frame.samples = samples
    return frame
}

func good(_ value: Double, raw: UInt64 = 0) -> Sample { Sample(value: value, raw: raw, quality: .good) }

private func history(_ points: Int, _ capacity: Int, keepsRegisters: Bool = true) -> FrameHistory {
    FrameHistory(points: Array(0..<points), capacity: capacity, keepsRegisters: keepsRegisters)
}

extension FrameHistory {
    fileprivate mutating func take(_ milliseconds: Int64, _ samples: [Sample], heldBack: Set<Int> = []) {
        append(recordedFrame(at: milliseconds, samples), heldBack: heldBack.sorted())
    }
}

@Suite struct FrameHistoryTests {
    @Test func theNewestFramesAreKeptOldestFirst() {
        var history = history(2, 3)
        for number in 0..<8 {
            history.take(Int64(number) * 1_000, [good(Double(number), raw: UInt64(number)), good(Double(-number))])
            let oldest = max(0, number - 2)
            #expect(history.count == number - oldest + 1)
            for index in 0..<history.count {
                #expect(history.time(index) == Int64(oldest + index) * 1_000)
                #expect(history.value(index, at: 0) == Double(oldest + index))
                #expect(history.value(index, at: 1) == Double(-oldest - index))
                #expect(history.registers(index, at: 0) == UInt64(oldest + index))
            }
        }
    }

    @Test(arguments: [Quality.absent, .suspect, .bad, .notImplemented])
    func whatIsNotGoodIsAGapAndNeverZero(quality: Quality) {
        var history = history(2, 2)
        history.take(0, [good(1), good(2)])
        history.take(1, [Sample(value: 3, raw: 7, quality: quality), good(4)])
        #expect(history.value(0, at: 0) == 1)
        #expect(history.value(1, at: 0) == nil)
        #expect(history.quality(1, at: 0) == quality)
        #expect(history.suspect(1, at: 0) == (quality == .suspect ? 3 : nil))
        #expect(history.registers(1, at: 0) == ([.suspect, .notImplemented].contains(quality) ? 7 : nil))
        #expect(history.value(1, at: 1) == 4)
        // The gap's place is used again.
        history.take(2, [good(5), .absent])
        history.take(3, [good(6), good(7)])
        #expect(history.value(0, at: 0) == 5)
        #expect(history.value(0, at: 1) == nil)
        #expect(history.value(1, at: 0) == 6)
    }

    @Test func whatIsHeldBackIsKeptAsSuspectWithItsRegisters() {
        var history = history(2, 2)
        history.take(0, [good(65_535, raw: 0xFFFF), good(2)], heldBack: [0])
        #expect(history.value(0, at: 0) == nil)
        #expect(history.suspect(0, at: 0) == 65_535)
        #expect(history.registers(0, at: 0) == 0xFFFF)
        #expect(history.value(0, at: 1) == 2)
        #expect(history.suspect(0, at: 1) == nil)
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity, 1e300])
    func whatNoCurveCanShowIsAGap(value: Double) {
        var history = history(1, 1)
        history.take(0, [good(value)])
        #expect(history.value(0, at: 0) == nil)
    }

    @Test func onlyTheChosenPointsAreKept() {
        var history = FrameHistory(points: [2, 0], capacity: 2, keepsRegisters: false)
        history.take(0, [good(10), good(11), good(12, raw: 5)])
        #expect(history.value(0, at: 0) == 12)
        #expect(history.value(0, at: 1) == 10)
        #expect(history.registers(0, at: 0) == nil)
    }

    @Test func aDeviceWithoutPointsStillHasTimes() {
        var history = history(0, 2)
        for time in 1...3 { history.take(Int64(time), []) }
        #expect(history.count == 2)
        #expect(history.time(0) == 2)
        #expect(history.time(1) == 3)
    }

    @Test func aWallClockThatIsSetBackTurnsNoTimeBack() {
        var history = history(0, 3)
        for (time, wall) in [(1_000, 9_000_000), (2_000, 5), (3_000, 6)] as [(Int64, Int64)] {
            history.append(recordedFrame(at: time, wall: wall, []), heldBack: [])
        }
        #expect((0..<3).map { history.time($0) } == [1_000, 2_000, 3_000])
    }
}
