import Telemetry
import Terms
import Testing

private let stamp = Stamp(
    boot: BootID(high: 0, low: 0), boottime: Boottime(nanoseconds: 5), wall: Instant(milliseconds: 7), trust: .synced)

@Suite struct SampleTests {
    @Test func onlyAGoodSampleHasAValueToDecideWith() {
        #expect(Sample(value: 3.3, raw: 3_300, quality: .good).goodValue == 3.3)
        for quality in [Quality.absent, .suspect, .bad, .notImplemented] {
            #expect(Sample(value: 3.3, raw: 3_300, quality: quality).goodValue == nil)
        }
        #expect(Sample.absent.goodValue == nil && Sample.absent.value.isNaN)
        #expect(Sample.bad.goodValue == nil && Sample.bad.value.isNaN)
    }

    @Test func aNewFrameKnowsNothing() {
        let frame = SampleFrame(device: DeviceIndex(4), pointCount: 3, stamp: stamp)
        #expect(frame.samples.map(\.quality) == [.absent, .absent, .absent])
        #expect(frame.samples.allSatisfy { $0.value.isNaN })
        #expect(!frame.isSilent)
    }

    @Test(arguments: [(0, 0, false), (1, 0, false), (1, 1, true), (5, 4, false), (5, 5, true)])
    func aFrameIsSilentWhenEveryRequestFailed(requests: Int, failed: Int, isSilent: Bool) {
        var frame = SampleFrame(device: DeviceIndex(0), pointCount: 1, stamp: stamp)
        frame.requests = requests
        frame.failedRequests = failed
        #expect(frame.isSilent == isSilent)
    }

    @Test func aClearedFrameForgetsTheSweepAndKeepsItsDevice() {
        var frame = SampleFrame(device: DeviceIndex(4), pointCount: 2, stamp: stamp)
        frame.samples[1] = Sample(value: 1, raw: 1, quality: .good)
        frame.requests = 2
        frame.failedRequests = 2
        frame.clear()
        #expect(frame.samples.map(\.quality) == [.absent, .absent])
        #expect(frame.samples.map(\.raw) == [0, 0])
        #expect(frame.requests == 0 && frame.failedRequests == 0 && !frame.isSilent)
        #expect(frame.device == DeviceIndex(4))
    }

    @Test(arguments: [Quality.absent, .good, .suspect, .bad, .notImplemented])
    func aQualityIsCalledAsItIsWritten(quality: Quality) {
        #expect(quality.name == String(describing: quality))
    }
}
