internal import Telemetry
internal import Terms

/// The alarm bits of one bit-field point.
struct BitWatch {
    let point: Int
    private let bits: [WatchedDevice.AlarmBit]
    private var machines: [AlarmMachine]
    private var isAnyBusy: Bool

    init(point: Int, bits: [WatchedDevice.AlarmBit], active: Set<AlarmPlace>) {
        self.point = point
        self.bits = bits
        machines = bits.map { AlarmMachine(isActive: active.contains(AlarmPlace(alarm: $0.code, place: nil))) }
        isAnyBusy = machines.contains { !$0.isIdle }
    }

    /// Takes one reading; calls `changed` for every alarm that comes up or goes.
    mutating func advance(
        _ sample: Sample, at now: Boottime, timing: AlarmTiming,
        changed: (WatchedDevice.AlarmBit, AlarmMachine.Change) -> Void
    ) {
        guard sample.quality == .good else { return }
        // Nearly always no bit is set and none was.
        guard sample.raw != 0 || isAnyBusy else { return }
        isAnyBusy = false
        for index in bits.indices {
            let isSet = sample.raw & (1 << UInt64(bits[index].bit)) != 0
            if let change = machines[index].advance(isSet ? .violated : .normal, at: now, timing: timing) {
                changed(bits[index], change)
            }
            isAnyBusy = isAnyBusy || !machines[index].isIdle
        }
    }
}
