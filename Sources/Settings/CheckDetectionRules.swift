internal import Detection
internal import StrictYAML
internal import Terms

/// What an alarm's limit can be in this world, in the alarm's unit.
func possibleLimits(of alarm: DetectorAlarm) -> ClosedRange<Double> {
    switch alarm {
    case .cellVoltageHigh, .cellVoltageLow, .packVoltageHigh, .packVoltageLow: 0.5...6
    case .cellTemperatureHigh, .cellTemperatureLow, .packTemperatureHigh, .packTemperatureLow: -60...150
    case .inverterTemperatureHigh: 0...200
    case .temperatureRise: 0.01...100
    case .thermal, .probeDead: 1...60
    case .hardShort: 0.05...2
    case .resistance, .baselineShift, .softShort, .cellFade, .stuckChannel, .balancing: 0.001...1
    case .senseWire: 0.3...1
    case .socJump: 0.1...100
    case .packFade: 10...100
    case .frozenData, .dataLost: 0...0
    }
}

/// Reports what is well written, but cannot be meant for one alarm.
func check(_ rule: AlarmRule, of alarm: DetectorAlarm, _ map: YAMLMapping) {
    switch alarm {
    case .cellTemperatureHigh, .packTemperatureHigh:
        if let charging = rule.chargingLimit, charging > rule.limit {
            map.report("chargingLimit \(charging) is above the limit \(rule.limit); charging stands less heat")
        }
    case .cellTemperatureLow, .packTemperatureLow:
        if let charging = rule.chargingLimit, charging < rule.limit {
            map.report("chargingLimit \(charging) is below the limit \(rule.limit); charging stands less cold")
        }
    case .cellVoltageHigh, .cellVoltageLow, .packVoltageHigh, .packVoltageLow, .inverterTemperatureHigh: break
    case .temperatureRise, .thermal, .probeDead, .packFade, .socJump, .frozenData, .dataLost, .hardShort, .resistance,
        .baselineShift, .softShort, .cellFade, .stuckChannel, .senseWire, .balancing:
        if rule.chargingLimit != nil { map.report("chargingLimit: this alarm has none") }
    }
    if let only = onlyRouting(of: alarm), rule.routing != only {
        map.report("routing: it can only be \(only.rawValue)")
    } else if ![.k0, .k1, .k2, .k3, .k4].contains(rule.routing) {
        map.report("routing: what a device's values say is K0 to K4, not \(rule.routing.rawValue)")
    }
    if (rule.severity == .safety) != (rule.routing == .k0) {
        map.report("severity safety and routing K0 go together: they tell the user to leave and call for help")
    }
}

/// A notice about frozen data never opens a ticket, and a lost source starts no diagnosis.
private func onlyRouting(of alarm: DetectorAlarm) -> Routing? {
    switch alarm {
    case .frozenData: .k4
    case .dataLost: .k3
    default: nil
    }
}

/// Reports a lower limit that its upper one does not leave room for: some reading must be normal for both.
func checkPairs(_ rules: [DetectorAlarm: AlarmRule], _ map: YAMLMapping) {
    let pairs: [(low: DetectorAlarm, high: DetectorAlarm)] = [
        (.cellVoltageLow, .cellVoltageHigh), (.packVoltageLow, .packVoltageHigh),
        (.cellTemperatureLow, .cellTemperatureHigh), (.packTemperatureLow, .packTemperatureHigh),
    ]
    for pair in pairs {
        guard let low = rules[pair.low], let high = rules[pair.high] else { continue }
        let normalFrom = max(low.limit, low.chargingLimit ?? low.limit) + low.deadBand
        let normalTo = min(high.limit, high.chargingLimit ?? high.limit) - high.deadBand
        if normalFrom >= normalTo {
            map.report("between \(pair.low.rawValue) and \(pair.high.rawValue), dead-bands included, nothing is normal")
        }
    }
}

/// Reports a rate that could never be taken: two readings must lie within twice the window.
func check(_ rise: TemperatureRiseRule, _ map: YAMLMapping) {
    if rise.slowestInterval > rise.window + rise.window {
        map.report("slowestInterval \(rise.slowestInterval.text) is more than twice the window \(rise.window.text)")
    }
}
