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
