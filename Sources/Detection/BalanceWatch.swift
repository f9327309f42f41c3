internal import Telemetry
internal import Terms

/// Finds a cell that is high at the top of charge after charge and is never balanced.
///
/// What counts is the charge: from where the curve is steep, while current flows in, to where it is left. In each one
/// at most one cell leads, the one that was farthest above the median for longest.
struct BalanceWatch {
    /// V below the beginning: a charge that pauses is not over.
    private static let hysteresis = 0.020
    /// No Double holds more bits exactly, and no pack with such a word has more cells.
    private static let mostBits = 53

    private let rules: PackRules.Balancing
    private let limit: Double
    private let chargingCurrent: Double
    private let cells: [(point: Int, number: Int)]
    /// A word of bits, the first for cell 1; or a point a cell, -1 for one without.
    private let wordPoint: Int?
    private let bitPoints: [Int]
    /// By cell, in the present charge: seconds in the lead, and whether it was balanced at some time.
    private var led: [Double]
    private var wasBalanced: [Bool]
    private var began: Boottime?
    /// When the newest charge that counted began.
    private var counted: Boottime?
    private var largest = 0.0
    /// s of the present charge in which the device said what it balances.
    private var watched = 0.0

    /// The cell, by index, that led all of the last `charges` charges unbalanced; nil where none did.
    private(set) var suspect: Int?
    private(set) var charges = 0
    /// V above the median, at most.
    private(set) var distance = 0.0

    /// Nil for a device that does not tell which cells it balances.
    init?(_ device: WatchedDevice) {
        cells = device.numberedPoints(\.cellVoltageNumber)
        wordPoint = device.firstPoint(.balancingMask)
        bitPoints = cells.map { device.firstPoint(.cellBalancing($0.number)) ?? -1 }
        guard cells.count > 2, let rule = device.rules.alarms[.balancing], device.firstPoint(.packCurrent) != nil,
            wordPoint != nil || bitPoints.contains(where: { $0 >= 0 })
        else { return nil }
        rules = device.rules.pack.balancing
        limit = rule.limit
        chargingCurrent = device.rules.cells.restRate * (device.capacityAmpereHours ?? CellWatch.usualCapacity)
        led = Array(repeating: 0, count: cells.count)
        wasBalanced = Array(repeating: false, count: cells.count)
    }

    /// Takes one look; whether a charge that counts has just ended.
    ///
    /// - Parameters:
    ///   - values: believed values by point.
    ///   - median: V, of all cells.
    ///   - seconds: since the look before; 0 after a gap, which voids the charge.
    mutating func observe(
        _ values: [Double], median: Double, current: Double, seconds: Double, at now: Boottime
    ) -> Bool {
        guard median.isFinite else { return false }
        if seconds == 0 { began = nil }
        guard began != nil else {
            if current > chargingCurrent, median >= rules.above { begin(at: now) }
            return false
        }
        guard median >= rules.above - Self.hysteresis else {
            defer { began = nil }
            return end()
        }
        look(values, median: median, seconds)
        return false
    }

    private mutating func begin(at now: Boottime) {
        began = now
        largest = 0
        watched = 0
        for index in cells.indices {
            led[index] = 0
            wasBalanced[index] = false
        }
    }

    private mutating func look(_ values: [Double], median: Double, _ seconds: Double) {
        var (leader, most, isTold) = (0, -Double.infinity, false)
        for index in cells.indices {
            if let isBalanced = isBalanced(index, values) {
                isTold = true
                if isBalanced { wasBalanced[index] = true }
            }
            let above = values[cells[index].point] - median
            if above > most { (leader, most) = (index, above) }
        }
        guard isTold else { return }
        watched += seconds
        guard most > limit else { return }
        led[leader] += seconds
        largest = max(largest, most)
    }

    /// Nil where the device did not say.
    private func isBalanced(_ index: Int, _ values: [Double]) -> Bool? {
        if bitPoints[index] >= 0 {
            let bit = values[bitPoints[index]]
            return bit.isFinite ? bit != 0 : nil
        }
        let bit = cells[index].number - 1
        guard let wordPoint, bit < Self.mostBits else { return nil }
        let word = values[wordPoint]
        guard word >= 0, word < 9_007_199_254_740_992 else { return nil }
        return UInt64(word) >> UInt64(bit) & 1 == 1
    }

    private mutating func end() -> Bool {
        // A charge that only touched the top proves nothing.
        guard let began, watched >= rules.leads.inSeconds else { return false }
        var (leader, longest) = (0, 0.0)
        for index in cells.indices where led[index] > longest { (leader, longest) = (index, led[index]) }
        if let counted, began - counted < rules.apart {
            // The same charge once more; but what was balanced now is sound.
            if let suspect, wasBalanced[suspect] { (self.suspect, charges) = (nil, 0) }
            return false
        }
        counted = began
        guard longest >= rules.leads.inSeconds, !wasBalanced[leader] else {
            (suspect, charges, distance) = (nil, 0, 0)
            return true
        }
        (charges, distance) = suspect == leader ? (charges + 1, max(distance, largest)) : (1, largest)
        suspect = leader
        return true
    }
}
