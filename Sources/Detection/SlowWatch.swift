internal import Telemetry
internal import Terms

/// What takes hours to months to show: a probe that is dead, a cell that is never balanced, a pack that holds less.
///
/// It remembers a few numbers a cell and a probe, and a frame allocates nothing.
struct SlowWatch {
    /// s between two looks at probes and cells, at least.
    private static let lookInterval = 4.5

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
    ///   - cellMedian: V; NaN where nobody knows.
    ///   - isRepeated: whether it is the frame before once more: what flowed meanwhile nobody knows.
    mutating func observe(
        _ frame: borrowing SampleFrame, of device: borrowing WatchedDevice, _ integrity: borrowing IntegrityGuard,
        cellMedian: Double, isRepeated: Bool, _ transitions: inout [AlarmTransition]
    ) {
        if !isRepeated { watchCapacity(frame.stamp, of: device, integrity, &transitions) }
        let now = frame.stamp.boottime
        let elapsed = lookedAt.map { now - $0 } ?? .zero
        guard lookedAt == nil || elapsed.inSeconds >= Self.lookInterval else { return }
        lookedAt = now
        let seconds = elapsed > gap ? 0 : elapsed.inSeconds
        watchProbes(frame, of: device, median: integrity.probeMedian, seconds, &transitions)
        watchBalance(frame.stamp, of: device, integrity, cellMedian, seconds, &transitions)
    }

    private mutating func watchBalance(
        _ stamp: Stamp, of device: borrowing WatchedDevice, _ integrity: borrowing IntegrityGuard,
        _ cellMedian: Double, _ seconds: Double, _ transitions: inout [AlarmTransition]
    ) {
        guard balance != nil, let rule = device.rules.alarms[.balancing], let currentPoint else { return }
        let hasEnded = balance?.observe(
            integrity.values, median: cellMedian, current: integrity.values[currentPoint], seconds: seconds,
            at: stamp.boottime)
        guard hasEnded == true, let balance else { return }
        for index in balanceMachines.indices {
            let isBad = balance.charges >= device.rules.pack.balancing.charges
            let condition: Condition = balance.suspect != index ? .normal : isBad ? .violated : .unknown
            let place = balanceMachines[index].place
            let change = balanceMachines[index].machine.advance(condition, at: stamp.boottime, timing: rule.timing)
            guard let change else { continue }
            let transition = AlarmTransition(
                .balancing, place: place, change, of: device, explanation: explanation.unbalanced(place, balance),
                reading: .shift(balance.distance, from: 0, limit: rule.limit, unit: "V", isUpperOnly: true),
                stamp: stamp)
            if let transition { transitions.append(transition) }
        }
    }

    private mutating func watchCapacity(
        _ stamp: Stamp, of device: borrowing WatchedDevice, _ integrity: borrowing IntegrityGuard,
        _ transitions: inout [AlarmTransition]
    ) {
        guard let chargePoint, let currentPoint, let rated = capacity?.rated else { return }
        let hasMeasured = capacity?.observe(
            current: integrity.values[currentPoint], percent: integrity.values[chargePoint], at: stamp.boottime)
        guard hasMeasured == true, let share = capacity?.share, let rule = device.rules.alarms[.packFade] else {
            return
        }
        let condition: Condition = share < rule.limit ? .violated
            : share >= rule.limit + rule.deadBand ? .normal : .deadBand
        let change = capacityMachine.advance(condition, at: stamp.boottime, timing: rule.timing)
        guard let change else { return }
        let text = explanation.faded(share, of: rated, windows: capacity?.count ?? 0, limit: rule.limit)
        let transition = AlarmTransition(
            .packFade, place: nil, change, of: device, explanation: text,
            reading: .amount("of the rated capacity", share, limit: rule.limit, unit: "%"), stamp: stamp)
        if let transition { transitions.append(transition) }
    }

    private mutating func watchProbes(
        _ frame: borrowing SampleFrame, of device: borrowing WatchedDevice, median: Double, _ seconds: Double,
        _ transitions: inout [AlarmTransition]
    ) {
        // Of two probes nobody knows which one is wrong.
        guard let rule = device.rules.alarms[.probeDead], probes.count > 2 else { return }
        let rules = device.rules.pack.probes
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
            let transition = AlarmTransition(
                .probeDead, place: place, change, of: device, explanation: explanation.dead(place, death),
                reading: death?.reading(rule.limit, rules), stamp: frame.stamp)
            if let transition { transitions.append(transition) }
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
