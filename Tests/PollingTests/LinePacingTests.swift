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

@Suite struct LateAnswersTests {
    private func request(_ count: Int, unit: UInt8 = 1, address: Int = 10) -> ReadRequest {
        ReadRequest(unit: unit, function: .holdingRegisters, address: address, count: count)
    }

    @Test func theSameShapeIsAskedInAnotherOneFirst() {
        var late = LateAnswers()
        #expect(late.probe(before: request(4)) == nil)
        late.failed(request(4))
        #expect(late.probe(before: request(4, address: 50)) == request(3, address: 50))
        #expect(late.probe(before: request(5)) == nil)
        #expect(late.probe(before: request(4, unit: 2)) == nil)
    }

    @Test func aSingleRegisterIsAskedWithItsNeighbour() {
        var late = LateAnswers()
        late.failed(request(1))
        #expect(late.probe(before: request(1)) == request(2))
    }

    @Test func anAnswerOfAnotherShapeEndsTheDoubt() {
        var late = LateAnswers()
        late.failed(request(4))
        late.failed(request(3))
        #expect(late.probe(before: request(4)) == request(2))
        late.answered(request(2))
        #expect(late.probe(before: request(4)) == nil)
    }
}
