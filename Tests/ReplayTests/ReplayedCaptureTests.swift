import DeviceProfiles
import Detection
import Foundation
import Polling
import Replay
import Telemetry
import Terms
import Testing

@Suite struct ReplayedCaptureTests {
    /// Four cells at 3/20, in mV, and a current at 3/11, in A/100.
    private static let map = DeviceMap(
        profile: "small",
        points: (0..<4).map { cell in
            MappedPoint(
                name: "cell.\(cell + 1).voltage", unit: "V",
                coding: PointCoding(
                    function: .holdingRegisters, address: 20 + cell, registers: 1, type: .u16, scale: 0.001))
        } + [
            MappedPoint(
                name: "pack.current", unit: "A",
                coding: PointCoding(
                    function: .holdingRegisters, address: 11, registers: 1, type: .i16, scale: 0.01))
        ])

    private static func sweep(_ second: Int64, cells: RecordedAnswer) -> Capture.Sweep {
        func request(_ address: Int, _ count: Int) -> ReadRequest {
            ReadRequest(unit: 7, function: .holdingRegisters, address: address, count: count)
        }
        return Capture.Sweep(
            time: .seconds(second),
            exchanges: [
                RecordedExchange(request: request(20, 4), answer: cells),
                RecordedExchange(request: request(11, 1), answer: .words([1_000 + UInt16(second % 7)])),
                RecordedExchange(request: request(900, 1), answer: .exception(2)),
            ])
    }

    private static func words(_ second: Int64, third: UInt16) -> RecordedAnswer {
        let move = UInt16(second % 2)
        return .words([3_290 + move, 3_291 + move, third + move, 3_292 + move])
    }

    private func replay(_ capture: Capture) throws -> (ReplaySummary, [Finding]) {
        let settings = ReplaySettings(device: DeviceName("pack-1"), rules: [try shippedRules()])
        var replayed = ReplayedCapture(
            capture, unit: 7, map: Self.map, serial: "A1", settings: settings, time: StandingTime()
        ) { interval, rules in
            WatchedDevice(
                name: DeviceName("pack-1"), link: .lan, interval: interval,
                points: Self.map.points.map { .init(name: $0.name, unit: $0.unit, signal: $0.signal) }, reports: [],
                rules: rules)
        }
        var findings: [Finding] = []
        let summary = try replayed.replay { findings.append($0) }
        return (summary, findings)
    }

    @Test func registersAreJudgedAsTheDaemonWouldJudgeThem() throws {
        let capture = Capture(
            device: "x",
            sweeps: (0..<1_500).map { second in
                Self.sweep(second, cells: Self.words(second, third: second < 100 ? 3_290 : 3_700))
            })
        #expect(ReplayedCapture.firstUnit(of: capture) == 7)
        let (summary, findings) = try replay(capture)
        #expect(summary.frames == 1_500)
        #expect(summary.cells == 4)
        #expect(findings.first { $0.faultClass == .overVoltage }?.cell == 3)
    }

    @Test func whatWasNotAnsweredIsNoReading() throws {
        let capture = Capture(
            device: "x",
            sweeps: (0..<1_500).map { second in
                Self.sweep(
                    second, cells: second < 100 ? Self.words(second, third: 3_290) : .nothing("timeout"))
            })
        let (summary, findings) = try replay(capture)
        #expect(summary.frames == 1_500)
        #expect(findings.filter { $0.opens == .ticket }.isEmpty)
    }

    @Test func aCaptureIsHandedBackToBeIdentified() throws {
        let capture = Capture(device: "x", sweeps: [Self.sweep(0, cells: Self.words(0, third: 3_290))])
        let text = Array((Capture.opening(device: "x") + capture.sweeps.map(\.text).joined()).utf8)
        for bytes in [text, gzip(text)] {
            var player = RecordingPlayer(
                file: "x", spacing: .zero, settings: { throw Replayed.NoTable() }, time: StandingTime(), tell: { _ in })
            for byte in bytes { try [byte].withUnsafeBytes { try player.take($0) } }
            guard case .capture(let read) = try player.finish() else {
                Issue.record("no capture")
                continue
            }
            #expect(read == capture)
        }
    }

    @Test func aDamagedCaptureIsNamedWithItsLine() throws {
        var player = RecordingPlayer(
            file: "x", spacing: .zero, settings: { throw Replayed.NoTable() }, time: StandingTime(), tell: { _ in })
        try Array("aftercare-capture 1\ndevice x\nnonsense\n".utf8).withUnsafeBytes { try player.take($0) }
        let error = #expect(throws: InvalidRecording.self) { _ = try player.finish() }
        #expect(error?.line == 3)
    }
}
