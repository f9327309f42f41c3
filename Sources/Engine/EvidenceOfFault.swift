internal import Detection
internal import Telemetry
internal import Terms
internal import Ticketing

extension MonitoredDevice {
    /// The curves that led to an alarm: what was watched, its siblings, and the limit.
    func evidence(of occurrence: AlarmOccurrence, raisedAt: Instant, openedAt: Instant) -> EvidenceTrace? {
        let subject = DetectorAlarm(rawValue: occurrence.alarm)
        let (wanted, isSubject) = subject?.signals(place: occurrence.place) ?? Self.signalsOfDeviceAlarm
        var trace = trace(title: occurrence.explanation, wanted: wanted, subject: isSubject)
        if let limit = subject.flatMap(limit) { trace?.limits = [limit] }
        trace?.marks = [EvidenceTrace.Mark(label: "alarm", at: raisedAt.milliseconds)]
        if openedAt != raisedAt {
            trace?.marks.append(EvidenceTrace.Mark(label: "ticket", at: openedAt.milliseconds))
        }
        return trace
    }

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
        case .cellVoltageHigh, .cellVoltageLow, .hardShort, .resistance, .baselineShift, .softShort, .cellFade,
            .stuckChannel, .senseWire:
            ({ TraceKind.cellVoltages.includes($0) }, { $0 == place.map(Signal.cellVoltage) })
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
