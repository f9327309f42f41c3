internal import Terms

/// The newest frames of one device at full rate: what was read, how far it is believed, and the registers.
///
/// Structure of arrays in fixed memory; `bytes` says how much. A frame that is taken allocates nothing. Times count by
/// the clock that never steps: a wall clock that is set meanwhile neither turns a curve back nor tears it apart.
package struct FrameHistory: ~Copyable {
    /// Which points of the device's frames are kept, in this order.
    package let points: [Int]
    package let capacity: Int
    package let keepsRegisters: Bool
    package private(set) var count = 0
    private var next = 0
    private let times: UnsafeMutablePointer<Int64>
    /// Frame by frame; not finite where nothing was read.
    private let values: UnsafeMutablePointer<Float>
    private let qualities: UnsafeMutablePointer<Quality>
    /// Empty where registers are not kept.
    private let registers: UnsafeMutablePointer<UInt64>

    /// - Parameter capacity: frames kept, at least 1.
    package init(points: [Int], capacity: Int, keepsRegisters: Bool) {
        precondition(capacity > 0, "a history holds at least one frame")
        self.points = points
        self.capacity = capacity
        self.keepsRegisters = keepsRegisters
        let places = capacity * points.count
        times = Self.filled(capacity, with: 0)
        values = Self.filled(places, with: .nan)
        qualities = Self.filled(places, with: .absent)
        registers = Self.filled(keepsRegisters ? places : 0, with: 0)
    }

    deinit {
        times.deallocate()
        values.deallocate()
        qualities.deallocate()
        registers.deallocate()
    }

    private static func filled<T: BitwiseCopyable>(_ count: Int, with filler: T) -> UnsafeMutablePointer<T> {
        let memory = UnsafeMutablePointer<T>.allocate(capacity: count)
        memory.initialize(repeating: filler, count: count)
        return memory
    }

    /// The memory of that many frames of that many points.
    package static func bytes(points: Int, capacity: Int, keepsRegisters: Bool) -> Int {
        capacity * (8 + points * (4 + 1 + (keepsRegisters ? 8 : 0)))
    }

    /// Takes a frame of this device; the oldest one goes when the history is full.
    ///
    /// - Parameter heldBack: points that were read well and are not believed: they are kept as suspect.
    package mutating func append(_ frame: borrowing SampleFrame, heldBack: [Int]) {
        times[next] = frame.stamp.boottime.nanoseconds / 1_000_000
        write(frame.samples.span, heldBack, from: next * points.count)
        next = next + 1 == capacity ? 0 : next + 1
        if count < capacity { count += 1 }
    }

    private func write(_ samples: Span<Sample>, _ heldBack: [Int], from first: Int) {
        for position in points.indices {
            let sample = samples[points[position]]
            values[first + position] = Float(sample.value)
            qualities[first + position] = sample.quality
            if keepsRegisters { registers[first + position] = sample.raw }
        }
        for point in heldBack {
            guard let position = position(of: point), qualities[first + position] == .good else { continue }
            qualities[first + position] = .suspect
        }
    }

    private func position(of point: Int) -> Int? {
        // Where all points are kept, each is at its own place.
        point < points.count && points[point] == point ? point : points.firstIndex(of: point)
    }

    /// Lends the newest frame to `body` as it lies here: its time as of `time`, of each point the value, not finite
    /// where nothing was read, and what it is worth. There must be one.
    package func withNewest(_ body: (Int64, Span<Float>, Span<Quality>) -> Void) {
        let slot = slot(count - 1)
        let (values, qualities) = (values + slot * points.count, qualities + slot * points.count)
        body(
            times[slot], UnsafeBufferPointer(start: values, count: points.count).span,
            UnsafeBufferPointer(start: qualities, count: points.count).span)
    }

    /// When the frame `index` places after the oldest was read, in ms of the clock that never steps.
    package func time(_ index: Int) -> Int64 { times[slot(index)] }

    /// A point's value in the frame `index` places after the oldest; nil where nothing good was read.
    ///
    /// - Parameter position: the point's place in `points`.
    package func value(_ index: Int, at position: Int) -> Double? {
        quality(index, at: position) == .good ? told(index, at: position) : nil
    }

    /// A value that was read and is not believed; nil where there is none.
    package func suspect(_ index: Int, at position: Int) -> Double? {
        quality(index, at: position) == .suspect ? told(index, at: position) : nil
    }

    /// What a point's reading in a frame is worth.
    package func quality(_ index: Int, at position: Int) -> Quality { qualities[place(index, position)] }

    /// The registers as they came; nil where nothing was read or registers are not kept.
    package func registers(_ index: Int, at position: Int) -> UInt64? {
        let place = place(index, position)
        switch qualities[place] {
        case .good, .suspect, .notImplemented: return keepsRegisters ? registers[place] : nil
        case .absent, .bad: return nil
        }
    }

    private func told(_ index: Int, at position: Int) -> Double? {
        let value = values[place(index, position)]
        return value.isFinite ? Double(value) : nil
    }

    private func place(_ index: Int, _ position: Int) -> Int {
        precondition(points.indices.contains(position), "no such point")
        return slot(index) * points.count + position
    }

    private func slot(_ index: Int) -> Int {
        precondition(index >= 0 && index < count, "outside the history")
        let slot = next - count + index
        return slot < 0 ? slot + capacity : slot
    }
}
