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
    /// Points of the newest frame that were read well and are not believed; nearly always none.
    private(set) var heldBack: [Int] = []
    /// The median of all believed probes, °C; NaN without probes.
    private(set) var probeMedian = Double.nan

    /// Whether no cell that was read can be one: zeros after a start, a frame of markers. Nothing beside them counts.
    private(set) var isImpossible = false

    private let possibleVolts: ClosedRange<Double>
    private let possibleCelsius: ClosedRange<Double>
    private let unguarded: [Int]
    private var cells: SiblingGuard
    private var probes: SiblingGuard
    /// Of the newest frame that was not followed as a whole, V.
    private var cellMedian = Double.nan

    init(_ device: WatchedDevice) {
        let rules = device.rules.integrity
        possibleVolts = device.rules.cells.possible
        possibleCelsius = device.rules.pack.probes.possible
        cells = SiblingGuard(
            points: device.numberedPoints(\.cellVoltageNumber).map(\.point), step: rules.cellVoltageStep,
            confirmations: rules.cellVoltageConfirmations)
        probes = SiblingGuard(
            points: device.numberedPoints(\.cellTemperatureNumber).map(\.point), step: rules.temperatureStep,
            confirmations: rules.temperatureConfirmations)
        let guarded = Set(cells.points + probes.points)
        unguarded = device.points.indices.filter { !guarded.contains($0) && device.points[$0].signal != nil }
        values = Array(repeating: .nan, count: device.points.count)
        agreeing = Array(repeating: 1, count: device.points.count)
        heldBack.reserveCapacity(device.points.count)
    }

    /// Looks at one frame; `values`, `agreeing` and `heldBack` tell the outcome.
    mutating func judge(_ frame: borrowing SampleFrame, afterGap: Bool) {
        if afterGap {
            cells.forget()
            probes.forget()
            cellMedian = .nan
        }
        if !heldBack.isEmpty { heldBack.removeAll(keepingCapacity: true) }
        let samples = frame.samples.span
        for point in unguarded {
            let value = samples[point].goodOrNaN
            values[point] = value
            if !value.isFinite, samples[point].isGood { heldBack.append(point) }
        }
        judgeCells(samples)
        judgeProbes(samples)
    }

    private mutating func judgeCells(_ samples: Span<Sample>) {
        isImpossible = false
        if cells.follow(samples, in: possibleVolts, isCommon: true, &values, &heldBack) { return }
        let before = cells.isSettled ? cells.median() : cellMedian
        // A marker such as 65.535 V is no reading, however often it is repeated.
        let (told, possible) = cells.read(samples, in: possibleVolts)
        isImpossible = told > 2 && possible == 0
        cellMedian = cells.median()
        let common = cellMedian - before
        cells.judge(common: common.isFinite ? common : 0, &agreeing)
        cells.put(samples, &values, &heldBack)
    }

    private mutating func judgeProbes(_ samples: Span<Sample>) {
        let isLie = probes.points.count > 1 && Self.areAllZero(samples, at: probes.points)
        if isLie || !probes.follow(samples, in: possibleCelsius, isCommon: false, &values, &heldBack) {
            _ = probes.read(samples, in: possibleCelsius)
            if isLie { probes.holdAll() }
            probes.judge(common: 0, &agreeing)
            probes.put(samples, &values, &heldBack)
        }
        probeMedian = probes.median()
    }

    private static func areAllZero(_ samples: Span<Sample>, at points: [Int]) -> Bool {
        for point in points where samples[point].goodOrNaN != 0 { return false }
        return true
    }
}
