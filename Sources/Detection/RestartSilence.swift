internal import Terms

/// The time after a device came back from a frame in which no cell could be one: its driver has just started, and
/// what it tells first is often half filled. Alarms of values then neither come up nor end; but danger does come up.
struct RestartSilence {
    private var readsLeft = 0
    private var endsAt = Boottime(nanoseconds: 0)
    private var wasImpossible = false
    private(set) var isSilent = false

    /// Takes one frame.
    mutating func observe(isImpossible: Bool, at now: Boottime, _ rules: IntegrityRules) {
        if isImpossible {
            wasImpossible = true
            return
        }
        if wasImpossible {
            wasImpossible = false
            readsLeft = rules.restartReads
            endsAt = now + rules.restartTime
        }
        isSilent = readsLeft > 0 && now < endsAt
        if isSilent { readsLeft -= 1 }
    }

    /// What may still be said of a value.
    func limited(_ condition: Condition, isSafety: Bool) -> Condition {
        isSilent && !(isSafety && condition == .violated) ? .unknown : condition
    }
}
