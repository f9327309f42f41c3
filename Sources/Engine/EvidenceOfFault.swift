internal import Detection
internal import Telemetry
internal import Terms
internal import Ticketing

extension MonitoredDevice {
    /// The document of an alarm: what was watched, its siblings, the limit, and every frame that is remembered.
    ///
    /// - Parameter budget: its size in bytes, at most `EvidenceDocument.mostBytes`.
    func evidence(_ request: EvidenceRequest, now: Stamp, budget: Int) -> NewEvidence {
        let occurrence = request.occurrence
        let subject = DetectorAlarm(rawValue: occurrence.alarm)
        let (wanted, isSubject) = subject?.signals(place: occurrence.place) ?? Self.signalsOfDeviceAlarm
        let points = recordedPoints
        func role(_ point: Int) -> EvidenceDocument.Curve.Role {
            guard let signal = points[point].signal, wanted(signal) else { return .other }
            return isSubject(signal) ? .subject : .sibling
        }
        let clock = RecordClock(now: now)
        let reach = request.reach(clock)
        let moment = RecordMoment(
            record: record, at: request.part == .before ? clock.boottime(of: request.raised) : reach.upperBound)
        let header = EvidenceDocument.Header(
            part: request.part, site: request.site.text, ticket: request.ticket.text, device: occurrence.device.text,
            serial: request.serial, profile: profile,
            alarm: EvidenceDocument.Alarm(
                occurrence, raisedAt: clock.wall(clock.boottime(of: request.raised)),
                openedAt: clock.wall(clock.boottime(of: request.opened))),
            state: moment.operatingState(points),
            finding: finding(subject, moment, role), line: request.line, from: clock.wall(reach.lowerBound),
            to: clock.wall(reach.upperBound), gaps: gaps(reach, clock),
            pointsLeftOut: record.pointCount - record.points.count)
        let writer = EvidenceWriter(
            record: record, points: points, role: role, window: reach, wallOffset: clock.wallOffset, budget: budget)
        return NewEvidence(part: request.part, title: header.title, bytes: writer.bytes(header))
    }

    private func finding(
        _ alarm: DetectorAlarm?, _ moment: RecordMoment, _ role: (Int) -> EvidenceDocument.Curve.Role
    ) -> EvidenceDocument.Finding? {
        let concerned = record.points.filter { role($0) != .other }
        guard let unit = concerned.first.map({ recordedPoints[$0].unit }) else { return nil }
        let subject = concerned.first { role($0) == .subject && moment.read($0) != nil }
        let deviationLimit = alarm.flatMap { self.deviationLimit(of: $0, moment) }
        let limit = alarm.flatMap { self.limit(of: $0) }
        return EvidenceDocument.Finding(
            unit: unit, measure: deviationLimit == nil ? .value : .deviation, value: subject.flatMap(moment.read),
            median: median(concerned.compactMap(moment.read)), limit: deviationLimit ?? limit?.value,
            limitLabel: deviationLimit == nil ? limit?.label : "limit")
    }

    /// How far a value may lie from the median of its siblings, for alarms that compare it with them.
    private func deviationLimit(of alarm: DetectorAlarm, _ moment: RecordMoment) -> Double? {
        let rules = detector.device.rules
        guard let rule = rules.alarms[alarm] else { return nil }
        switch alarm {
        case .hardShort: return rule.limit
        case .resistance:
            guard let median = moment.operatingState(recordedPoints).medianCellVoltage,
                let plateau = rules.cells.plateau
            else { return rule.limit }
            return plateau.contains(median) ? rule.limit : rules.cells.kneeLevel
        default: return nil
        }
    }

    /// What is missing from the frames: what was before this record, and longer silences.
    private func gaps(_ reach: ClosedRange<Int64>, _ clock: RecordClock) -> [EvidenceDocument.Gap] {
        var gaps: [EvidenceDocument.Gap] = []
        let began = record.began.nanoseconds / 1_000_000
        var heard = max(reach.lowerBound, min(began, reach.upperBound))
        if heard > reach.lowerBound {
            gaps.append(.init(from: clock.wall(reach.lowerBound), to: clock.wall(heard), reason: .notWatched))
        }
        let longest = max(Self.shortestGap, 3 * detector.device.interval.count)
        func hear(_ time: Int64) {
            if time - heard > longest, gaps.count < Self.mostGaps {
                gaps.append(.init(from: clock.wall(heard), to: clock.wall(time), reason: .silent))
            }
            heard = time
        }
        for index in 0..<record.minutes.count where reach.contains(record.minutes.time(index)) {
            hear(record.minutes.time(index))
        }
        hear(reach.upperBound)
        return gaps
    }

    /// Frames of a minute are one: two minutes may lie that far apart while the device gives all it should.
    private static let shortestGap: Int64 = 150_000
    private static let mostGaps = 100

    /// A maker's alarm does not say what it saw: the temperatures tell most.
    private static var signalsOfDeviceAlarm: ((Signal) -> Bool, (Signal) -> Bool) {
        ({ TraceKind.temperatures.includes($0) }, { _ in false })
    }

    /// The limit in the unit of the curves, for alarms that compare one value with one limit.
    private func limit(of alarm: DetectorAlarm) -> EvidenceTrace.Limit? {
        switch alarm {
        case .cellVoltageHigh, .cellVoltageLow, .cellTemperatureHigh, .cellTemperatureLow, .packTemperatureHigh,
            .packTemperatureLow, .inverterTemperatureHigh:
            detector.device.rules.alarms[alarm].map { EvidenceTrace.Limit(label: "limit", value: $0.limit) }
        case .temperatureRise:
            EvidenceTrace.Limit(label: "runaway watched above", value: detector.device.rules.rise.above)
        case .packVoltageHigh, .packVoltageLow, .thermal, .socJump, .frozenData, .dataLost, .hardShort, .resistance,
            .baselineShift, .softShort, .cellFade, .stuckChannel, .senseWire:
            nil
        }
    }
}

extension DetectorAlarm {
    /// Which points show the alarm, and which of them it is about.
    fileprivate func signals(place: Int?) -> (wanted: (Signal) -> Bool, subject: (Signal) -> Bool) {
        switch self {
        case .cellVoltageLow:
            ({ TraceKind.cellVoltages.includes($0) }, { $0 == place.map(Signal.cellVoltage) ?? .cellVoltageMinimum })
        case .cellVoltageHigh, .hardShort, .resistance, .baselineShift, .softShort, .cellFade, .stuckChannel,
            .senseWire:
            ({ TraceKind.cellVoltages.includes($0) }, { $0 == place.map(Signal.cellVoltage) ?? .cellVoltageMaximum })
        case .cellTemperatureHigh, .cellTemperatureLow, .temperatureRise, .thermal:
            ({ TraceKind.temperatures.includes($0) }, { $0 == place.map(Signal.cellTemperature) })
        case .packTemperatureHigh, .packTemperatureLow, .inverterTemperatureHigh:
            ({ TraceKind.temperatures.includes($0) }, { !($0 == .packTemperatureMinimum) })
        case .packVoltageHigh, .packVoltageLow:
            ({ $0 == .packVoltage }, { _ in true })
        case .socJump:
            ({ $0 == .packStateOfCharge }, { _ in true })
        case .frozenData, .dataLost:
            ({ $0 == .packPower || $0 == .packCurrent }, { $0 == .packPower })
        }
    }
}
