import DeviceProfiles
import Terms
import Testing

@testable import Polling

private func at(_ milliseconds: Int64) -> Boottime { Boottime(nanoseconds: milliseconds * 1_000_000) }

@Suite struct LinePacingTests {
    private let serial = DeviceURL.rtu(path: "/dev/x", SerialSettings())

    @Test func aSerialLineIsSilentForThreeAndAHalfCharacters() {
        var pacing = LinePacing(url: serial)
        #expect(pacing.earliest(pause: .zero) == nil)
        pacing.exchanged(at: at(100), pause: .zero)
        // 3.5 characters of 10 bits at 9600 baud are 3.646 ms.
        #expect(pacing.earliest(pause: .zero).map { $0.nanoseconds - 100_000_000 } == 3_645_834)
    }

    @Test func thePauseOfEitherDeviceHolds() {
        var pacing = LinePacing(url: .tcp(host: "a", port: 502))
        pacing.exchanged(at: at(100), pause: Milliseconds(30))
        #expect(pacing.earliest(pause: .zero) == at(130))
        #expect(pacing.earliest(pause: Milliseconds(150)) == at(250))
    }

    @Test func afterAFailureAndAfterConnectingTheLineIsLeftAlone() {
        var pacing = LinePacing(url: serial)
        pacing.exchanged(at: at(100), pause: .zero)
        pacing.hold(until: at(1_100))
        pacing.connected(at: at(100), afterConnect: Milliseconds(500))
        #expect(pacing.earliest(pause: .zero) == at(1_100))
    }
}
