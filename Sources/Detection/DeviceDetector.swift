package import Telemetry
package import Terms

/// Watches one device: believes or doubts each reading, and tells which alarms come up and go.
///
/// Its memory is fixed when it is made. A frame that changes no alarm allocates nothing.
package struct DeviceDetector: ~Copyable {
    package let device: WatchedDevice
    private let explanation: Explanation
    private let currentPoint: Int?
    private let chargePoint: Int?
    private let watchesRise: Bool
    private let rules: DetectorRules
    private var integrity: IntegrityGuard
    private var limits: [LimitWatch]
    private let bands: [LimitBand]
    /// Whether no limit was violated when the limits were last looked at, nor had an alarm.
    private var areLimitsIdle = false
    private var rises: [RiseWatch]
    private var probes: [ProbeWatch]
    private var cells: CellWatch?
    private var jump: JumpWatch
    private var jumpMachine: AlarmMachine
    private var slow: SlowWatch
    private var restart = RestartSilence()
    private var freeze: FreezeWatch
    private var silence: SilenceWatch
    private var reports: [ReportWatch]
    private var heardAt: Boottime

    /// A; above it the battery charges.
    private static let chargingCurrent = 0.5

    /// - Parameters:
    ///   - active: the alarms that were active before a restart.
    ///   - now: silence is counted from here until something is heard.
    package init(_ device: WatchedDevice, active: Set<AlarmPlace>, at now: Boottime) {
        func machine(_ alarm: DetectorAlarm, _ place: Int?) -> AlarmMachine {
            AlarmMachine(isActive: active.contains(AlarmPlace(alarm: alarm.rawValue, place: place)))
        }
        self.device = device
        explanation = Explanation(device: device.name)
        currentPoint = device.firstPoint(.packCurrent)
        chargePoint = device.firstPoint(.packStateOfCharge)
        watchesRise = device.interval <= device.rules.rise.slowestInterval
        rules = DetectorRules(device.rules)
        integrity = IntegrityGuard(device)
        limits = LimitWatch.all(of: device)
        bands = LimitBand.all(of: limits)
        for index in limits.indices {
            limits[index].machine = AlarmMachine(isActive: active.contains(limits[index].alarmPlace))
        }
        rises = device.numberedPoints(\.cellTemperatureNumber).map {
            RiseWatch(point: $0.point, place: $0.number, machine: machine(.temperatureRise, $0.number))
        }
        probes = device.numberedPoints(\.cellTemperatureNumber).map {
            ProbeWatch(point: $0.point, place: $0.number, machine: machine(.thermal, $0.number))
        }
        cells = CellWatch(device, active: active)
        jump = JumpWatch(capacity: device.capacityAmpereHours)
        jumpMachine = machine(.socJump, nil)
        slow = SlowWatch(device, active: active)
        freeze = FreezeWatch(device)
        freeze.machine = machine(.frozenData, nil)
        silence = SilenceWatch(machine: machine(.dataLost, nil), since: now)
        reports = Dictionary(grouping: device.reports, by: \.point).sorted { $0.key < $1.key }
            .map { ReportWatch(point: $0.key, reports: $0.value, active: active) }
        heardAt = now
    }

    /// Takes one frame and appends what it changes to `transitions`.
    package mutating func observe(_ frame: borrowing SampleFrame, _ transitions: inout [AlarmTransition]) {
        guard !frame.isSilent else { return }
        let stamp = frame.stamp
        let afterGap = stamp.boottime - heardAt > device.rules.integrity.gap
        heardAt = stamp.boottime
        integrity.judge(frame, afterGap: afterGap)
        restart.observe(isImpossible: integrity.isImpossible, at: stamp.boottime, device.rules.integrity)
        if !integrity.isImpossible { watchValues(frame, afterGap: afterGap, &transitions) }
        watchReports(frame, &transitions)
        silence.heard(at: stamp.boottime)
        watchSilence(stamp, &transitions)
    }

    /// Lets time pass without a frame: silence is an event too.
    package mutating func tick(_ stamp: Stamp, _ transitions: inout [AlarmTransition]) {
        watchSilence(stamp, &transitions)
    }

    /// When `tick` has something to say unless a frame comes first; nil when silence is not watched or already told.
    package var nextTick: Boottime? {
        guard let rule = rules.lost, !silence.machine.isActive else { return nil }
        return silence.heardAt + rule.timing.onDelay
    }

    /// Points of the newest frame that were read well and are not believed; nearly always none.
    package var heldBack: [Int] { integrity.heldBack }

    /// Whether the newest frame can be from a living battery: no frame of markers, nor the same one over and over.
    package var isBelievable: Bool { !integrity.isImpossible && !freeze.machine.isActive }

    /// Whether the device has been silent for too long.
    package var isLost: Bool { silence.machine.isActive }

    /// Whether a reading since the detector was made has shown this alarm, and none since has shown that it is over.
    /// False, too, for tests whose verdict is no matter of one reading.
    package func shows(_ place: AlarmPlace) -> Bool {
        if place.alarm == DetectorAlarm.dataLost.rawValue { return silence.machine.isShown }
        return limits.contains { $0.machine.isShown && $0.alarmPlace == place }
            || reports.contains { $0.shows(place.alarm) }
            || place.alarm == DetectorAlarm.temperatureRise.rawValue
                && rises.contains { $0.machine.isShown && $0.place == place.place }
    }

    /// Every alarm that can come up here.
    package var watchedPlaces: Set<AlarmPlace> {
        var places = Set(device.reports.map { AlarmPlace(alarm: $0.code, place: nil) })
        for watch in limits { places.insert(watch.alarmPlace) }
        func add(_ alarm: DetectorAlarm, _ place: Int?) {
            places.insert(AlarmPlace(alarm: alarm.rawValue, place: place))
        }
        for rise in rises { add(.temperatureRise, rise.place) }
        for probe in probes { add(.thermal, probe.place) }
        for place in CellWatch.places(of: device) + slow.places { places.insert(place) }
        for alarm in [DetectorAlarm.socJump, .frozenData, .dataLost] { add(alarm, nil) }
        return places
    }

    // MARK: - One function per watch

    private mutating func watchValues(
        _ frame: borrowing SampleFrame, afterGap: Bool, _ transitions: inout [AlarmTransition]
    ) {
        let stamp = frame.stamp
        let current = currentPoint.map { integrity.values[$0] } ?? .nan
        watchLimits(isCharging: current > Self.chargingCurrent, stamp, &transitions)
        if watchesRise { watchRises(stamp, afterGap: afterGap, &transitions) }
        watchProbes(stamp, &transitions)
        watchCells(frame, current: current, &transitions)
        watchFreeze(frame, &transitions)
        if !restart.isSilent {
            slow.observe(
                frame, values: integrity.values, cellMedian: cells?.medianVolts ?? .nan,
                probeMedian: integrity.probeMedian, isRepeated: freeze.isRepeated, &transitions)
        }
        // What is repeated while time runs on is no reading: charge may move meanwhile.
        if !freeze.isRepeated, !restart.isSilent { watchJump(current, stamp, afterGap: afterGap, &transitions) }
    }

    private mutating func watchLimits(isCharging: Bool, _ stamp: Stamp, _ transitions: inout [AlarmTransition]) {
        // An idle alarm is moved by nothing but a violation.
        if areLimitsIdle, !bands.areLeft(by: integrity.values, isCharging: isCharging) { return }
        areLimitsIdle = true
        let isSilent = restart.isSilent
        for index in limits.indices {
            let watch = limits[index]
            let value = integrity.values[watch.point]
            var condition = watch.condition(value, isCharging: isCharging)
            if isSilent { condition = limited(condition, watch.alarm) }
            let change = limits[index].machine.advance(
                condition, agreeing: Int(integrity.agreeing[watch.point]), at: stamp.boottime, timing: watch.timing)
            if !limits[index].machine.isIdle { areLimitsIdle = false }
            guard let change else { continue }
            let text = explanation.beyondLimit(
                watch.alarm, place: watch.place, value: value,
                limit: isCharging ? watch.chargingLimit : watch.limit, isCharging: isCharging)
            report(watch.alarm, watch.place > 0 ? watch.place : nil, change, text, stamp, &transitions)
        }
    }

    private mutating func watchRises(_ stamp: Stamp, afterGap: Bool, _ transitions: inout [AlarmTransition]) {
        guard let rule = rules.rise else { return }
        let limits = device.rules.rise
        let median = integrity.probeMedian
        for index in rises.indices {
            if afterGap { rises[index].forget() }
            let celsius = integrity.values[rises[index].point]
            guard celsius.isFinite else { continue }
            // What is not hot does not run away, however fast it rises.
            if rises[index].machine.isIdle, !(celsius > limits.above) {
                rises[index].keep(celsius, at: stamp.boottime, window: limits.window)
                continue
            }
            guard let rate = rises[index].rate(celsius, at: stamp.boottime, window: limits.window) else { continue }
            let isRunaway = rate >= rule.limit && celsius > limits.above && celsius - median >= limits.aboveMedian
            let change = rises[index].machine.advance(
                limited(isRunaway ? .violated : .normal, .temperatureRise), at: stamp.boottime, timing: rule.timing)
            guard let change else { continue }
            let place = rises[index].place
            let text = explanation.rise(place: place, celsius: celsius, rate: rate, median: median)
            report(.temperatureRise, place, change, text, stamp, &transitions)
        }
    }

    private mutating func watchProbes(_ stamp: Stamp, _ transitions: inout [AlarmTransition]) {
        // Of two probes nobody knows which one is wrong.
        guard let rule = rules.thermal, probes.count > 2 else { return }
        for index in probes.indices {
            let point = probes[index].point
            let distance = restart.isSilent ? .nan : integrity.values[point] - integrity.probeMedian
            let condition = probes[index].condition(
                distance, at: stamp.boottime, limit: rule.limit, deadBand: rule.deadBand)
            let change = probes[index].machine.advance(
                condition, agreeing: Int(integrity.agreeing[point]), at: stamp.boottime, timing: rule.timing)
            guard let change else { continue }
            let place = probes[index].place
            let usual = probes[index].usual
            let text = explanation.hot(place: place, distance: distance, usual: usual)
            let reading = TestReading.shift(
                distance - usual, from: usual, limit: rule.limit, unit: "°C", isUpperOnly: true)
            report(.thermal, place, change, text, stamp, &transitions, reading: reading)
        }
    }

    private mutating func watchCells(
        _ frame: borrowing SampleFrame, current: Double, _ transitions: inout [AlarmTransition]
    ) {
        let isSilent = restart.isSilent
        cells?.observe(
            frame, current: current,
            mayTell: { isSilent ? $0.isRaised && device.rules.alarms[$0.alarm]?.routing == .k0 : true }
        ) { finding in
            guard let rule = device.rules.alarms[finding.alarm] else { return }
            transitions.append(
                AlarmTransition(
                    finding.alarm, place: finding.cell, finding.isRaised ? .raised : .cleared(edges: 1),
                    of: device.name, by: rule, explanation: explanation.cell(finding), state: finding.state.text,
                    confidence: finding.confidence, reading: finding.reading(ruleLimit: rule.limit),
                    stamp: frame.stamp))
        }
    }

    private mutating func watchJump(
        _ current: Double, _ stamp: Stamp, afterGap: Bool, _ transitions: inout [AlarmTransition]
    ) {
        guard let chargePoint, let rule = rules.jump else { return }
        let percent = integrity.values[chargePoint]
        let condition = jump.condition(
            percent, current: current, at: stamp.boottime, limit: rule.limit, afterGap: afterGap)
        if let change = jumpMachine.advance(condition, at: stamp.boottime, timing: rule.timing) {
            let text = explanation.jump(from: jump.from, to: percent)
            report(.socJump, nil, change, text, stamp, &transitions)
        }
    }

    private mutating func watchFreeze(_ frame: borrowing SampleFrame, _ transitions: inout [AlarmTransition]) {
        guard let rule = rules.frozen else { return }
        let condition = freeze.condition(frame)
        if let change = freeze.machine.advance(condition, at: frame.stamp.boottime, timing: rule.timing) {
            report(.frozenData, nil, change, explanation.frozen, frame.stamp, &transitions)
        }
    }

    private mutating func watchSilence(_ stamp: Stamp, _ transitions: inout [AlarmTransition]) {
        guard let rule = rules.lost else { return }
        if let change = silence.advance(at: stamp.boottime, timing: rule.timing) {
            let text = explanation.lost(since: stamp.boottime - silence.heardAt)
            report(.dataLost, nil, change, text, stamp, &transitions)
        }
    }

    private mutating func watchReports(_ frame: borrowing SampleFrame, _ transitions: inout [AlarmTransition]) {
        let stamp = frame.stamp
        for index in reports.indices {
            let sample = frame.samples[reports[index].point]
            let timing = device.rules.deviceAlarmTiming
            reports[index].advance(sample, at: stamp.boottime, timing: timing) { report, change in
                transitions.append(
                    AlarmTransition(
                        kind: change, device: device.name, alarm: report.code,
                        fault: report.fault, place: nil, faultClass: .deviceAlarm, severity: report.severity,
                        routing: report.routing, explanation: explanation.reported(report), stamp: stamp,
                        isDoubtful: report.isDoubtful))
            }
        }
    }

    private func limited(_ condition: Condition, _ alarm: DetectorAlarm) -> Condition {
        restart.limited(condition, isSafety: device.rules.alarms[alarm]?.routing == .k0)
    }

    private func report(
        _ alarm: DetectorAlarm, _ place: Int?, _ change: AlarmMachine.Change, _ explanation: String,
        _ stamp: Stamp, _ transitions: inout [AlarmTransition], reading: TestReading? = nil
    ) {
        guard let rule = device.rules.alarms[alarm] else { return }
        transitions.append(
            AlarmTransition(
                alarm, place: place, change, of: device.name, by: rule, explanation: explanation, reading: reading,
                stamp: stamp))
    }
}

/// The rules that every frame asks for, looked up once.
private struct DetectorRules {
    let rise, thermal, jump, frozen, lost: AlarmRule?

    init(_ rules: DetectionRules) {
        rise = rules.alarms[.temperatureRise]
        thermal = rules.alarms[.thermal]
        jump = rules.alarms[.socJump]
        frozen = rules.alarms[.frozenData]
        lost = rules.alarms[.dataLost]
    }
}
