package import Terms

/// What a value is worth. A failed read is no value: it is never 0 and never the last value passed off as fresh.
package enum Quality: UInt8, Sendable, BitwiseCopyable {
    /// Not read in this frame.
    case absent
    /// Read and believable.
    case good
    /// Read, but implausible; the raw value is kept as evidence and decides nothing.
    case suspect
    /// The read failed.
    case bad
    /// The device says that it has no such value (NaN, 0x8000, 0xFFFF, SunSpec per type).
    case notImplemented

    package var name: String {
        switch self {
        case .absent: "absent"
        case .good: "good"
        case .suspect: "suspect"
        case .bad: "bad"
        case .notImplemented: "notImplemented"
        }
    }
}

/// One point of one frame.
package struct Sample: Sendable, Equatable, BitwiseCopyable {
    /// In the unit of the point; meaningful only where the quality is good or suspect.
    package var value: Double
    /// The registers as they came, the first in the highest bits; for bit fields the value itself.
    package var raw: UInt64
    package var quality: Quality

    package init(value: Double, raw: UInt64, quality: Quality) {
        self.value = value
        self.raw = raw
        self.quality = quality
    }

    package static let absent = Sample(value: .nan, raw: 0, quality: .absent)
    package static let bad = Sample(value: .nan, raw: 0, quality: .bad)

    /// The value where it can be believed, else nil.
    package var goodValue: Double? { quality == .good ? value : nil }
}

/// Which device of a site, counted from 0 in the order of the configuration.
package struct DeviceIndex: Hashable, Sendable {
    package let position: Int
    package init(_ position: Int) { self.position = position }
}

/// All points of one device at one time. The position of a sample is the point's index in the device's map.
///
/// One frame is made per device and used again for every sweep: its owner fills it in place and lends it out.
package struct SampleFrame: Sendable {
    package let device: DeviceIndex
    /// When the last answer of the sweep had come.
    package var stamp: Stamp
    package var samples: [Sample]
    /// Requests of this sweep that gave no answer, of all requests of the sweep.
    package var failedRequests: Int
    package var requests: Int

    package init(device: DeviceIndex, pointCount: Int, stamp: Stamp) {
        self.device = device
        self.stamp = stamp
        samples = Array(repeating: .absent, count: pointCount)
        failedRequests = 0
        requests = 0
    }

    /// Whether nothing at all was heard from the device in this sweep.
    package var isSilent: Bool { requests > 0 && failedRequests == requests }

    /// Makes every sample absent, before a new sweep.
    package mutating func clear() {
        for index in samples.indices { samples[index] = .absent }
        failedRequests = 0
        requests = 0
    }

    /// A request for these points goes out: until its answer is there, they count as not to be had.
    package mutating func ask(_ positions: [Int]) {
        for position in positions { samples[position] = .bad }
        requests += 1
        failedRequests += 1
    }
}
