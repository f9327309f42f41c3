internal import Detection
internal import Telemetry
internal import Terms
internal import Ticketing

extension RecordMoment {
    /// A; what flows below it is rest.
    private static let restCurrent = 0.5

    /// What the battery was doing.
    func operatingState(_ points: [WatchedDevice.Point]) -> EvidenceDocument.OperatingState {
        func first(_ signal: Signal) -> Double? { points.firstIndex { $0.signal == signal }.flatMap(read) }
        let current = first(.packCurrent)
        let cells = points.indices.filter { point in
            if case .cellVoltage = points[point].signal { true } else { false }
        }
        return EvidenceDocument.OperatingState(
            mode: current.map { $0 > Self.restCurrent ? .charging : $0 < -Self.restCurrent ? .discharging : .resting },
            current: current, charge: first(.packStateOfCharge), medianCellVoltage: median(cells.compactMap(read)))
    }
}

extension EvidenceDocument.Alarm {
    init(_ occurrence: AlarmOccurrence, raisedAt: Int64, openedAt: Int64) {
        self.init(
            test: occurrence.alarm, fault: occurrence.fault.text, faultClass: occurrence.faultClass.rawValue,
            routing: occurrence.routing.rawValue, severity: occurrence.severity.rawValue, place: occurrence.place,
            explanation: occurrence.explanation, raisedAt: raisedAt, openedAt: openedAt)
    }
}
