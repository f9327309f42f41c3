package import Terms

/// What is remembered of one device for the evidence of a ticket: 15 minutes at full rate and 24 hours by the minute.
///
/// Its memory is fixed when it is made: 1.8 MB for 60 points read once a second, 3.7 MB for 128, never more than
/// `mostBytes`. It is gone with the process.
package final class DeviceRecord {
    /// Of a device with more points the others are not remembered.
    package static let mostPoints = 512
    /// Of a device with more points neither registers nor the extremes of a minute are remembered.
    package static let mostDetailedPoints = 128
    package static let fullRate = Milliseconds.minutes(15)
    package static let minutesKept = 1_440
    /// Frames at full rate; a device that is read more than once a second has less than 15 minutes of them.
    private static let frameLimits = 60...900

    /// Points of the device, remembered or not.
    package let pointCount: Int
    /// Which of them are remembered, in ascending order.
    package let points: [Int]
    /// Nothing is remembered from before.
    package let began: Boottime
    package private(set) var frames: FrameHistory
    package private(set) var minutes: MinuteHistory

    /// - Parameters:
    ///   - preferred: which points are remembered first where there are more than `mostPoints`.
    ///   - interval: how often the device is read.
    package init(pointCount: Int, preferred: (Int) -> Bool, interval: Milliseconds, began: Boottime) {
        self.pointCount = pointCount
        self.began = began
        let all = Array(0..<pointCount)
        let wanted = pointCount <= Self.mostPoints ? all : all.filter(preferred) + all.filter { !preferred($0) }
        points = wanted.prefix(Self.mostPoints).sorted()
        let isDetailed = points.count <= Self.mostDetailedPoints
        let wished = Int(Self.fullRate.count / max(1, interval.count))
        frames = FrameHistory(
            points: points, capacity: min(max(wished, Self.frameLimits.lowerBound), Self.frameLimits.upperBound),
            keepsRegisters: isDetailed)
        minutes = MinuteHistory(points: points, capacity: Self.minutesKept, keepsExtremes: isDetailed)
    }

    /// Takes a frame of this device.
    ///
    /// - Parameter heldBack: points that were read well and are not believed: they are kept as suspect.
    package func append(_ frame: borrowing SampleFrame, heldBack: [Int]) {
        precondition(frame.samples.count == pointCount, "a frame of another device")
        frames.append(frame, heldBack: heldBack)
        if !frame.isSilent { frames.withNewest { minutes.append(at: $0, $1, $2) } }
    }

    /// How much memory the frames take.
    package var bytes: Int {
        FrameHistory.bytes(points: points.count, capacity: frames.capacity, keepsRegisters: frames.keepsRegisters)
            + MinuteHistory.bytes(
                points: points.count, capacity: minutes.capacity, keepsExtremes: minutes.keepsExtremes)
    }

    /// The most memory that any device takes.
    package static var mostBytes: Int {
        [(mostPoints, false), (mostDetailedPoints, true)].map { points, isDetailed in
            FrameHistory.bytes(points: points, capacity: frameLimits.upperBound, keepsRegisters: isDetailed)
                + MinuteHistory.bytes(points: points, capacity: minutesKept, keepsExtremes: isDetailed)
        }.max() ?? 0
    }
}
