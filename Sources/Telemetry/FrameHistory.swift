internal import Terms

/// The newest frames of one device at full rate, to draw what led to a fault.
///
/// Structure of arrays in fixed memory: `capacity` times (8 + 4 × points) bytes.
package struct FrameHistory: ~Copyable {
    package let pointCount: Int
    package let capacity: Int
    package private(set) var count = 0
    private var next = 0
    private let times: UnsafeMutablePointer<Int64>
    /// Frame by frame; NaN where nothing good was read.
    private let values: UnsafeMutablePointer<Float>

    /// - Parameter capacity: frames kept, at least 1.
    package init(pointCount: Int, capacity: Int) {
        precondition(capacity > 0 && pointCount >= 0, "a history holds at least one frame")
        self.pointCount = pointCount
        self.capacity = capacity
        times = .allocate(capacity: capacity)
        times.initialize(repeating: 0, count: capacity)
        values = .allocate(capacity: capacity * max(1, pointCount))
        values.initialize(repeating: .nan, count: capacity * max(1, pointCount))
    }

    deinit {
        times.deallocate()
        values.deallocate()
    }

    /// Takes a frame of this device; the oldest one goes when the history is full.
    package mutating func append(_ frame: borrowing SampleFrame) {
        precondition(frame.samples.count == pointCount, "a frame of another device")
        times[next] = frame.stamp.wall.milliseconds
        for point in 0..<pointCount {
            let sample = frame.samples[point]
            values[next * pointCount + point] = sample.quality == .good ? Float(sample.value) : .nan
        }
        next = next + 1 == capacity ? 0 : next + 1
        if count < capacity { count += 1 }
    }

    /// When the frame `index` places after the oldest was read, in ms since 1970 UTC.
    package func time(_ index: Int) -> Int64 { times[slot(index)] }

    /// A point's value in the frame `index` places after the oldest; nil where nothing good was read.
    package func value(_ index: Int, point: Int) -> Double? {
        precondition(point >= 0 && point < pointCount, "no such point")
        let value = values[slot(index) * pointCount + point]
        return value.isFinite ? Double(value) : nil
    }

    private func slot(_ index: Int) -> Int {
        precondition(index >= 0 && index < count, "outside the history")
        let slot = next - count + index
        return slot < 0 ? slot + capacity : slot
    }
}
