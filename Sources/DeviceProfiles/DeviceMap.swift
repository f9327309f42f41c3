package import Telemetry
package import Terms

/// One point of a device, resolved to absolute addresses. Its position in the map is its index in a frame's samples.
package struct MappedPoint: Sendable, Equatable {
    /// `pack.voltage`, `cell.3.temperature`; unique in the map.
    package let name: String
    /// What it means to detection.
    package let signal: Signal?
    /// `V`, `A`, `W`, `%`, `°C`; empty for a number without one.
    package let unit: String
    package let coding: PointCoding
    /// How often it is wanted; nil: as often as the device is polled.
    package let interval: Milliseconds?

    package init(name: String, unit: String, coding: PointCoding, interval: Milliseconds? = nil) {
        self.name = name
        signal = Signal(pointName: name)
        self.unit = unit
        self.coding = coding
        self.interval = interval
    }

    package var function: ReadFunction { coding.function }
    package var address: Int { coding.address }
    package var registers: Int { coding.registers }
    package var type: ValueType { coding.type }
}

/// One bit that a maker gave a meaning.
package struct MappedAlarm: Sendable, Equatable {
    /// The position of its bit field among the map's points.
    package let point: Int
    /// 0 is the lowest bit of the bit field's value.
    package let bit: Int
    /// `goodwe.gridFault`: names the alarm.
    package let code: String
    /// The fault that the alarm belongs to: the code itself, or one that several alarms share, so that what a maker
    /// reports and what the box sees for itself open one ticket.
    package let fault: String
    package let name: String
    package let severity: Severity
    package let routing: Routing
    /// What it means for the home, in plain words.
    package let consequence: String
    /// What to do, in plain words.
    package let remedy: String

    package init(
        point: Int, bit: Int, code: String, fault: String? = nil, name: String, severity: Severity, routing: Routing,
        consequence: String, remedy: String
    ) {
        self.point = point
        self.bit = bit
        self.code = code
        self.fault = fault ?? code
        self.name = name
        self.severity = severity
        self.routing = routing
        self.consequence = consequence
        self.remedy = remedy
    }
}

/// Text that a device tells about itself: read when it is identified, not in every sweep.
package struct MappedText: Sendable, Equatable {
    package let name: String
    package let range: RegisterRange

    package init(name: String, range: RegisterRange) {
        self.name = name
        self.range = range
    }

    /// The name of the text that holds the serial number.
    package static let serialName = "device.serial"
}

/// What a device offers: where every point is, what its bits mean, and how it wants to be asked.
package struct DeviceMap: Sendable, Equatable {
    /// The id of the profile that it was made from.
    package let profile: String
    package let points: [MappedPoint]
    package let alarms: [MappedAlarm]
    package let texts: [MappedText]
    package let limits: ReadLimits
    let alarmWords: [AlarmWord]

    /// - Parameter alarmPoints: Positions of bit fields in which every set bit counts as an alarm, beside those that
    ///   have a row.
    package init(
        profile: String, points: [MappedPoint], alarms: [MappedAlarm] = [], texts: [MappedText] = [],
        limits: ReadLimits = ReadLimits(), alarmPoints: [Int] = []
    ) {
        self.profile = profile
        self.points = points
        self.alarms = alarms
        self.texts = texts
        self.limits = limits
        alarmWords = Set(alarms.map(\.point)).union(alarmPoints).sorted().map { point in
            AlarmWord(point: point, rows: alarms.indices.filter { alarms[$0].point == point })
        }
    }

    /// The position of a point, nil for a name that the map does not have.
    package func position(of name: String) -> Int? { points.firstIndex { $0.name == name } }

    /// Fills the samples of `positions` from one answer. Allocates nothing.
    ///
    /// - Parameters:
    ///   - words: The answer; it holds the wire range of every point in `positions`.
    ///   - firstAddress: The address of its first word.
    package func decode(
        _ words: Span<UInt16>, firstAddress: Int, positions: [Int], into frame: inout SampleFrame
    ) {
        for position in positions {
            frame.samples[position] = points[position].coding.sample(words, firstAddress: firstAddress)
        }
    }
}
