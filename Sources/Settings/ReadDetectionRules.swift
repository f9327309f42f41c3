package import DeviceProfiles
package import Detection
package import StrictYAML
internal import Terms

/// Detection's parameters for one chemistry.
package struct ChemistryRules: Sendable, Equatable {
    package var chemistry: Chemistry
    package var rules: DetectionRules

    package init(chemistry: Chemistry, rules: DetectionRules) {
        self.chemistry = chemistry
        self.rules = rules
    }
}

/// Reads `detection/*.yaml`, and refuses limits that no battery could keep.
package func readDetectionRules(_ text: String, name: String) throws(InvalidText) -> ChemistryRules {
    try readYAML(text, name: name) { root in
        root.mapping { map in
            let chemistry = map.required("chemistry") { $0.oneOf(Chemistry.self) }
            let alarms = map.required("alarms", readAlarms)
            let classes = map.required("classes", readClasses)
            let deviceAlarms = map.required("deviceAlarms") { $0.mapping(readTiming) }
            let integrity = map.required("integrity", readIntegrity)
            let rise = map.required("temperatureRise", readRise)
            let cells = map.required("cells") { readCells($0, level: alarms?[.resistance]) }
            let probes = map.required("probes", readProbes)
            let capacity = map.required("capacity", readCapacity)
            let balancing = map.required("balancing", readBalancing)
            guard let chemistry, let alarms, let classes, let deviceAlarms, let integrity, let rise, let cells,
                let probes, let capacity, let balancing
            else { return nil }
            return ChemistryRules(
                chemistry: chemistry,
                rules: DetectionRules(
                    alarms: alarms, classes: classes, deviceAlarmTiming: deviceAlarms, integrity: integrity,
                    rise: rise, cells: cells,
                    pack: PackRules(probes: probes, capacity: capacity, balancing: balancing)))
        }
    }
}

let longest = Milliseconds.zero...Milliseconds.days(365)

private func readAlarms(_ value: YAMLValue) -> [DetectorAlarm: AlarmRule]? {
    value.mapping { map in
        var rules: [DetectorAlarm: AlarmRule] = [:]
        for alarm in DetectorAlarm.allCases {
            rules[alarm] = map.optional(alarm.rawValue) { readAlarm($0, alarm) }
        }
        checkPairs(rules, map)
        return rules
    }
}

private func readAlarm(_ value: YAMLValue, _ alarm: DetectorAlarm) -> AlarmRule? {
    value.mapping { map in
        let limit = map.required("limit") { $0.number(in: possibleLimits(of: alarm)) }
        let chargingLimit = map.optional("chargingLimit") { $0.number(in: possibleLimits(of: alarm)) }
        let deadBand = map.required("deadBand") { $0.number(in: 0...1_000) }
        let severity = map.required("severity") { $0.oneOf(Severity.self) }
        let routing = map.required("routing") { $0.oneOf(Routing.self) }
        guard let timing = readTiming(map), let limit, let deadBand, let severity, let routing else { return nil }
        let rule = AlarmRule(
            limit: limit, chargingLimit: chargingLimit, deadBand: deadBand, timing: timing, severity: severity,
            routing: routing)
        check(rule, of: alarm, map)
        return rule
    }
}

private func readTiming(_ map: YAMLMapping) -> AlarmTiming? {
    let onDelay = map.required("onDelay") { $0.duration(in: longest) }
    let offDelay = map.required("offDelay") { $0.duration(in: longest) }
    let reads = map.required("reads") { $0.integer(in: 1...1_000) }
    guard let onDelay, let offDelay, let reads else { return nil }
    return AlarmTiming(onDelay: onDelay, offDelay: offDelay, reads: reads)
}

private func readClasses(_ value: YAMLValue) -> [Routing: ClassRule]? {
    value.mapping { map in
        var rules: [Routing: ClassRule] = [:]
        for routing in Routing.allCases {
            rules[routing] = routing.opensTicket
                ? map.required(routing.rawValue) { $0.mapping(readClass) }
                : map.optional(routing.rawValue) { $0.mapping(readRepeats) }
        }
        return rules
    }
}

private func readClass(_ map: YAMLMapping) -> ClassRule? {
    let onDelay = map.required("onDelay") { $0.duration(in: longest) }
    let dongle = map.optional("dongleOnDelay") { $0.duration(in: longest) }
    let repeats = map.optional("repeats") { $0.integer(in: 2...8) }
    let window = map.optional("repeatWindow", default: Milliseconds.hours(24)) { $0.duration(in: longest) }
    guard let onDelay, let window else { return nil }
    if let dongle, dongle < onDelay {
        map.report("dongleOnDelay \(dongle.text) is shorter than onDelay \(onDelay.text)")
    }
    return ClassRule(onDelay: onDelay, dongleOnDelay: dongle, repeats: repeats, repeatWindow: window)
}

/// A class that opens no ticket unless its alarms keep coming back.
private func readRepeats(_ map: YAMLMapping) -> ClassRule? {
    let repeats = map.required("repeats") { $0.integer(in: 2...8) }
    let window = map.optional("repeatWindow", default: Milliseconds.hours(24)) { $0.duration(in: longest) }
    guard let repeats, let window else { return nil }
    return ClassRule(onDelay: .zero, repeats: repeats, repeatWindow: window)
}

private func readIntegrity(_ value: YAMLValue) -> IntegrityRules? {
    value.mapping { map in
        let temperatureStep = map.required("temperatureStep") { $0.number(in: 0.1...100) }
        let temperatureConfirmations = map.required("temperatureConfirmations") { $0.integer(in: 1...20) }
        let cellVoltageStep = map.required("cellVoltageStep") { $0.number(in: 0.001...5) }
        let cellVoltageConfirmations = map.required("cellVoltageConfirmations") { $0.integer(in: 1...20) }
        let gap = map.required("gap") { $0.duration(in: longest) }
        let restartReads = map.required("restartReads") { $0.integer(in: 0...1_000) }
        let restartTime = map.required("restartTime") { $0.duration(in: longest) }
        guard let temperatureStep, let temperatureConfirmations, let cellVoltageStep, let cellVoltageConfirmations,
            let gap, let restartReads, let restartTime
        else { return nil }
        return IntegrityRules(
            temperatureStep: temperatureStep, temperatureConfirmations: temperatureConfirmations,
            cellVoltageStep: cellVoltageStep, cellVoltageConfirmations: cellVoltageConfirmations, gap: gap,
            restartReads: restartReads, restartTime: restartTime)
    }
}

private func readRise(_ value: YAMLValue) -> TemperatureRiseRule? {
    value.mapping { map in
        let window = map.required("window") { $0.duration(in: Milliseconds.seconds(1)...Milliseconds.minutes(1)) }
        let above = map.required("above") { $0.number(in: -50...150) }
        let aboveMedian = map.required("aboveMedian") { $0.number(in: 0...100) }
        let slowest = map.required("slowestInterval") { $0.duration(in: longest) }
        guard let window, let above, let aboveMedian, let slowest else { return nil }
        let rise = TemperatureRiseRule(
            window: window, above: above, aboveMedian: aboveMedian, slowestInterval: slowest)
        check(rise, map)
        return rise
    }
}
