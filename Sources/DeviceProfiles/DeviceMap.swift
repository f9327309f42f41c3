package import Telemetry
package import Terms

/// One point of a device, resolved to absolute addresses. Its position in the map is its index in a frame's samples.
package struct MappedPoint: Sendable, Equatable {
    /// `pack.voltage`, `cell.3.temperature`; unique in the map.
    package let name: String
    /// What it means to detection; nothing where sources disagree about it.
    package let signal: Signal?
    /// `V`, `A`, `W`, `%`, `°C`; empty for a number without one.
    package let unit: String
    package let coding: PointCoding
    /// How often it is wanted; nil: as often as the device is polled.
    package let interval: Milliseconds?
    /// What its numbers mean, for an enumeration.
    package let labels: [Int: String]
    /// Whether two sources disagree about it.
    package let isDisputed: Bool
    /// The page that must be shown when it is read; nil for a point that is always there.
    package let page: PageNumber?

    package init(
        name: String, unit: String, coding: PointCoding, interval: Milliseconds? = nil, labels: [Int: String] = [:],
        isDisputed: Bool = false, page: PageNumber? = nil
    ) {
        self.page = page
        self.name = name
        signal = isDisputed ? nil : Signal(pointName: name)
        self.unit = unit
        self.coding = coding
        self.interval = interval
        self.labels = labels
        self.isDisputed = isDisputed
    }

    package var function: ReadFunction { coding.function }
    package var address: Int { coding.address }
    package var registers: Int { coding.registers }
    package var type: ValueType { coding.type }

    /// The same on a page.
    func placed(on page: PageNumber) -> MappedPoint {
        MappedPoint(
            name: name, unit: unit, coding: coding, interval: interval, labels: labels, isDisputed: isDisputed,
            page: page)
    }

    /// What a sample's number means; nil where the profile has no word for it.
    package func label(of sample: Sample) -> String? {
        guard sample.quality == .good, !labels.isEmpty else { return nil }
        return Int(exactly: sample.value).flatMap { labels[$0] }
    }
}

/// How an alarm of a device ends.
package enum AlarmClearing: String, CaseIterable, Hashable, Sendable {
    /// By itself, when its cause is gone.
    case auto
    /// When somebody resets the device.
    case manual
}

/// What a maker's bit or number says is wrong.
package struct MappedAlarm: Sendable, Equatable {
    /// The position of its word among the map's points.
    package let point: Int
    package let condition: AlarmCondition
    /// `goodwe.gridFault`: names the alarm.
    package let code: String
    /// The fault that the alarm belongs to: the code itself, or one that several alarms share, so that what a maker
    /// reports and what the box sees open one ticket.
    package let fault: String
    package let name: String
    package let severity: Severity
    package let routing: Routing
    /// What it means for the home, in plain words.
    package let consequence: String
    /// What to do, in plain words.
    package let remedy: String
    package let clearing: AlarmClearing
    /// Codes of alarms that this one explains.
    package let masks: [String]
    /// Whether two sources disagree about it: it is shown and opens no ticket.
    package let isDisputed: Bool

    package init(
        point: Int, condition: AlarmCondition, code: String, fault: String? = nil, name: String, severity: Severity,
        routing: Routing, consequence: String, remedy: String, clearing: AlarmClearing = .auto, masks: [String] = [],
        isDisputed: Bool = false
    ) {
        self.point = point
        self.condition = condition
        self.code = code
        self.fault = fault ?? code
        self.name = name
        self.severity = severity
        self.routing = routing
        self.consequence = consequence
        self.remedy = remedy
        self.clearing = clearing
        self.masks = masks
        self.isDisputed = isDisputed
    }

    /// The same alarm of a word at another position, under other names.
    func placed(at point: Int, code: String, fault: String, name: String) -> MappedAlarm {
        MappedAlarm(
            point: point, condition: condition, code: code, fault: fault, name: name, severity: severity,
            routing: routing, consequence: consequence, remedy: remedy, clearing: clearing, masks: masks,
            isDisputed: isDisputed)
    }
}

/// Text that a device tells about itself: read when it is identified, not in every sweep.
package struct MappedText: Sendable, Equatable {
    package let name: String
    package let range: RegisterRange
    package let byteOrder: ByteOrder

    package init(name: String, range: RegisterRange, byteOrder: ByteOrder = .big) {
        self.name = name
        self.range = range
        self.byteOrder = byteOrder
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
    /// What a person should know of how this device was mapped: what was left out, and which numbers mean what.
    package let remarks: [String]
    /// What is shown one page at a time, and permitted.
    package let pages: [MappedPages]
    let alarmWords: [AlarmWord]
    /// Whether values have scale factors that no request can hold together with them (see `scaleFactorRanges`).
    package let hasScaleFactorsApart: Bool

    /// - Parameter words: The alarm words: what counts as an alarm in them, with a row or without. Words of `alarms`
    ///   that are not among them count every bit that is set.
    package init(
        profile: String, points: [MappedPoint], alarms: [MappedAlarm] = [], texts: [MappedText] = [],
        limits: ReadLimits = ReadLimits(), words: [AlarmWord] = [], remarks: [String] = [],
        pages: [MappedPages] = []
    ) {
        self.remarks = remarks
        self.pages = pages
        hasScaleFactorsApart = points.contains(where: \.coding.scaleFactorIsApart)
        self.profile = profile
        self.points = points
        self.alarms = alarms
        self.texts = texts
        self.limits = limits
        let others = Set(alarms.map(\.point)).subtracting(words.map(\.point))
        let all = words + others.map { AlarmWord(point: $0, rule: .bits(AlarmWord.allBits(of: points[$0].coding))) }
        let rows = Dictionary(grouping: alarms.indices) { alarms[$0].point }
        alarmWords = all.sorted { $0.point < $1.point }.map { word in
            var word = word
            word.rows = rows[word.point] ?? []
            return word
        }
    }

    /// The position of a point, nil for a name that the map does not have.
    package func position(of name: String) -> Int? { points.firstIndex { $0.name == name } }

    /// Fills the samples of `positions` from one answer. Allocates nothing.
    ///
    /// - Parameters:
    ///   - words: The answer; it holds the wire range of every point in `positions`.
    ///   - firstAddress: The address of its first word.
    ///   - factors: What was read, before and after, of what `scaleFactorRanges(of: positions)` names.
    package func decode(
        _ words: Span<UInt16>, firstAddress: Int, positions: [Int],
        factors: ScaleFactorReadings = ScaleFactorReadings(), into frame: inout SampleFrame
    ) {
        let points = points.span
        for position in positions {
            frame.samples[position] = points[position].coding.sample(
                words, firstAddress: firstAddress, factors: factors)
        }
    }
}
