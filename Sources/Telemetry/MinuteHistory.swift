internal import Terms

/// One frame a minute of one device: of each point the newest good value, and the lowest and highest of the minute.
///
/// Structure of arrays in fixed memory; `bytes` says how much. A frame that is taken allocates nothing. Minutes count
/// by the clock that never steps, and a minute in which nothing was read has no place: the times show the gap.
package struct MinuteHistory: ~Copyable {
    /// Which points of the device's frames are kept, in this order.
    package let points: [Int]
    package let capacity: Int
    package let keepsExtremes: Bool
    /// Minutes, the one that still runs among them.
    package private(set) var count = 0
    private var newest = -1
    private var newestMinute = Int64.min
    private let times: UnsafeMutablePointer<Int64>
    /// Minute by minute the newest value of each point, and with extremes the lowest of each and the highest of each;
    /// NaN where nothing good was read.
    private let values: UnsafeMutablePointer<Float>

    private var stride: Int { keepsExtremes ? 3 : 1 }

    /// - Parameter capacity: minutes kept, at least 1.
    package init(points: [Int], capacity: Int, keepsExtremes: Bool) {
        precondition(capacity > 0, "a history holds at least one minute")
        self.points = points
        self.capacity = capacity
        self.keepsExtremes = keepsExtremes
        times = .allocate(capacity: capacity)
        times.initialize(repeating: 0, count: capacity)
        let places = capacity * points.count * (keepsExtremes ? 3 : 1)
        values = .allocate(capacity: places)
        values.initialize(repeating: .nan, count: places)
    }

    deinit {
        times.deallocate()
        values.deallocate()
    }

    /// The memory of that many minutes of that many points.
    package static func bytes(points: Int, capacity: Int, keepsExtremes: Bool) -> Int {
        capacity * (8 + points * (keepsExtremes ? 12 : 4))
    }

    /// Takes a frame of this device; with the first one of a minute the oldest minute goes when the history is full.
    ///
    /// - Parameters:
    ///   - milliseconds: of the clock that never steps.
    ///   - read: by place in `points`; not finite where nothing was read.
    package mutating func append(at milliseconds: Int64, _ read: Span<Float>, _ qualities: Span<Quality>) {
        let minute = milliseconds / 60_000
        if minute > newestMinute { begin(minute) }
        times[newest] = max(times[newest], milliseconds)
        let last = values + newest * points.count * stride
        let (lowest, highest) = (last + points.count, last + 2 * points.count)
        for position in points.indices where qualities[position] == .good && read[position].isFinite {
            let value = read[position]
            last[position] = value
            guard keepsExtremes else { continue }
            // A comparison with NaN is false: the first value of a minute is both.
            lowest[position] = lowest[position] <= value ? lowest[position] : value
            highest[position] = highest[position] >= value ? highest[position] : value
        }
    }

    private mutating func begin(_ minute: Int64) {
        newestMinute = minute
        newest = newest + 1 == capacity ? 0 : newest + 1
        if count < capacity { count += 1 }
        times[newest] = 0
        let size = points.count * stride
        for place in (newest * size)..<((newest + 1) * size) { values[place] = .nan }
    }

    /// When the newest frame of the minute `index` places after the oldest was read, in ms of the clock that never
    /// steps.
    package func time(_ index: Int) -> Int64 { times[slot(index)] }

    /// The newest good value of a minute; nil where nothing good was read.
    ///
    /// - Parameter position: the point's place in `points`.
    package func last(_ index: Int, at position: Int) -> Double? { told(index, position, 0) }

    /// The lowest good value of a minute; nil where nothing good was read or extremes are not kept.
    package func lowest(_ index: Int, at position: Int) -> Double? {
        keepsExtremes ? told(index, position, 1) : nil
    }

    /// The highest good value of a minute; nil where nothing good was read or extremes are not kept.
    package func highest(_ index: Int, at position: Int) -> Double? {
        keepsExtremes ? told(index, position, 2) : nil
    }

    private func told(_ index: Int, _ position: Int, _ which: Int) -> Double? {
        precondition(points.indices.contains(position), "no such point")
        let value = values[(slot(index) * stride + which) * points.count + position]
        return value.isFinite ? Double(value) : nil
    }

    private func slot(_ index: Int) -> Int {
        precondition(index >= 0 && index < count, "outside the history")
        let slot = newest - (count - 1) + index
        return slot < 0 ? slot + capacity : slot
    }
}
