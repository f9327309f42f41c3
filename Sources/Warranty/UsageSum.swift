internal import Terms

/// What use has made of a term: throughput, cycles and temperatures of a unit and of those whose place it took.
struct UsageSum {
    /// Limits that are reached. Use is covered below a limit, not at it.
    private(set) var ended: [CoverageLimit] = []
    private(set) var missing: Set<MissingFact> = []
    private(set) var risks: [CoverageRisk] = []
    private(set) var steps: [String] = []
    /// How far each limit is used.
    private(set) var shares: [UsedShare] = []
    /// The throughput limit in words, where it is known.
    private(set) var throughputLimit: Energy?

    private let unit: UnitRecord
    private let margins: WarrantyMargins

    init(_ term: CoverageTerm, _ unit: UnitRecord, margins: WarrantyMargins) {
        self.unit = unit
        self.margins = margins
        if let limit = term.throughput { addThroughput(limit) }
        if let limit = term.cycles { addCycles(limit) }
        if let window = term.temperature { addTemperature(window) }
    }

    /// ` (A-1 and B-1 together)` where a unit has inherited.
    private var together: String {
        unit.earlier.isEmpty ? "" : " (\(listed(unit.chain.map(\.serial))) together)"
    }

    private mutating func addThroughput(_ rule: ThroughputLimit) {
        guard let limit = limit(rule.amount) else { return }
        throughputLimit = limit
        var known = 0
        var absent: [(fact: MissingFact, serial: String)] = []
        for (serial, history) in unit.chain {
            known = sum(known, history.discharged?.wattHours ?? 0)
            if history.discharged == nil { absent.append((.discharged, serial)) }
            guard rule.counts == .both else { continue }
            known = sum(known, history.charged?.wattHours ?? 0)
            if history.charged == nil { absent.append((.charged, serial)) }
        }
        let used = Energy(wattHours: known)
        let share = percent(known, of: limit.wattHours)
        let what = rule.counts == .both ? "charged and discharged" : "discharged"
        if used >= limit {
            ended.append(.throughput)
            steps.append("\(what) \(used.text(of: limit)) (\(share) %)\(together): the limit is reached")
        } else if !absent.isEmpty {
            missing.formUnion(absent.map(\.fact))
            let names = absent.map { unit.earlier.isEmpty ? $0.fact.name : "\($0.fact.name) of \($0.serial)" }
            steps.append("throughput: \(listed(names)) not known; known are \(used.text(of: limit))\(together)")
        } else {
            steps.append("\(what) \(used.text(of: limit)) (\(share) %)\(together)")
            shares.append(UsedShare(.throughput, known, of: limit.wattHours))
            if share >= margins.usagePercent { risks.append(.throughputNear(percent: share)) }
        }
    }

    /// The limit in Wh, rounded down; nil where the capacity that it depends on is not known.
    private mutating func limit(_ amount: ThroughputLimit.Amount) -> Energy? {
        switch amount {
        case .absolute(let energy): return energy
        case .perKilowattHour(let energy, let basis):
            guard let capacity = unit.capacity(basis) else {
                missing.insert(.capacity(basis))
                steps.append(
                    "throughput limit: \(energy.text) for each kWh; the \(basis.rawValue) capacity is not known")
                return nil
            }
            let limit = Energy(wattHours: product(energy.wattHours, capacity.wattHours) / 1_000)
            steps.append(
                "throughput limit: \(energy.text) for each kWh of \(capacity.text) \(basis.rawValue) = \(limit.text)")
            return limit
        }
    }

    private mutating func addCycles(_ limit: CycleCount) {
        let counts = unit.chain.map(\.history.cycles)
        let used = CycleCount(thousandths: counts.reduce(0) { sum($0, $1?.thousandths ?? 0) })
        let share = percent(used.thousandths, of: limit.thousandths)
        if used >= limit {
            ended.append(.cycles)
            steps.append("\(used.text) of \(limit.text) cycles (\(share) %)\(together): the limit is reached")
        } else if counts.contains(nil) {
            missing.insert(.cycles)
            steps.append("cycles: not known; known are \(used.text) of \(limit.text)\(together)")
        } else {
            steps.append("\(used.text) of \(limit.text) cycles (\(share) %)\(together)")
            shares.append(UsedShare(.cycles, used.thousandths, of: limit.thousandths))
            if share >= margins.usagePercent { risks.append(.cyclesNear(percent: share)) }
        }
    }

    private mutating func addTemperature(_ window: TemperatureWindow) {
        let all = unit.chain.map(\.history.hoursOutside)
        let hours = all.reduce(0) { sum($0, $1 ?? 0) }
        let outside = "outside \(window.lowest) to \(window.highest) °C"
        let tolerated = "\(counted(window.hours, "hour")) tolerated\(together)"
        if hours > window.hours {
            let end = window.then == .ends
            if end { ended.append(.temperature) } else { addRisk(hours, window) }
            steps.append(
                "\(outside) for \(counted(hours, "hour")), \(tolerated): "
                    + (end ? "the term has ended" : "the maker may object"))
        } else if all.contains(nil) {
            if window.then == .ends { missing.insert(.hoursOutside) }
            steps.append("\(outside): not known for how long, \(tolerated)")
        } else {
            steps.append("\(outside) for \(counted(hours, "hour")), \(tolerated)")
            if window.hours > 0, percent(hours, of: window.hours) >= margins.usagePercent { addRisk(hours, window) }
        }
    }

    private mutating func addRisk(_ hours: Int, _ window: TemperatureWindow) {
        risks.append(.temperature(hours: hours, limit: window.hours))
    }
}

/// How much of a limit is used, to find which one comes first.
struct UsedShare {
    let limit: CoverageLimit
    private let part: UInt
    private let whole: UInt

    init(_ limit: CoverageLimit, _ part: Int, of whole: Int) {
        self.limit = limit
        self.part = UInt(max(0, part))
        self.whole = UInt(max(1, whole))
    }

    /// Whether less of this one is used: exactly, whatever the sizes.
    static func < (a: UsedShare, b: UsedShare) -> Bool {
        let left = a.part.multipliedFullWidth(by: b.whole)
        let right = b.part.multipliedFullWidth(by: a.whole)
        return (left.high, left.low) < (right.high, right.low)
    }

    /// Whole percents, rounded down.
    var percents: Int { percent(Int(clamping: part), of: Int(clamping: whole)) }
}

extension UnitRecord {
    /// A capacity of this unit.
    func capacity(_ basis: CapacityBasis) -> Energy? { basis == .nominal ? nominalCapacity : usableCapacity }
}
