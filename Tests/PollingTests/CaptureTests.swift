import DeviceProfiles
import Terms
import Testing

@testable import Polling

private func request(_ address: Int, _ count: Int, unit: UInt8 = 7) -> ReadRequest {
    ReadRequest(unit: unit, function: .holdingRegisters, address: address, count: count)
}

private let capture = Capture(
    device: "tcp://192.0.2.10:502 profile=small",
    sweeps: [
        Capture.Sweep(
            time: .zero,
            exchanges: [
                RecordedExchange(request: request(10, 2), answer: .words([1, 0xFFFE])),
                RecordedExchange(request: request(20, 1), answer: .exception(2)),
            ]),
        Capture.Sweep(
            time: .seconds(1),
            exchanges: [
                RecordedExchange(request: request(10, 2), answer: .words([3, 4])),
                RecordedExchange(request: request(30, 2), answer: .nothing("timeout")),
            ]),
    ])

private let text = """
    aftercare-capture 1
    device tcp://192.0.2.10:502 profile=small
    @ 0
    7 3/10x2 0001 FFFE
    7 3/20x1 !2
    @ 1000
    7 3/10x2 0003 0004
    7 3/30x2 -timeout

    """

@Suite struct CaptureTests {
    @Test func itsTextIsWhatAPersonReadsAndIsReadBack() throws {
        let written = Capture.opening(device: capture.device) + capture.sweeps.map(\.text).joined()
        #expect(written == text)
        #expect(try Capture(text: text) == capture)
    }

    @Test func aLineThatWasCutOffIsLeftOut() throws {
        let cut = try Capture(text: String(text.dropLast(6)))
        #expect(cut.sweeps.last?.exchanges.count == 1)
    }

    @Test(arguments: [
        ("", 1), ("aftercare-capture 2\ndevice x\n", 1), ("aftercare-capture 1\n@ 0\n", 2),
        ("aftercare-capture 1\ndevice x\n7 3/10x1 0001\n", 3),
        ("aftercare-capture 1\ndevice x\n@ 5\n@ 4\n", 4), ("aftercare-capture 1\ndevice x\n@ 0\n7 6/10x1 0001\n", 4),
        ("aftercare-capture 1\ndevice x\n@ 0\n7 3/10x2 0001\n", 4),
        ("aftercare-capture 1\ndevice x\n@ 0\n7 3/65535x2 0001 0002\n", 4),
        ("aftercare-capture 1\ndevice x\n@ 0\n256 3/1x1 0001\n", 4),
        ("aftercare-capture 1\ndevice x\n@ 0\n7 3/1x126 0001\n", 4),
        ("aftercare-capture 1\ndevice x\n@ 0\n7 3/1x1 !0\n", 4),
        ("aftercare-capture 1\ndevice x\n@ 0\n7 3/1x1 +001\n", 4),
    ])
    func aTextThatIsNoCaptureIsRefusedWithItsLine(text: String, line: Int) throws {
        do {
            let read = try Capture(text: text)
            Issue.record("read as \(read)")
        } catch {
            #expect(error.line == line, "\(error)")
        }
    }
}

@Suite struct CaptureReplayTests {
    @Test func itAnswersAsTheDeviceDidAndTurnsToTheNextSweepWhenAskedAgain() {
        var replay = CaptureReplay(capture)
        #expect(replay.answer(request(10, 2)) == .words([1, 0xFFFE]))
        #expect(replay.answer(request(20, 1)) == .exception(2))
        #expect(replay.answer(request(10, 2)) == .words([3, 4]))
        #expect(replay.answer(request(30, 1)) == .nothing("timeout"))
        #expect(replay.answer(request(10, 1)) == .words([1]))
        #expect(replay.position == 0)
    }

    @Test func otherBlocksArePutTogetherAndWhatWasNeverReadDoesNotExist() {
        var replay = CaptureReplay(capture)
        #expect(replay.answer(request(11, 1)) == .words([0xFFFE]))
        #expect(replay.answer(request(10, 1)) == .words([1]))
        #expect(replay.answer(request(12, 1)) == .exception(2))
        #expect(replay.answer(request(10, 3)) == .exception(2))
        #expect(replay.answer(request(10, 2, unit: 8)) == .nothing("timeout"))
    }

    @Test func aCaptureWithoutASweepIsSilent() {
        var replay = CaptureReplay(Capture(device: "x"))
        #expect(replay.answer(request(10, 1)) == .nothing("timeout"))
    }
}
