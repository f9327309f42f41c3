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
        let points = recordedPoints
        let subject = EvidenceSubject(occurrence, of: detector.device)
        let clock = RecordClock(now: now)
        let reach = request.reach(clock)
        let moment = RecordMoment(
            record: record, at: request.part == .before ? clock.boottime(of: request.raised) : reach.upperBound)
        func isWanted(_ point: Int) -> Bool { points[point].signal.map(subject.isWanted) ?? false }
        let extreme = subject.extreme?.point(
            of: record.points.filter(isWanted).compactMap { point in moment.read(point).map { (point, $0) } })
        func role(_ point: Int) -> EvidenceDocument.Curve.Role {
            guard let signal = points[point].signal, subject.isWanted(signal) else { return .other }
            return subject.isSubject(signal) || point == extreme ? .subject : .sibling
        }
        let header = EvidenceDocument.Header(
            part: request.part, site: request.site.text, ticket: request.ticket.text, device: occurrence.device.text,
            serial: request.serial, profile: profile,
            alarm: EvidenceDocument.Alarm(
                occurrence, raisedAt: clock.wall(clock.boottime(of: request.raised)),
                openedAt: clock.wall(clock.boottime(of: request.opened))),
            state: moment.operatingState(points),
            finding: finding(of: occurrence, moment, role), line: request.line, from: clock.wall(reach.lowerBound),
            to: clock.wall(reach.upperBound), gaps: gaps(reach, clock),
            pointsLeftOut: record.pointCount - record.points.count)
        let writer = EvidenceWriter(
            record: record, points: points, role: role, window: reach, wallOffset: clock.wallOffset, budget: budget)
        return NewEvidence(part: request.part, title: header.title, bytes: writer.bytes(header))
    }

    private func finding(
        of occurrence: AlarmOccurrence, _ moment: RecordMoment, _ role: (Int) -> EvidenceDocument.Curve.Role
    ) -> EvidenceDocument.Finding? {
        let concerned = record.points.filter { role($0) != .other }
        guard let unit = concerned.first.map({ recordedPoints[$0].unit }) else { return nil }
        let subject = concerned.first { role($0) == .subject && moment.read($0) != nil }
        var finding = EvidenceDocument.Finding(
            unit: unit, measure: .value, value: subject.flatMap(moment.read),
            median: median(concerned.compactMap(moment.read)))
        guard let alarm = DetectorAlarm(rawValue: occurrence.alarm) else { return finding }
        if let reading = testReadings[AlarmPlace(alarm: occurrence.alarm, place: occurrence.place)] {
            finding.take(reading)
        } else if let distance = deviationLimit(of: alarm, moment) {
            finding.measure = .deviation
            finding.limit = distance
            finding.limitLabel = "limit"
        } else {
            let limit = limit(of: alarm)
            finding.limit = limit?.value
            finding.limitLabel = limit?.label
        }
        return finding
    }

    /// How far a value may lie from the median of its siblings, for alarms that compare it with them
    /// and of which nothing was remembered: after a restart, an hour after the ticket.
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

    /// The limit in the unit of the curves, for alarms that compare one value with one limit.
    private func limit(of alarm: DetectorAlarm) -> EvidenceTrace.Limit? {
        switch alarm {
        case .cellVoltageHigh, .cellVoltageLow, .cellTemperatureHigh, .cellTemperatureLow, .packTemperatureHigh,
            .packTemperatureLow, .inverterTemperatureHigh:
            detector.device.rules.alarms[alarm].map { EvidenceTrace.Limit(label: "limit", value: $0.limit) }
        case .temperatureRise:
            EvidenceTrace.Limit(label: "runaway watched above", value: detector.device.rules.rise.above)
        case .packVoltageHigh, .packVoltageLow, .thermal, .probeDead, .packFade, .socJump, .frozenData, .dataLost,
            .hardShort, .resistance, .baselineShift, .softShort, .cellFade, .stuckChannel, .senseWire,
            .balancing:
            nil
        }
    }
}

extension EvidenceDocument.Finding {
    /// V or °C; a place that is nearer to the median than that is the median's.
    private static let nothing = 0.0005

    /// Takes what the test measured when the alarm came up.
    fileprivate mutating func take(_ reading: TestReading) {
        limit = reading.limit
        limitLabel = "limit"
        guard let usual = reading.usual, reading.unit == unit else {
            measure = .amount
            amount = .init(label: reading.label, value: reading.value, unit: reading.unit)
            return
        }
        guard abs(usual) >= Self.nothing || reading.isUpperOnly else {
            measure = .deviation
            return
        }
        measure = .shift
        self.usual = usual
        isUpperOnly = reading.isUpperOnly
    }
}
