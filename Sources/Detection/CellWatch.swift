internal import Telemetry
internal import Terms

/// Gives a device's cell voltages to the comparison of cells.
struct CellWatch: ~Copyable {
    private let points: [Int]
    private var comparison: CellComparison
    private var findings: [CellFinding] = []
    private let millivolts: UnsafeMutablePointer<Int16>

    /// Nil for a device that tells fewer than three cells: two cannot say which of them is wrong.
    init?(_ device: WatchedDevice, active: Set<AlarmPlace>) {
        let cells = device.numberedPoints(\.cellVoltageNumber)
        guard cells.count >= Self.fewestCells else { return nil }
        points = cells.map(\.point)
        comparison = CellComparison(
            count: cells.count, rules: device.rules.cells, limits: CellLimits(device.rules),
            capacity: device.capacityAmpereHours ?? Self.usualCapacity,
            gap: device.rules.integrity.gap.inSeconds)
        millivolts = .allocate(capacity: cells.count)
        findings.reserveCapacity(32)
        for place in active {
            guard let alarm = DetectorAlarm(rawValue: place.alarm), let cell = place.place else { continue }
            comparison.resume(alarm, cell: cell)
        }
    }

    deinit { millivolts.deallocate() }

    private static let fewestCells = 3
    /// Ah; of a home battery's cell where nobody says it.
    static let usualCapacity = 50.0

    /// Every alarm that can come up on a device.
    static func places(of device: WatchedDevice) -> [AlarmPlace] {
        let count = device.numberedPoints(\.cellVoltageNumber).count
        guard count >= fewestCells else { return [] }
        return CellComparison.alarms.filter { device.rules.alarms[$0] != nil }
            .flatMap { alarm in (1...count).map { AlarmPlace(alarm: alarm.rawValue, place: $0) } }
    }

    /// Of the cells that are believed.
    var medianVolts: Double { Double(comparison.median) / 1_000 }

    /// Takes one frame; calls `found` for every alarm that comes up or goes.
    ///
    /// - Parameter mayTell: whether it may be told of now; what may not waits for a later frame.
    mutating func observe(
        _ frame: borrowing SampleFrame, current: Double, mayTell: (CellFinding) -> Bool, found: (CellFinding) -> Void
    ) {
        let samples = frame.samples.span
        for index in points.indices {
            let volts = samples[points[index]].goodOrNaN
            // What no Int16 holds is no cell either. Rounded here, not by a call.
            millivolts[index] = volts > -30 && volts < 30 ? Int16(volts * 1_000 + (volts < 0 ? -0.5 : 0.5)) : .min
        }
        comparison.observe(
            millivolts, current: Float(current), at: Double(frame.stamp.boottime.nanoseconds) / 1e9, &findings)
        guard !findings.isEmpty else { return }
        for index in findings.indices {
            if findings[index].deviation == nil {
                findings[index].deviation =
                    Double(millivolts[findings[index].cell - 1]) - findings[index].state.medianVolts * 1_000
            }
            if mayTell(findings[index]) { found(findings[index]) }
        }
        findings.removeAll(where: mayTell)
    }
}
