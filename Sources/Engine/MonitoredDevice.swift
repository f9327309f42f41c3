internal import Detection
internal import Telemetry
internal import Terms

/// One device under watch: its detector, its newest values and the frames before them. Belongs to one engine.
final class MonitoredDevice {
    let name: DeviceName
    let profile: String
    var detector: DeviceDetector
    private(set) var heardAt: Instant?
    private(set) var samples: [Sample]
    private(set) var isWhole = false
    /// Its frames so far; a reload of the configuration, or a device that is identified again, does not end it.
    let record: DeviceRecord
    /// The points of the recorded frames: those of the device, as soon as it is known.
    let recordedPoints: [WatchedDevice.Point]
    /// Of the newest frame.
    private var newest: Stamp?
    /// Readings that were good and not believed, since the start.
    private(set) var suspectReadings = 0
    /// What tests measured when their alarms last came up, at most one each; gone with the process.
    private(set) var testReadings: [AlarmPlace: TestReading] = [:]
    /// How it is used; nil where that is not counted.
    var meter: UsageMeter?

    /// - Parameter before: what is remembered of the device so far; it is kept where it has the same points.
    init(
        _ device: WatchedDevice, profile: String, active: Set<AlarmPlace>, before: MonitoredDevice? = nil,
        at now: Stamp
    ) {
        name = device.name
        self.profile = profile
        detector = DeviceDetector(device, active: active, at: now.boottime)
        samples = Array(repeating: .absent, count: device.points.count)
        if let before, before.hasRecorded(device) {
            record = before.record
            recordedPoints = before.recordedPoints
            newest = before.newest
            testReadings = before.testReadings
        } else {
            let points = device.points
            record = DeviceRecord(
                pointCount: points.count, preferred: { points[$0].signal != nil }, interval: device.interval,
                began: now.boottime)
            recordedPoints = points
        }
        meter = before?.meter
        meter?.use(device)
    }

    /// Whether the frames so far are frames of this device. Of a device that was not heard yet nobody knows better.
    private func hasRecorded(_ device: WatchedDevice) -> Bool {
        device.interval == detector.device.interval
            && (device.points.isEmpty
                || device.points.elementsEqual(recordedPoints) { $0.name == $1.name && $0.unit == $1.unit })
    }

    func observe(_ frame: borrowing SampleFrame, _ transitions: inout [AlarmTransition]) {
        Self.keep(frame.samples.span, &samples)
        isWhole = frame.failedRequests == 0
        newest = frame.stamp
        if !frame.isSilent { heardAt = frame.stamp.wall }
        let known = transitions.count
        detector.observe(frame, &transitions)
        for transition in transitions[known...] {
            guard let reading = transition.reading else { continue }
            testReadings[AlarmPlace(alarm: transition.alarm, place: transition.place)] = reading
        }
        let heldBack = frame.isSilent ? [] : detector.heldBack
        // What is not believed is shown, and shown as not believed.
        for point in heldBack { samples[point].quality = .suspect }
        suspectReadings += heldBack.count
        if record.pointCount == samples.count { record.append(frame, heldBack: heldBack) }
    }

    /// What is wanted less often keeps its newest reading until it is read again; a failed read is none.
    private static func keep(_ read: Span<Sample>, _ samples: inout [Sample]) {
        precondition(read.count == samples.count, "a frame that does not fit the device's map")
        var kept = samples.mutableSpan
        for point in read.indices {
            // Matched rather than compared: the comparison is a call into another room.
            if case .absent = read[point].quality { continue }
            kept[point] = read[point]
        }
    }

    /// The curves of every point that `isWanted` takes.
    ///
    /// - Parameter isSubject: which of them the trace is about.
    func trace(
        title: String, wanted isWanted: (Signal) -> Bool, subject isSubject: (Signal) -> Bool
    ) -> EvidenceTrace? {
        let points = recordedPoints
        let chosen = Set(points.indices.filter { points[$0].signal.map(isWanted) ?? false })
        let shown = record.points.indices.filter { chosen.contains(record.points[$0]) }
        let frames = 0..<record.frames.count
        guard let first = shown.first, let newest, !frames.isEmpty else { return nil }
        let clock = RecordClock(now: newest)
        return EvidenceTrace(
            title: title, unit: points[record.points[first]].unit,
            times: frames.map { clock.wall(record.frames.time($0)) },
            series: shown.map { position in
                let point = points[record.points[position]]
                return EvidenceTrace.Series(
                    name: point.name, values: frames.map { record.frames.value($0, at: position) },
                    isSubject: point.signal.map(isSubject) ?? false)
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
