internal import Detection
internal import Telemetry
internal import Terms

/// One device under watch: its detector, its newest values and the frames before them. Belongs to one engine.
final class MonitoredDevice {
    let profile: String
    var detector: DeviceDetector
    private(set) var heardAt: Instant?
    private(set) var samples: [Sample]
    private(set) var isWhole = false
    /// Readings that were good and not believed, since the start.
    private(set) var suspectReadings = 0
    private var history: FrameHistory

    /// Frames kept at full rate: 15 minutes at one a second.
    private static let historyFrames = 900

    init(_ device: WatchedDevice, profile: String, active: Set<AlarmPlace>, at now: Stamp) {
        self.profile = profile
        detector = DeviceDetector(device, active: active, at: now.boottime)
        samples = Array(repeating: .absent, count: device.points.count)
        history = FrameHistory(pointCount: device.points.count, capacity: Self.historyFrames)
    }

    func observe(_ frame: borrowing SampleFrame, _ transitions: inout [AlarmTransition]) {
        precondition(frame.samples.count == samples.count, "a frame that does not fit the device's map")
        // What is wanted less often keeps its newest reading until it is read again; a failed read is none.
        for point in samples.indices where frame.samples[point].quality != .absent {
            samples[point] = frame.samples[point]
        }
        isWhole = frame.failedRequests == 0
        history.append(frame)
        if !frame.isSilent { heardAt = frame.stamp.wall }
        detector.observe(frame, &transitions)
        // What is not believed is shown, and shown as not believed.
        for point in samples.indices where frame.samples[point].quality == .good && detector.isHeldBack(point) {
            samples[point].quality = .suspect
            suspectReadings += 1
        }
    }

    /// The curves of every point that `isWanted` takes.
    ///
    /// - Parameter isSubject: which of them the trace is about.
    func trace(
        title: String, wanted isWanted: (Signal) -> Bool, subject isSubject: (Signal) -> Bool
    ) -> EvidenceTrace? {
        let points = detector.device.points
        let chosen = points.indices.filter { points[$0].signal.map(isWanted) ?? false }
        guard let first = chosen.first, history.count > 0 else { return nil }
        let frames = 0..<history.count
        return EvidenceTrace(
            title: title, unit: points[first].unit, times: frames.map { history.time($0) },
            series: chosen.map { point in
                EvidenceTrace.Series(
                    name: points[point].name, values: frames.map { history.value($0, point: point) },
                    isSubject: points[point].signal.map(isSubject) ?? false)
            })
    }
}

/// What a device's curves show.
package enum TraceKind: String, CaseIterable, Sendable {
    case cellVoltages, temperatures, power

    func includes(_ signal: Signal) -> Bool {
        switch (self, signal) {
        case (.cellVoltages, .cellVoltage), (.cellVoltages, .cellVoltageMaximum),
            (.cellVoltages, .cellVoltageMinimum),
            (.temperatures, .cellTemperature), (.temperatures, .packTemperatureMaximum),
            (.temperatures, .packTemperatureMinimum), (.temperatures, .inverterTemperature),
            (.power, .packPower):
            true
        default: false
        }
    }

    var title: String {
        switch self {
        case .cellVoltages: "Cell voltages"
        case .temperatures: "Temperatures"
        case .power: "Power"
        }
    }
}
