internal import Terms

/// Finds a device that no longer answers.
struct SilenceWatch {
    private(set) var heardAt: Boottime
    private(set) var machine: AlarmMachine
    /// Whether the newest answer came after the alarm: only then can it end.
    private var isHeard = false

    init(machine: AlarmMachine, since: Boottime) {
        self.machine = machine
        heardAt = since
    }

    mutating func heard(at now: Boottime) {
        heardAt = now
        isHeard = true
    }

    /// The on-delay is the silence itself, so it is compared here and the machine needs no delay of its own.
    mutating func advance(at now: Boottime, timing: AlarmTiming) -> AlarmMachine.Change? {
        let isSilent = now - heardAt >= timing.onDelay
        if isSilent { isHeard = false }
        let condition: Condition = isSilent ? .violated : isHeard ? .normal : .unknown
        let immediate = AlarmTiming(onDelay: .zero, offDelay: timing.offDelay, reads: 1)
        return machine.advance(condition, at: now, timing: immediate)
    }
}
