internal import Telemetry
internal import Terms

/// What a device reports in one of its words.
struct ReportWatch {
    let point: Int
    private let reports: [WatchedDevice.Report]
    private var machines: [AlarmMachine]
    /// The word at which nothing was wrong and no alarm was on its way: nearly always the same one.
    private var quietWord: UInt64?

    init(point: Int, reports: [WatchedDevice.Report], active: Set<AlarmPlace>) {
        self.point = point
        self.reports = reports
        machines = reports.map { AlarmMachine(isActive: active.contains(AlarmPlace(alarm: $0.code, place: nil))) }
    }

    /// Whether the device reports this now.
    func shows(_ code: String) -> Bool {
        zip(reports, machines).contains { $0.code == code && $1.isShown }
    }

    /// Takes one reading; calls `changed` for every alarm that comes up or goes.
    mutating func advance(
        _ sample: Sample, at now: Boottime, timing: AlarmTiming,
        changed: (WatchedDevice.Report, AlarmMachine.Change) -> Void
    ) {
        guard sample.quality == .good, sample.raw != quietWord else { return }
        var isQuiet = true
        for index in reports.indices {
            let isWrong = reports[index].condition.holds(in: sample.raw)
            if let change = machines[index].advance(isWrong ? .violated : .normal, at: now, timing: timing) {
                changed(reports[index], change)
            }
            isQuiet = isQuiet && machines[index].isIdle
        }
        quietWord = isQuiet ? sample.raw : nil
    }
}
