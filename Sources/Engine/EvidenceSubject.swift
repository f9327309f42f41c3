internal import Detection
internal import Telemetry
internal import Terms
internal import Ticketing

/// Which points show an alarm, and which of them it is about.
struct EvidenceSubject {
    /// Which of the points the alarm is about, where it names none.
    enum Extreme { case highest, lowest, farthest }

    var isWanted: (Signal) -> Bool
    var isSubject: (Signal) -> Bool = { _ in false }
    var extreme: Extreme?

    init(_ occurrence: AlarmOccurrence, of device: WatchedDevice) {
        if let alarm = DetectorAlarm(rawValue: occurrence.alarm) {
            self.init(alarm, place: occurrence.place)
        } else {
            let report = device.reports.first { $0.code == occurrence.alarm }
            self.init(report: report?.title ?? occurrence.explanation, fault: occurrence.fault.text, of: device)
        }
    }

    private init(_ isWanted: @escaping (Signal) -> Bool, _ isSubject: @escaping (Signal) -> Bool) {
        self.isWanted = isWanted
        self.isSubject = isSubject
    }

    private init(_ isWanted: @escaping (Signal) -> Bool, _ extreme: Extreme?) {
        self.isWanted = isWanted
        self.extreme = extreme
    }

    // MARK: - What the box itself has found

    private init(_ alarm: DetectorAlarm, place: Int?) {
        switch alarm {
        case .cellVoltageLow:
            self.init(
                TraceKind.cellVoltages.includes, { $0 == place.map(Signal.cellVoltage) ?? .cellVoltageMinimum })
        case .cellVoltageHigh:
            self.init(
                TraceKind.cellVoltages.includes, { $0 == place.map(Signal.cellVoltage) ?? .cellVoltageMaximum })
        case .hardShort, .resistance, .baselineShift, .softShort, .cellFade, .stuckChannel, .senseWire,
            .balancing:
            // Only what the test compared: a highest cell that is told besides would count twice.
            self.init({ $0.isCellVoltage }, { $0 == place.map(Signal.cellVoltage) })
        case .thermal, .probeDead:
            self.init({ $0.isCellTemperature }, { $0 == place.map(Signal.cellTemperature) })
        case .cellTemperatureHigh, .cellTemperatureLow, .temperatureRise:
            self.init(TraceKind.temperatures.includes, { $0 == place.map(Signal.cellTemperature) })
        case .packTemperatureHigh, .packTemperatureLow, .inverterTemperatureHigh:
            self.init(TraceKind.temperatures.includes, { $0 != .packTemperatureMinimum })
        case .packVoltageHigh, .packVoltageLow:
            self.init({ $0 == .packVoltage }, { _ in true })
        case .socJump, .packFade:
            self.init({ $0 == .packStateOfCharge }, { _ in true })
        case .frozenData, .dataLost:
            self.init({ $0 == .packPower || $0 == .packCurrent }, { $0 == .packPower })
        }
    }

    // MARK: - What a device reports

    /// A maker's alarm does not say what it saw: the words of its name tell what it is about; where they do not,
    /// temperatures tell most.
    private init(report title: String, fault: String, of device: WatchedDevice) {
        let words = title.lowercased().split { !$0.isLetter }
        func says(_ stems: String...) -> Bool { words.contains { word in stems.contains { word.hasPrefix($0) } } }
        let isWarmth = says("temperature", "overtemp", "undertemp", "hot", "cold", "heat", "warm", "therm", "cool")
        let isElsewhere = says("grid", "ac", "pv", "bus", "output", "input", "phase", "string", "generator", "earth")
        let isUneven = says("balanc", "imbalanc", "unbalanc", "differ", "uneven", "spread") || fault == "cellSpread"
        let isVoltage = isUneven || says("volt", "overvolt", "undervolt", "overcharg", "overdischarg", "undercharg")
            || fault.hasPrefix("cellOver") || fault.hasPrefix("cellUnder")
        let isLow = says("low", "under", "deep", "empty", "overdischarg") || fault.hasPrefix("cellUnder")
        let isCurrent = says("current", "overcurrent")
        let hasCells = device.points.contains { $0.signal?.isCellVoltage ?? false }
        func isCell(_ signal: Signal) -> Bool {
            hasCells ? signal.isCellVoltage : TraceKind.cellVoltages.includes(signal)
        }
        var wishes: [EvidenceSubject] = []
        if isVoltage, !isWarmth, !isElsewhere {
            let extreme: Extreme = isUneven ? .farthest : isLow ? .lowest : .highest
            wishes.append(EvidenceSubject(isCell, extreme))
            wishes.append(EvidenceSubject({ (signal: Signal) in signal == .packVoltage }, { (_: Signal) in true }))
        } else if isCurrent, !isWarmth, !isElsewhere {
            wishes.append(EvidenceSubject({ (signal: Signal) in signal == .packCurrent }, { (_: Signal) in true }))
        }
        func isThere(_ wish: EvidenceSubject) -> Bool {
            device.points.contains { point in point.signal.map { wish.isWanted($0) } ?? false }
        }
        self = wishes.first(where: isThere) ?? EvidenceSubject(TraceKind.temperatures.includes, nil)
    }
}

extension EvidenceSubject.Extreme {
    /// The point that the alarm is about, by what was read at its moment.
    func point(of readings: [(point: Int, value: Double)]) -> Int? {
        switch self {
        case .highest: return readings.max { $0.value < $1.value }?.point
        case .lowest: return readings.min { $0.value < $1.value }?.point
        case .farthest:
            guard let middle = median(readings.map(\.value)) else { return nil }
            return readings.max { abs($0.value - middle) < abs($1.value - middle) }?.point
        }
    }
}

extension Signal {
    fileprivate var isCellVoltage: Bool { if case .cellVoltage = self { true } else { false } }
    fileprivate var isCellTemperature: Bool { if case .cellTemperature = self { true } else { false } }
}
