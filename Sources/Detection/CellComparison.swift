internal import Terms

/// Compares the cells of one pack with each other and with their own past.
///
/// Every frame it decides which readings to believe. Every few seconds it takes a look at the believed ones: who stands
/// where, who moves with whom, what changes with the current. Its memory is fixed when it is made; a frame allocates
/// nothing, and one that changes no verdict costs a few nanoseconds a cell.
package struct CellComparison: ~Copyable {
    /// Seconds between two looks, at least: what lasts minutes need not be looked at more often.
    static let lookInterval = 4.5
    /// Seconds that one look may count for; a longer time without data is no evidence.
    static let longestLook = 120.0
    /// Seconds for which a resting pack may show the very same millivolts.
    private static let longestRepeat = 45.0
    /// Seconds for which a drop at rest must stay, still at rest.
    private static let dropHolds = 20.0
    /// A; far beyond any battery of a home or a car.
    private static let largestCurrent: Float = 10_000
    /// A cell that moved further than this after a gap is not taken at its first word, mV.
    private static let afterGapStep: Int16 = 400

    let cells: CellColumns
    let rules: CellRules
    let limits: CellLimits
    let capacity: Float
    /// Of the accepted cells, mV.
    private(set) var median: Int16 = 0
    var state: OperatingState.Flow = .rest
    /// By state: seconds seen, and the scatter of all cells in it, mV.
    var seen: [Float]
    var scatter: [Float]
    /// A: at the last look. mV: the median at the last look.
    var lastCurrent: Float = 0
    var lastMedian: Int16 = 0
    /// Whether the last look can be compared with.
    var hasLastLook = false
    /// Seconds without data that the usual places have not followed yet.
    var unfollowed: Float = 0
    /// A² and A × mV of the moves from look to look.
    var currentMoves: Float = 0
    var commonMoves: Float = 0
    var suspect = SuspectTrend()
    var peering = Peering()
    var variation = CurrentVariation()
    var lastingSeconds: Float = 0

    private var drop: AcceptedDrop?
    private var raw = CellMedian()
    /// mV: the sum of the last frame's readings, valid or not, and how far their mean has moved in it.
    private var lastSum: Int32 = 0
    private var commonMove: Int32 = 0
    private var hasStarted = false
    private var lastSeen = -Double.infinity
    private var lastLook = -Double.infinity
    /// Seconds for which the newest frame has been read again and again.
    private var repeatedSeconds = 0.0
    /// Seconds for which the current is known to have been small.
    private var calm: Float = 0
    private var wasCalm = false
    private let gap: Double
    private let inverseCount: Float

    /// - Parameters:
    ///   - count: cells, 1 to 400.
    ///   - capacity: Ah of one cell.
    ///   - gap: seconds; a longer silence ends every comparison with the frame before.
    init(count: Int, rules: CellRules, limits: CellLimits, capacity: Double, gap: Double) {
        let states = (rules.edges.count + 1) * 3
        cells = CellColumns(count: count, states: states, peerCount: min(rules.peers, count - 1))
        self.rules = rules
        self.limits = limits
        self.capacity = Float(capacity)
        self.gap = gap
        inverseCount = 1 / Float(count)
        seen = Array(repeating: 0, count: states)
        scatter = Array(repeating: 2, count: states)
    }

    /// - Parameters:
    ///   - count: cells, 1 to 400.
    ///   - capacity: Ah of one cell.
    package init(count: Int, rules: DetectionRules, capacity: Double) {
        self.init(
            count: count, rules: rules.cells, limits: CellLimits(rules), capacity: capacity,
            gap: rules.integrity.gap.inSeconds)
    }

    /// Bytes that one pack needs.
    package var byteCount: Int {
        cells.byteCount + MemoryLayout<CellComparison>.size + (seen.count + scatter.count) * MemoryLayout<Float>.size
    }

    /// Takes one frame.
    ///
    /// - Parameters:
    ///   - millivolts: one a cell; whatever lies outside what is possible counts as not read.
    ///   - current: A, above 0 charges; NaN where nobody knows.
    ///   - seconds: of a clock that never steps.
    package mutating func observe(
        _ millivolts: UnsafePointer<Int16>, current: Float, at seconds: Double, _ findings: inout [CellFinding]
    ) {
        // One impossible number would stay in the sums of the current for ever.
        let current = abs(current) <= Self.largestCurrent ? current : .nan
        let elapsed = seconds - lastSeen
        lastSeen = seconds
        let afterGap = elapsed > gap
        let duration = Float(min(Self.longestLook, max(0, elapsed)))
        let (read, isRepeated) = inspect(millivolts)
        guard read * 2 >= cells.count else {
            hasLastLook = false
            return
        }
        if isRepeated {
            repeatedSeconds += Double(duration)
            return
        }
        // The same frame again and again may be a stale copy: its time does not count.
        let isStale = repeatedSeconds > Self.longestRepeat
        if isStale { lastLook += repeatedSeconds }
        let rested = duration + (isStale ? 0 : Float(repeatedSeconds))
        repeatedSeconds = 0
        guard hasStarted else { return start(millivolts, read, seconds) }
        let isCalm = abs(current) < capacity / 10 || current.isNaN
        calm = isCalm && wasCalm ? calm + rested : 0
        wasCalm = isCalm
        accept(millivolts, afterGap: afterGap, seconds)
        if drop != nil { confirmDrop(afterGap: afterGap, seconds, &findings) }
        if afterGap {
            hasLastLook = false
            unfollowed = min(86_400, unfollowed + Float(min(elapsed, 86_400)))
        }
        guard seconds - lastLook >= Self.lookInterval else { return }
        let counted = afterGap ? 0 : Float(min(Self.longestLook, seconds - lastLook))
        lastLook = seconds
        look(counted, current: current, &findings)
    }

    /// How many cells were read, and whether all are as in the frame before.
    private mutating func inspect(_ millivolts: UnsafePointer<Int16>) -> (read: Int, isRepeated: Bool) {
        let (low, high) = (limits.lowestPossible, limits.highestPossible)
        let (lastRaw, isValid) = (cells.lastRaw, cells.isValid)
        var read: Int16 = 0
        var changed: Int16 = 0
        var sum: Int32 = 0
        for cell in 0..<cells.count {
            let value = millivolts[cell]
            let valid: UInt8 = value >= low && value <= high ? 1 : 0
            isValid[cell] = valid
            read &+= Int16(valid)
            changed |= value ^ lastRaw[cell]
            lastRaw[cell] = value
            sum &+= Int32(value)
        }
        let move = Float(sum - lastSum) * inverseCount
        commonMove = Int32(move + (move < 0 ? -0.5 : 0.5))
        lastSum = sum
        return (Int(read), changed == 0)
    }

    /// The first frame in which every cell is read is where the comparison begins.
    private mutating func start(_ millivolts: UnsafePointer<Int16>, _ read: Int, _ seconds: Double) {
        guard read == cells.count else { return }
        cells.accepted.update(from: millivolts, count: cells.count)
        cells.lastLook.update(from: millivolts, count: cells.count)
        median = raw.find(millivolts, cells.count, near: millivolts[0])
        cells.stillLow.update(repeating: median, count: cells.count)
        cells.stillHigh.update(repeating: median, count: cells.count)
        lastLook = seconds
        hasStarted = true
    }

    // MARK: - Which readings to believe

    /// A cell that steps away from the common move waits for readings that agree; a step that stays is accepted.
    private mutating func accept(
        _ millivolts: UnsafePointer<Int16>, afterGap: Bool, _ seconds: Double
    ) {
        let (accepted, isValid) = (cells.accepted, cells.isValid)
        let before = median
        let middle = medianOfRaw(millivolts)
        let step = middle &- before
        let most = limits.step
        var odd: UInt8 = 0
        for cell in 0..<cells.count {
            let jump = millivolts[cell] &- accepted[cell] &- step
            odd |= (jump > most || jump < 0 &- most ? 1 : 0) | (isValid[cell] ^ 1)
        }
        if odd == 0 {
            accepted.update(from: millivolts, count: cells.count)
            cells.waitingReads.update(repeating: 0, count: cells.count)
            median = middle
            return
        }
        var dropped: (cell: Int, by: Int16)?
        var drops = 0
        for cell in 0..<cells.count {
            guard isValid[cell] == 1 else {
                accepted[cell] &+= step
                continue
            }
            let jump = millivolts[cell] &- accepted[cell] &- step
            let allowed = afterGap ? Self.afterGapStep : most
            if abs(Int(jump)) <= Int(allowed) {
                accepted[cell] = millivolts[cell]
                cells.waitingReads[cell] = 0
            } else if agrees(cell, millivolts[cell], step) {
                if jump < 0 &- limits.drop, !afterGap, calm > 30, cells.waitingCalm[cell] > 30 {
                    (dropped, drops) = ((cell, jump), drops + 1)
                }
                accepted[cell] = millivolts[cell]
                cells.waitingReads[cell] = 0
            } else {
                accepted[cell] &+= step
            }
        }
        median = raw.find(accepted, cells.count, near: middle)
        // Several at once are the pack's business, not a cell's.
        if drops == 1, let dropped {
            drop = AcceptedDrop(
                cell: dropped.cell, by: dropped.by, level: Int(accepted[dropped.cell]) - Int(median), at: seconds)
        }
    }

    /// A load that is told later than its voltage looks like a drop at rest: the drop must outlast it, still at rest.
    private mutating func confirmDrop(afterGap: Bool, _ seconds: Double, _ findings: inout [CellFinding]) {
        guard let found = drop else { return }
        let isLow = Int(cells.accepted[found.cell]) - Int(median) <= found.level + Int(limits.drop) / 2
        guard calm > 0, !afterGap, isLow else { return drop = nil }
        guard seconds - found.at >= Self.dropHolds else { return }
        drop = nil
        raiseDrop(found.cell, by: found.by, &findings)
    }

    /// Counts a reading that waits; whether enough of them agree.
    private func agrees(_ cell: Int, _ value: Int16, _ step: Int16) -> Bool {
        let reads = cells.waitingReads[cell]
        let follows = reads > 0 && abs(Int(value) - Int(cells.waiting[cell]) - Int(step)) <= Int(limits.step)
        if !follows { cells.waitingCalm[cell] = calm }
        cells.waiting[cell] = value
        cells.waitingReads[cell] = follows ? min(reads, 200) + 1 : 1
        return Int(cells.waitingReads[cell]) >= limits.reads
    }

    /// Cells that were not read stay where they were, so that they do not pull at the middle.
    private mutating func medianOfRaw(_ millivolts: UnsafePointer<Int16>) -> Int16 {
        var missing: UInt8 = 0
        for cell in 0..<cells.count { missing |= cells.isValid[cell] ^ 1 }
        // All have moved like their mean, nearly always.
        let guess = Int16(clamping: Int32(raw.value) + commonMove)
        guard missing == 1 else { return raw.find(millivolts, cells.count, near: guess) }
        let filled = cells.waiting
        for cell in 0..<cells.count where cells.isValid[cell] == 1 && cells.waitingReads[cell] == 0 {
            filled[cell] = millivolts[cell]
        }
        for cell in 0..<cells.count where cells.isValid[cell] == 0 { filled[cell] = cells.accepted[cell] }
        return raw.find(filled, cells.count, near: guess)
    }
}

/// A cell that has dropped at rest, and is not told yet.
private struct AcceptedDrop {
    var cell: Int
    /// mV: how far it dropped, and where it then stood from the median.
    var by: Int16
    var level: Int
    /// Seconds, when it was accepted.
    var at: Double
}

/// The rules in the units of the columns.
struct CellLimits {
    let lowestPossible, highestPossible: Int16
    let step, drop: Int16
    let reads: Int
    /// mV
    let edges: [Int16]
    let plateau: ClosedRange<Int16>?
    /// By test: the limit (mV; mV of the median for stuck; a correlation for wire), seconds to hold, seconds to end.
    let limit: [Float]
    let onSeconds: [Float]
    let offSeconds: [Float]

    init(_ rules: DetectionRules) {
        let cells = rules.cells
        lowestPossible = Self.millivolts(cells.possible.lowerBound)
        highestPossible = Self.millivolts(cells.possible.upperBound)
        step = Self.millivolts(rules.integrity.cellVoltageStep)
        reads = rules.integrity.cellVoltageConfirmations
        edges = cells.edges.map(Self.millivolts)
        plateau = cells.plateau.map { Self.millivolts($0.lowerBound)...Self.millivolts($0.upperBound) }
        let alarms = CellTest.allCases.map { rules.alarms[$0.rule] }
        drop = Self.millivolts(rules.alarms[.hardShort]?.limit ?? 30)
        limit = CellTest.allCases.map { test in
            // A correlation has no unit.
            Float((rules.alarms[test.rule]?.limit ?? 30) * (test == .wire ? 1 : 1_000))
        }
        onSeconds = alarms.map { Float($0?.timing.onDelay.inSeconds ?? 1e9) }
        offSeconds = alarms.map { Float($0?.timing.offDelay.inSeconds ?? 0) }
    }

    private static func millivolts(_ volts: Double) -> Int16 {
        Int16(max(-32_000, min(32_000, (volts * 1_000).rounded())))
    }
}

extension CellTest {
    /// The alarm whose limit and delays the test goes by.
    var rule: DetectorAlarm {
        switch self {
        case .drop: .hardShort
        case .level, .excess: .resistance
        case .shift, .lasting: .baselineShift
        case .knee: .softShort
        case .stuck: .stuckChannel
        case .wire: .senseWire
        }
    }
}
