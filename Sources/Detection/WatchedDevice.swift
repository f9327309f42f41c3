package import Telemetry
package import Terms

/// What detection knows of one device: which point means what, what it reports itself, which rules apply.
package struct WatchedDevice: Sendable {
    /// How the device is reached: a dongle is silent for longer without being lost.
    package enum Link: String, CaseIterable, Sendable { case lan, dongle }

    package var name: DeviceName
    package var link: Link
    /// How often it is polled.
    package var interval: Milliseconds
    /// By point, as in the device's frames.
    package var points: [Point]
    /// Everything that the device itself can report as wrong.
    package var reports: [Report]
    package var rules: DetectionRules
    /// What the pack holds, Ah; nil where nobody has said it.
    package var capacityAmpereHours: Double?

    /// One point: its name, its unit, and what it means to detection.
    package struct Point: Sendable {
        package var name: String
        package var unit: String
        package var signal: Signal?

        package init(name: String, unit: String, signal: Signal?) {
            self.name = name
            self.unit = unit
            self.signal = signal
        }
    }

    /// Something that the device reports in one of its words.
    package struct Report: Sendable {
        package var point: Int
        package var condition: AlarmCondition
        package var code: String
        /// The fault that it belongs to; often the code itself.
        package var fault: FaultCode
        /// What the device reports, and what that means for the home, in plain words.
        package var title: String
        package var consequence: String
        package var severity: Severity
        package var routing: Routing
        /// Codes of alarms of the same device that this one explains; `#` stands for any number.
        package var masks: [String]
        /// Whether nobody knows for sure what it means: it is logged and never opens a ticket.
        package var isDoubtful: Bool

        package init(
            point: Int, condition: AlarmCondition, code: String, fault: FaultCode, title: String, consequence: String,
            severity: Severity, routing: Routing, masks: [String] = [], isDoubtful: Bool = false
        ) {
            self.point = point
            self.condition = condition
            self.code = code
            self.fault = fault
            self.title = title
            self.consequence = consequence
            self.severity = severity
            self.routing = routing
            self.masks = masks
            self.isDoubtful = isDoubtful
        }
    }

    /// The rules' off-delays are lengthened to two intervals, since one normal reading ends no alarm.
    package init(
        name: DeviceName, link: Link, interval: Milliseconds, points: [Point], reports: [Report],
        rules: DetectionRules, capacityAmpereHours: Double? = nil
    ) {
        self.name = name
        self.link = link
        self.interval = interval
        self.points = points
        self.reports = reports
        self.rules = rules.withOffDelays(ofAtLeast: interval + interval)
        self.capacityAmpereHours = capacityAmpereHours
    }

    /// Whether it tells of cells or probes one by one: what a device without them says of a battery, it was told.
    package var hasOwnCells: Bool {
        points.contains { $0.signal?.cellVoltageNumber != nil || $0.signal?.cellTemperatureNumber != nil }
    }

    func firstPoint(_ signal: Signal) -> Int? { points.firstIndex { $0.signal == signal } }

    /// Points of cells or probes in the order of their numbers.
    func numberedPoints(_ number: (Signal) -> Int?) -> [(point: Int, number: Int)] {
        points.indices
            .compactMap { point in points[point].signal.flatMap(number).map { (point, $0) } }
            .sorted { $0.1 < $1.1 }
    }
}

extension Signal {
    var cellVoltageNumber: Int? { if case .cellVoltage(let number) = self { number } else { nil } }
    var cellTemperatureNumber: Int? { if case .cellTemperature(let number) = self { number } else { nil } }
}

/// An alarm came up, began to chatter, or went.
package struct AlarmTransition: Sendable {
    /// Which way it went.
    package typealias Kind = AlarmMachine.Change

    package var kind: Kind
    package var device: DeviceName
    /// A `DetectorAlarm`'s raw value, or a maker's code.
    package var alarm: String
    package var fault: FaultCode
    /// The cell or probe, from 1.
    package var place: Int?
    package var faultClass: FaultClass
    package var severity: Severity
    package var routing: Routing
    /// Why, in one sentence that the home's owner understands.
    package var explanation: String
    /// What the battery was doing, in words such as "plateau, charging"; nil where that is not known.
    package var state: String?
    /// How sure the test is, 0 to 1; nil where it does not say.
    package var confidence: Double?
    package var stamp: Stamp
    /// Cleared because nobody watches any more, not because a reading was normal.
    package var isNoLongerWatched = false
    /// Whether nobody knows for sure what it means: it is logged and never opens a ticket.
    package var isDoubtful = false
    /// What the test measured; nil where the alarm compares one value with one limit, or ends.
    package var reading: TestReading?

    package init(
        kind: Kind, device: DeviceName, alarm: String, fault: FaultCode, place: Int?, faultClass: FaultClass,
        severity: Severity, routing: Routing, explanation: String, state: String? = nil, confidence: Double? = nil,
        stamp: Stamp, isNoLongerWatched: Bool = false, isDoubtful: Bool = false, reading: TestReading? = nil
    ) {
        self.kind = kind
        self.device = device
        self.alarm = alarm
        self.fault = fault
        self.place = place
        self.faultClass = faultClass
        self.severity = severity
        self.routing = routing
        self.explanation = explanation
        self.state = state
        self.confidence = confidence
        self.stamp = stamp
        self.isNoLongerWatched = isNoLongerWatched
        self.isDoubtful = isDoubtful
        self.reading = reading
    }

    /// What the box itself has found.
    init(
        _ alarm: DetectorAlarm, place: Int?, _ kind: Kind, of device: DeviceName, by rule: AlarmRule,
        explanation: String, state: String? = nil, confidence: Double? = nil, reading: TestReading? = nil, stamp: Stamp
    ) {
        self.init(
            kind: kind, device: device, alarm: alarm.rawValue, fault: alarm.fault(place: place), place: place,
            faultClass: alarm.faultClass, severity: rule.severity, routing: rule.routing, explanation: explanation,
            state: state, confidence: confidence, stamp: stamp, reading: kind == .raised ? reading : nil)
    }
}

/// Names one alarm of one device, to say which are active after a restart.
package struct AlarmPlace: Hashable, Sendable {
    package var alarm: String
    package var place: Int?

    package init(alarm: String, place: Int?) {
        self.alarm = alarm
        self.place = place
    }
}
