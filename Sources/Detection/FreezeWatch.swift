internal import Telemetry
internal import Terms

/// Finds a device that answers, but always the same: its gateway repeats old data.
struct FreezeWatch {
    /// A; below it a battery may truly stand still.
    private static let movingCurrent = 1.0

    private let currentPoint: Int?
    private let heartbeatPoint: Int?
    private var previous: [UInt64]
    /// Whether the newest frame was the one before once more, to the last bit.
    private(set) var isRepeated = false
    var machine = AlarmMachine()

    init(_ device: WatchedDevice) {
        currentPoint = device.firstPoint(.packCurrent)
        heartbeatPoint = device.firstPoint(.heartbeat)
        previous = Array(repeating: .max, count: device.points.count)
    }

    mutating func condition(_ frame: borrowing SampleFrame) -> Condition {
        let samples = frame.samples.span
        var isHeartbeatStanding = false
        if let heartbeatPoint, samples[heartbeatPoint].isGood {
            isHeartbeatStanding = samples[heartbeatPoint].raw == previous[heartbeatPoint]
        }
        isRepeated = remember(samples)
        if isHeartbeatStanding { return .violated }
        guard let currentPoint, samples[currentPoint].isGood else { return .unknown }
        return isRepeated && abs(samples[currentPoint].value) > Self.movingCurrent ? .violated : .normal
    }

    /// Whether they are the remembered ones, to the last bit.
    private mutating func remember(_ samples: Span<Sample>) -> Bool {
        var previous = self.previous.mutableSpan
        var changes: UInt64 = 0
        for point in previous.indices {
            changes |= samples[point].raw ^ previous[point]
            previous[point] = samples[point].raw
        }
        return changes == 0
    }
}
