internal import Telemetry
internal import Terms

/// What takes hours to months to show: a probe that is dead, a cell that is never balanced, a pack that holds less.
///
/// It remembers a few numbers a cell and a probe, and a frame allocates nothing.
struct SlowWatch {
    /// s between two looks at probes and cells, at least.
    private static let lookInterval = 4.5

    private let name: DeviceName
    private let rules: PackRules
    private let deadRule, fadeRule, balancingRule: AlarmRule?
    private let explanation: Explanation
    private let gap: Milliseconds
    private let chargePoint: Int?
    private let currentPoint: Int?
    private var probes: [ProbeLifeWatch]
    private var capacity: CapacityWatch?
    private var capacityMachine: AlarmMachine
    private var balance: BalanceWatch?
    /// By cell.
    private var balanceMachines: [(place: Int, machine: AlarmMachine)]
    private var lookedAt: Boottime?

    /// - Parameter active: the alarms that were active before a restart.
    init(_ device: WatchedDevice, active: Set<AlarmPlace>) {
        func machine(_ alarm: DetectorAlarm, _ place: Int?) -> AlarmMachine {
            AlarmMachine(isActive: active.contains(AlarmPlace(alarm: alarm.rawValue, place: place)))
        }
        name = device.name
        rules = device.rules.pack
        deadRule = device.rules.alarms[.probeDead]
        fadeRule = device.rules.alarms[.packFade]
        balancingRule = device.rules.alarms[.balancing]
        explanation = Explanation(device: device.name)
        gap = max(device.rules.integrity.gap, device.interval + device.interval)
        chargePoint = device.firstPoint(.packStateOfCharge)
        currentPoint = device.firstPoint(.packCurrent)
        capacity = chargePoint == nil || currentPoint == nil ? nil : CapacityWatch(device)
        capacityMachine = machine(.packFade, nil)
        balance = BalanceWatch(device)
        balanceMachines = balance == nil ? [] : device.numberedPoints(\.cellVoltageNumber).map {
            ($0.number, machine(.balancing, $0.number))
        }
        probes = device.numberedPoints(\.cellTemperatureNumber).map {
            ProbeLifeWatch(point: $0.point, place: $0.number, machine: machine(.probeDead, $0.number))
        }
    }

    /// Every alarm that can come up.
    var places: [AlarmPlace] {
        probes.map { AlarmPlace(alarm: DetectorAlarm.probeDead.rawValue, place: $0.place) }
            + balanceMachines.map { AlarmPlace(alarm: DetectorAlarm.balancing.rawValue, place: $0.place) }
            + (capacity == nil ? [] : [AlarmPlace(alarm: DetectorAlarm.packFade.rawValue, place: nil)])
    }

    /// Takes one frame.
    ///
    /// - Parameters:
    ///   - values: believed values by point, NaN where there is none.
    ///   - cellMedian: V; NaN where nobody knows.
    ///   - probeMedian: °C
    ///   - isRepeated: whether it is the frame before once more: what flowed meanwhile nobody knows.
    mutating func observe(
        _ frame: borrowing SampleFrame, values: [Double], cellMedian: Double, probeMedian: Double, isRepeated: Bool,
        _ transitions: inout [AlarmTransition]
    ) {
        if !isRepeated { watchCapacity(frame.stamp, values, &transitions) }
        let now = frame.stamp.boottime
        let elapsed = lookedAt.map { now - $0 } ?? .zero
        guard lookedAt == nil || elapsed.inSeconds >= Self.lookInterval else { return }
        lookedAt = now
        let seconds = elapsed > gap ? 0 : elapsed.inSeconds
        watchProbes(frame, median: probeMedian, seconds, &transitions)
        watchBalance(frame.stamp, values, median: cellMedian, seconds, &transitions)
    }

    private mutating func watchBalance(
        _ stamp: Stamp, _ values: [Double], median: Double, _ seconds: Double,
        _ transitions: inout [AlarmTransition]
    ) {
        guard balance != nil, let rule = balancingRule, let currentPoint else { return }
        let hasEnded = balance?.observe(
            values, median: median, current: values[currentPoint], seconds: seconds, at: stamp.boottime)
        guard hasEnded == true, let balance else { return }
        for index in balanceMachines.indices {
            let isBad = balance.charges >= rules.balancing.charges
            let condition: Condition = balance.suspect != index ? .normal : isBad ? .violated : .unknown
            let place = balanceMachines[index].place
            let change = balanceMachines[index].machine.advance(condition, at: stamp.boottime, timing: rule.timing)
            guard let change else { continue }
            transitions.append(
                AlarmTransition(
                    .balancing, place: place, change, of: name, by: rule,
                    explanation: explanation.unbalanced(place, balance),
                    reading: .shift(balance.distance, from: 0, limit: rule.limit, unit: "V", isUpperOnly: true),
                    stamp: stamp))
        }
    }

    private mutating func watchCapacity(
        _ stamp: Stamp, _ values: [Double], _ transitions: inout [AlarmTransition]
    ) {
        guard let chargePoint, let currentPoint, let rated = capacity?.rated else { return }
        let hasMeasured = capacity?.observe(
            current: values[currentPoint], percent: values[chargePoint], at: stamp.boottime)
        guard hasMeasured == true, let share = capacity?.share, let rule = fadeRule else { return }
        let condition: Condition = share < rule.limit ? .violated
            : share >= rule.limit + rule.deadBand ? .normal : .deadBand
        let change = capacityMachine.advance(condition, at: stamp.boottime, timing: rule.timing)
        guard let change else { return }
        let text = explanation.faded(share, of: rated, windows: capacity?.count ?? 0, limit: rule.limit)
        transitions.append(
            AlarmTransition(
                .packFade, place: nil, change, of: name, by: rule, explanation: text,
                reading: .amount("of the rated capacity", share, limit: rule.limit, unit: "%"), stamp: stamp))
    }

    private mutating func watchProbes(
        _ frame: borrowing SampleFrame, median: Double, _ seconds: Double, _ transitions: inout [AlarmTransition]
    ) {
        // Of two probes nobody knows which one is wrong.
        guard let rule = deadRule, probes.count > 2 else { return }
        let rules = rules.probes
        var told = 0
        for probe in probes {
            if let celsius = frame.samples[probe.point].goodValue, rules.possible.contains(celsius) { told += 1 }
        }
        for index in probes.indices {
            let condition = probes[index].condition(
                frame.samples[probes[index].point], median: median, othersTold: told * 2 > probes.count,
                seconds: seconds, limit: rule.limit, rules: rules)
            let change = probes[index].machine.advance(condition, at: frame.stamp.boottime, timing: rule.timing)
            guard let change else { continue }
            let place = probes[index].place
            let death = probes[index].death
            transitions.append(
                AlarmTransition(
                    .probeDead, place: place, change, of: name, by: rule, explanation: explanation.dead(place, death),
                    reading: death?.reading(rule.limit, rules), stamp: frame.stamp))
        }
    }
}

extension ProbeLifeWatch.Death {
    fileprivate func reading(_ limit: Double, _ rules: PackRules.Probes) -> TestReading? {
        switch self {
        case .offScale(let celsius):
            guard celsius.isFinite else { return nil }
            let limit = celsius < rules.possible.lowerBound ? rules.possible.lowerBound : rules.possible.upperBound
            return .amount("the probe tells", celsius, limit: limit, unit: "°C")
        case .standing(_, _, let moved):
            return .amount("the others moved", moved, limit: limit, unit: "°C")
        }
    }
}
