internal import Terms

/// How far one probe has left its usual distance from the median of all probes: a hot joint, a blocked vent.
struct ProbeWatch {
    /// A probe's usual distance is known after so many seconds, and followed with this time constant.
    private static let warmUp = 1_800.0
    private static let memory = 86_400.0
    /// Seconds that one reading may count for.
    private static let longest = 120.0
    /// °C that a reading can pull at the usual distance, so that a slow fault does not become usual.
    private static let pull = 2.0

    let point: Int
    let place: Int
    var machine: AlarmMachine
    /// °C from the median.
    private(set) var usual = 0.0
    private var seen = 0.0
    private var lastAt: Boottime?

    init(point: Int, place: Int, machine: AlarmMachine) {
        self.point = point
        self.place = place
        self.machine = machine
    }

    /// Takes one reading.
    ///
    /// - Parameters:
    ///   - distance: °C from the median of the other probes; NaN where it was not read.
    ///   - limit: °C above the usual distance; below it a probe is merely cool.
    mutating func condition(_ distance: Double, at now: Boottime, limit: Double, deadBand: Double) -> Condition {
        guard distance.isFinite else { return .unknown }
        let duration = lastAt.map { max(0, min(Self.longest, (now - $0).inSeconds)) } ?? 1
        lastAt = now
        seen = min(seen + duration, Self.memory)
        let off = distance - usual
        if seen < Self.warmUp {
            usual += duration / seen * off
            return .unknown
        }
        usual += duration / Self.memory * max(-Self.pull, min(Self.pull, off))
        return off > limit ? .violated : off < limit - deadBand ? .normal : .deadBand
    }
}
