import Telemetry
import Terms
import Testing

private func frame(at milliseconds: Int64, _ samples: [Sample]) -> SampleFrame {
    let stamp = Stamp(
        boot: BootID(high: 0, low: 0), boottime: Boottime(nanoseconds: 0), wall: Instant(milliseconds: milliseconds),
        trust: .synced)
    var frame = SampleFrame(device: DeviceIndex(0), pointCount: samples.count, stamp: stamp)
    frame.samples = samples
    return frame
}

private func good(_ value: Double) -> Sample { Sample(value: value, raw: 0, quality: .good) }

@Suite struct FrameHistoryTests {
    @Test func theNewestFramesAreKeptOldestFirst() {
        var history = FrameHistory(pointCount: 2, capacity: 3)
        for number in 0..<8 {
            history.append(frame(at: Int64(number) * 1_000, [good(Double(number)), good(Double(-number))]))
            let oldest = max(0, number - 2)
            #expect(history.count == number - oldest + 1)
            for index in 0..<history.count {
                #expect(history.time(index) == Int64(oldest + index) * 1_000)
                #expect(history.value(index, point: 0) == Double(oldest + index))
                #expect(history.value(index, point: 1) == Double(-oldest - index))
            }
        }
    }

    @Test(arguments: [Quality.absent, .suspect, .bad, .notImplemented])
    func whatIsNotGoodIsAGapAndNeverZero(quality: Quality) {
        var history = FrameHistory(pointCount: 2, capacity: 2)
        history.append(frame(at: 0, [good(1), good(2)]))
        history.append(frame(at: 1, [Sample(value: 3, raw: 3, quality: quality), good(4)]))
        #expect(history.value(0, point: 0) == 1)
        #expect(history.value(1, point: 0) == nil)
        #expect(history.value(1, point: 1) == 4)
        // The gap's place is used again.
        history.append(frame(at: 2, [good(5), .absent]))
        history.append(frame(at: 3, [good(6), good(7)]))
        #expect(history.value(0, point: 0) == 5)
        #expect(history.value(0, point: 1) == nil)
        #expect(history.value(1, point: 0) == 6)
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity, 1e300])
    func whatNoCurveCanShowIsAGap(value: Double) {
        var history = FrameHistory(pointCount: 1, capacity: 1)
        history.append(frame(at: 0, [good(value)]))
        #expect(history.value(0, point: 0) == nil)
    }

    @Test func aDeviceWithoutPointsStillHasTimes() {
        var history = FrameHistory(pointCount: 0, capacity: 2)
        for time in 1...3 { history.append(frame(at: Int64(time), [])) }
        #expect(history.count == 2)
        #expect(history.time(0) == 2)
        #expect(history.time(1) == 3)
    }
}
