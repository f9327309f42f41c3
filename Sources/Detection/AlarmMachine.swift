package import Terms

/// What one reading says about an alarm.
package enum Condition: UInt8, Sendable {
    /// Beyond the limit.
    case violated
    /// Back inside the limit by more than the dead-band.
    case normal
    /// Inside the limit, but not by more than the dead-band: it ends no alarm and begins none.
    case deadBand
    /// Nothing believable was read: it ends no alarm and begins none.
    case unknown
}

/// How long, and in how many readings, a condition must hold.
package struct AlarmTiming: Sendable, Equatable {
    /// From the first violated reading to the alarm.
    package var onDelay: Milliseconds
    /// From the first normal reading to the alarm's end.
    package var offDelay: Milliseconds
    /// Agreeing violated readings that are needed besides the time, at least 1.
    package var reads: Int

    package init(onDelay: Milliseconds, offDelay: Milliseconds, reads: Int) {
        self.onDelay = onDelay
        self.offDelay = offDelay
        self.reads = reads
    }
}

/// The life of one alarm (ISA-18.2): on-delay, off-delay, dead-band. One per alarm and cell; a few bytes.
package struct AlarmMachine: Sendable {
    /// What a reading can bring.
    package enum Change: Sendable { case raised, cleared }

    private enum Phase: UInt8 { case normal, pending, active, clearing }

    private var phase: Phase
    private var reads: Int32 = 0
    private var since = Boottime(nanoseconds: 0)

    /// - Parameter isActive: true for an alarm that the ledger says is active, after a restart.
    package init(isActive: Bool = false) { phase = isActive ? .active : .normal }

    package var isActive: Bool { phase == .active || phase == .clearing }
    /// Whether the next normal reading changes nothing.
    package var isIdle: Bool { phase == .normal }

    /// Takes one reading; the change it brings, if any.
    ///
    /// - Parameter agreeing: how many agreeing readings stand behind it; more than 1 where the integrity guard held
    ///   one back until the next confirmed it.
    package mutating func advance(
        _ condition: Condition, agreeing: Int = 1, at now: Boottime, timing: AlarmTiming
    ) -> Change? {
        switch (phase, condition) {
        case (.normal, .violated):
            phase = .pending
            since = now
            reads = Int32(agreeing)
            return raiseIfDue(at: now, timing)
        case (.pending, .violated):
            reads += Int32(agreeing)
            return raiseIfDue(at: now, timing)
        case (.pending, .normal), (.pending, .deadBand):
            phase = .normal
        case (.active, .normal):
            phase = .clearing
            since = now
            return clearIfDue(at: now, timing)
        case (.clearing, .normal):
            return clearIfDue(at: now, timing)
        case (.clearing, .violated), (.clearing, .deadBand), (.clearing, .unknown):
            // The off-delay is a time of normal readings; what was not read was not normal.
            phase = .active
        case (.normal, _), (.pending, .unknown), (.active, _):
            break
        }
        return nil
    }

    private mutating func raiseIfDue(at now: Boottime, _ timing: AlarmTiming) -> Change? {
        guard reads >= Int32(timing.reads), now - since >= timing.onDelay else { return nil }
        phase = .active
        return .raised
    }

    private mutating func clearIfDue(at now: Boottime, _ timing: AlarmTiming) -> Change? {
        guard now - since >= timing.offDelay else { return nil }
        phase = .normal
        return .cleared
    }
}
