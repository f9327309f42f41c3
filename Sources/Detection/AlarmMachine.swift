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

/// The life of one alarm (ISA-18.2): on-delay, off-delay, dead-band, latch. One per alarm and cell; 32 bytes.
///
/// An alarm whose condition comes back three times within a minute is chattering. It is latched: one occurrence, that
/// counts and does not end before the last minute holds fewer than three comings and the off-delay is over.
package struct AlarmMachine: Sendable {
    /// What a reading can bring.
    package enum Change: Sendable, Equatable {
        case raised
        /// The active alarm has begun to chatter.
        ///
        /// - Parameter edges: how often the condition has come since it was last away for a minute.
        case chattering(edges: Int)
        /// - Parameter edges: how often the condition came, where it chattered; 0 where it did not.
        case cleared(edges: Int)
    }

    private enum Phase: UInt8 { case normal, pending, active, clearing }

    // The widest first: thousands of these are kept.
    private var since = Boottime(nanoseconds: 0)
    /// When the condition came the last three times, the newest first: tenths of a second of the boot, 0 for never.
    private var newest: (UInt32, UInt32, UInt32) = (0, 0, 0)
    private var reads: Int32 = 0
    private var edges: UInt16 = 0
    private var phase: Phase
    /// Whether the condition was away since it last came.
    private var isAway = true
    private var isChattering = false

    /// A minute: three comings within it are chatter.
    private static let chatterTenths: UInt32 = 600

    /// - Parameter isActive: true for an alarm that the ledger says is active, after a restart.
    package init(isActive: Bool = false) { phase = isActive ? .active : .normal }

    package var isActive: Bool { phase == .active || phase == .clearing }
    /// Whether the alarm is active and its newest telling reading was beyond the limit: not so of one that the ledger
    /// says is active, before a reading has shown it again.
    package var isShown: Bool { isActive && !isAway }
    /// Whether the next normal reading changes nothing.
    package var isIdle: Bool { phase == .normal }

    /// Takes one reading; the change it brings, if any.
    ///
    /// - Parameter agreeing: how many agreeing readings stand behind it; more than 1 where the integrity guard held
    ///   one back until the next confirmed it.
    package mutating func advance(
        _ condition: Condition, agreeing: Int = 1, at now: Boottime, timing: AlarmTiming
    ) -> Change? {
        if isAway, condition == .violated { come(at: now) }
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
            isAway = true
        case (.active, .normal):
            phase = .clearing
            isAway = true
            since = now
            return clearIfDue(at: now, timing)
        case (.clearing, .normal):
            return clearIfDue(at: now, timing)
        case (.active, .violated), (.clearing, .violated):
            phase = .active
            return chatterIfDue(at: now)
        case (.clearing, .deadBand), (.clearing, .unknown):
            // The off-delay is a time of normal readings; what was not read was not normal.
            phase = .active
        case (.normal, _), (.pending, .unknown), (.active, _):
            break
        }
        return nil
    }

    private mutating func come(at now: Boottime) {
        isAway = false
        // What was quiet for a minute begins to count anew.
        if phase == .normal, !isWithinAMinute(newest.0, of: now) { edges = 0 }
        if edges < .max { edges += 1 }
        newest = (Self.tenths(now), newest.0, newest.1)
    }

    private mutating func raiseIfDue(at now: Boottime, _ timing: AlarmTiming) -> Change? {
        guard reads >= Int32(timing.reads), now - since >= timing.onDelay else { return nil }
        phase = .active
        return .raised
    }

    private mutating func chatterIfDue(at now: Boottime) -> Change? {
        guard !isChattering, hasThreeWithinAMinute(of: now) else { return nil }
        isChattering = true
        return .chattering(edges: Int(edges))
    }

    private mutating func clearIfDue(at now: Boottime, _ timing: AlarmTiming) -> Change? {
        guard now - since >= timing.offDelay, !(isChattering && hasThreeWithinAMinute(of: now)) else { return nil }
        let counted = isChattering ? Int(edges) : 0
        phase = .normal
        isChattering = false
        return .cleared(edges: counted)
    }

    private func hasThreeWithinAMinute(of now: Boottime) -> Bool { isWithinAMinute(newest.2, of: now) }

    private func isWithinAMinute(_ tenths: UInt32, of now: Boottime) -> Bool {
        tenths > 0 && Self.tenths(now) &- tenths <= Self.chatterTenths
    }

    /// From 1, so that 0 is never; a box that runs for 13 years begins again.
    private static func tenths(_ time: Boottime) -> UInt32 {
        UInt32(truncatingIfNeeded: time.nanoseconds / 100_000_000 + 1)
    }
}
