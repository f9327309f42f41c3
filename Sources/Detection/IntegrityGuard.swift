internal import Telemetry
internal import Terms

/// Decides which readings of a frame may be believed.
///
/// Quality comes first; then steps that physics does not explain wait for a reading that agrees; a frame in which
/// every probe says exactly 0 °C is a known lie of battery management systems and never believed.
struct IntegrityGuard {
    /// By point: the believed value, NaN where there is none.
    private(set) var values: [Double]
    /// By point: how many agreeing readings stand behind the value.
    private(set) var agreeing: [UInt8]
    /// The median of all believed cells, V; NaN without cells.
    private(set) var cellMedian = Double.nan
    /// The median of all believed probes, °C; NaN without probes.
    private(set) var probeMedian = Double.nan

    /// Whether no cell that was read can be one: zeros after a start, a frame of markers. Nothing beside them counts.
    private(set) var isImpossible = false

    private let rules: IntegrityRules
    private let possibleVolts: ClosedRange<Double>
    private let possibleCelsius: ClosedRange<Double>
    private let cells: [(point: Int, number: Int)]
    private let probes: [(point: Int, number: Int)]
    private let unguarded: [Int]
    private var cellGuards: [StepGuard]
    private var probeGuards: [StepGuard]
    private var cellOrder: MedianOrder
    private var probeOrder: MedianOrder
    private var previousRawMedian = Double.nan

    init(_ device: WatchedDevice) {
        rules = device.rules.integrity
        possibleVolts = device.rules.cells.possible
        possibleCelsius = device.rules.pack.probes.possible
        cells = device.numberedPoints(\.cellVoltageNumber)
        probes = device.numberedPoints(\.cellTemperatureNumber)
        let guarded = Set((cells + probes).map(\.point))
        unguarded = device.points.indices.filter { !guarded.contains($0) && device.points[$0].signal != nil }
        values = Array(repeating: .nan, count: device.points.count)
        agreeing = Array(repeating: 1, count: device.points.count)
        cellGuards = Array(repeating: StepGuard(), count: cells.count)
        probeGuards = Array(repeating: StepGuard(), count: probes.count)
        cellOrder = MedianOrder(count: cells.count)
        probeOrder = MedianOrder(count: probes.count)
    }

    /// Looks at one frame; `values` and `agreeing` tell the outcome.
    mutating func judge(_ frame: borrowing SampleFrame, afterGap: Bool) {
        if afterGap { forget() }
        for point in unguarded { values[point] = frame.samples[point].goodValue ?? .nan }
        judgeCells(frame)
        judgeProbes(frame)
    }

    private mutating func forget() {
        for index in cellGuards.indices { cellGuards[index].forget() }
        for index in probeGuards.indices { probeGuards[index].forget() }
        previousRawMedian = .nan
    }

    private mutating func judgeCells(_ frame: borrowing SampleFrame) {
        var (told, possible) = (0, 0)
        for cell in cells {
            let volts = frame.samples[cell.point].goodValue ?? .nan
            if volts.isFinite { told += 1 }
            if possibleVolts.contains(volts) { possible += 1 }
            // A marker such as 65.535 V is none, however often it is repeated.
            values[cell.point] = possibleVolts.contains(volts) ? volts : .nan
        }
        isImpossible = told > 2 && possible == 0
        let rawMedian = cellOrder.median(of: values, at: cells)
        let common = rawMedian - previousRawMedian
        previousRawMedian = rawMedian
        for index in cells.indices {
            let point = cells[index].point
            guard values[point].isFinite else { continue }
            let verdict = cellGuards[index].judge(
                values[point], common: common.isFinite ? common : 0, step: rules.cellVoltageStep,
                confirmations: rules.cellVoltageConfirmations)
            take(verdict, point)
        }
        cellMedian = cellOrder.median(of: values, at: cells)
    }

    private mutating func judgeProbes(_ frame: borrowing SampleFrame) {
        var areAllZero = probes.count > 1
        for probe in probes {
            let celsius = frame.samples[probe.point].goodValue ?? .nan
            values[probe.point] = possibleCelsius.contains(celsius) ? celsius : .nan
            areAllZero = areAllZero && values[probe.point] == 0
        }
        for index in probes.indices {
            let point = probes[index].point
            guard values[point].isFinite else { continue }
            if areAllZero {
                values[point] = .nan
                continue
            }
            let verdict = probeGuards[index].judge(
                values[point], common: 0, step: rules.temperatureStep,
                confirmations: rules.temperatureConfirmations)
            take(verdict, point)
        }
        probeMedian = probeOrder.median(of: values, at: probes)
    }

    private mutating func take(_ verdict: StepGuard.Verdict, _ point: Int) {
        switch verdict {
        case .accepted(let readings): agreeing[point] = UInt8(clamping: readings)
        case .held: values[point] = .nan
        }
    }
}

/// The median of a few dozen values that change little from frame to frame.
///
/// It keeps the order of the last frame, so that sorting is nearly always one pass, and it allocates nothing.
struct MedianOrder {
    private var order: [Int]

    init(count: Int) { order = Array(0..<count) }

    /// The median of the finite values at `places`; NaN when there are none.
    mutating func median(of values: [Double], at places: [(point: Int, number: Int)]) -> Double {
        var finite = 0
        for index in order.indices {
            let entry = order[index]
            let value = values[places[entry].point]
            if value.isFinite { finite += 1 }
            var hole = index
            while hole > 0, Self.precedes(value, values[places[order[hole - 1]].point]) {
                order[hole] = order[hole - 1]
                hole -= 1
            }
            order[hole] = entry
        }
        guard finite > 0 else { return .nan }
        let upper = values[places[order[finite / 2]].point]
        let lower = values[places[order[(finite - 1) / 2]].point]
        return (lower + upper) / 2
    }

    /// Values that were not read sort last.
    private static func precedes(_ a: Double, _ b: Double) -> Bool { a < b || (a.isFinite && !b.isFinite) }
}
