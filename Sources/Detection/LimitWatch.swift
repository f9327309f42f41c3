internal import Telemetry
internal import Terms

/// One value against one limit of one rule.
struct LimitWatch {
    let alarm: DetectorAlarm
    let point: Int
    /// The cell or probe, 0 for the device as a whole.
    let place: Int
    let limit: Double
    let chargingLimit: Double
    let deadBand: Double
    let timing: AlarmTiming
    var machine: AlarmMachine

    init?(_ alarm: DetectorAlarm, point: Int, place: Int, factor: Double = 1, device: WatchedDevice) {
        guard let rule = device.rules.alarms[alarm] else { return nil }
        self.alarm = alarm
        self.point = point
        self.place = place
        limit = rule.limit * factor
        chargingLimit = (rule.chargingLimit ?? rule.limit) * factor
        deadBand = rule.deadBand * factor
        timing = rule.timing
        machine = AlarmMachine()
    }

    var alarmPlace: AlarmPlace { AlarmPlace(alarm: alarm.rawValue, place: place > 0 ? place : nil) }

    func condition(_ value: Double, isCharging: Bool) -> Condition {
        guard value.isFinite else { return .unknown }
        let limit = isCharging ? chargingLimit : limit
        let beyond = alarm.isUpperLimit ? value - limit : limit - value
        return beyond > 0 ? .violated : beyond < -deadBand ? .normal : .deadBand
    }

    /// Every limit that this device's points allow to watch.
    static func all(of device: WatchedDevice) -> [LimitWatch] {
        let cells = device.numberedPoints(\.cellVoltageNumber)
        let probes = device.numberedPoints(\.cellTemperatureNumber)
        var watches: [LimitWatch?] = []
        for cell in cells {
            for alarm in [DetectorAlarm.cellVoltageHigh, .cellVoltageLow] {
                watches.append(LimitWatch(alarm, point: cell.point, place: cell.number, device: device))
            }
        }
        for probe in probes {
            for alarm in [DetectorAlarm.cellTemperatureHigh, .cellTemperatureLow] {
                watches.append(LimitWatch(alarm, point: probe.point, place: probe.number, device: device))
            }
        }
        if let point = device.firstPoint(.packVoltage), !cells.isEmpty {
            for alarm in [DetectorAlarm.packVoltageHigh, .packVoltageLow] {
                let factor = Double(cells.count)
                watches.append(LimitWatch(alarm, point: point, place: 0, factor: factor, device: device))
            }
        }
        let single: [(Signal, DetectorAlarm)] = [
            (.cellVoltageMaximum, .cellVoltageHigh), (.cellVoltageMinimum, .cellVoltageLow),
            (.packTemperatureMaximum, .packTemperatureHigh), (.packTemperatureMinimum, .packTemperatureLow),
            (.inverterTemperature, .inverterTemperatureHigh),
        ]
        for (signal, alarm) in single {
            guard let point = device.firstPoint(signal) else { continue }
            watches.append(LimitWatch(alarm, point: point, place: 0, device: device))
        }
        return watches.compactMap { $0 }
    }
}

/// Between which values none of the limits of one point is violated: one look instead of one at each limit.
struct LimitBand {
    let point: Int
    fileprivate let usual: (low: Double, high: Double)
    fileprivate let charging: (low: Double, high: Double)

    /// The bands of all points that have limits.
    static func all(of limits: [LimitWatch]) -> [LimitBand] {
        Dictionary(grouping: limits, by: \.point).sorted { $0.key < $1.key }.map { point, limits in
            let (upper, lower) = (limits.filter(\.alarm.isUpperLimit), limits.filter { !$0.alarm.isUpperLimit })
            func band(_ limit: (LimitWatch) -> Double) -> (Double, Double) {
                (lower.map(limit).max() ?? -.infinity, upper.map(limit).min() ?? .infinity)
            }
            return LimitBand(point: point, usual: band(\.limit), charging: band(\.chargingLimit))
        }
    }
}

extension [LimitBand] {
    /// Whether some limit is violated; a value that was not read violates none.
    ///
    /// - Parameter values: by point.
    func areLeft(by values: [Double], isCharging: Bool) -> Bool {
        for limits in self {
            let band = isCharging ? limits.charging : limits.usual
            if values[limits.point] > band.high || values[limits.point] < band.low { return true }
        }
        return false
    }
}
