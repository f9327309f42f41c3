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
        var isSame = true
        var isHeartbeatStanding = false
        for point in previous.indices {
            let raw = frame.samples[point].raw
            if raw != previous[point] {
                isSame = false
            } else if point == heartbeatPoint, frame.samples[point].quality == .good {
                isHeartbeatStanding = true
            }
            previous[point] = raw
        }
        isRepeated = isSame
        if isHeartbeatStanding { return .violated }
        guard let currentPoint, let current = frame.samples[currentPoint].goodValue else { return .unknown }
        return isSame && abs(current) > Self.movingCurrent ? .violated : .normal
    }
}
