internal import Terms

/// True time, which never stops, what the clocks of the machine show of it, and what the box takes for the time: its
/// own judge of clocks looks at them as it does in the daemon.
struct VirtualTime {
    /// Since the scenario's start.
    private(set) var elapsed = Milliseconds.zero
    private let start: Instant
    private var boot: UInt64 = 1
    private var bootedAt = Milliseconds.zero
    /// How far the wall clock is from the truth, until somebody puts it right.
    private var error = Milliseconds.zero
    /// Whether the wall clock has begun in 1970 and was not set yet.
    private(set) var isUnset = false
    /// From when on a time source puts the wall clock right and confirms it; nil while none is there.
    private(set) var confirmedFrom: Milliseconds? = .zero
    /// When what the box takes for the time jumped last.
    private(set) var setAt: Milliseconds?
    /// As the box judged the clocks when it looked at them last.
    private(set) var stamp: Stamp
    private(set) var clock = BoxClock()
    /// What a power cut leaves of `clock`.
    private var kept = BoxClock()
    private var keptAt = Milliseconds.zero
    /// A planted bug: what should count by the clock that never steps counts by the wall clock.
    private let countsByWall: Bool

    /// From a boot to the first answer of a time source.
    private static let firstAnswer = Milliseconds.minutes(1)
    /// From a clock that was set to the next answer.
    private static let nextAnswer = Milliseconds.minutes(17)
    /// As the daemon keeps that it is alive.
    private static let keepsEvery = Milliseconds.minutes(1)

    init(start: Instant, countsByWall: Bool) {
        self.start = start
        self.countsByWall = countsByWall
        stamp = clock.stamp(
            ClockReading(
                boot: BootID(high: 0, low: boot), boottime: Boottime(nanoseconds: 0), wall: start,
                isDisciplined: true))
        kept = clock
    }

    /// What the clocks show now.
    private var reading: ClockReading {
        let isConfirmed = confirmedFrom.map { $0 <= elapsed } ?? false
        let wall =
            if isUnset { Instant(milliseconds: 0) + (elapsed - bootedAt) } else if isConfirmed { start + elapsed }
            else { start + elapsed + error }
        let sinceBoot = countsByWall ? wall - start - bootedAt : elapsed - bootedAt
        return ClockReading(
            boot: BootID(high: 0, low: boot), boottime: Boottime(nanoseconds: sinceBoot.count * 1_000_000), wall: wall,
            isDisciplined: isConfirmed && !isUnset)
    }

    /// When the box will take the time for this, if nobody sets its clock.
    func when(_ wall: Instant) -> Milliseconds { elapsed + (wall - stamp.wall) }

    /// - Parameter isRunning: whether the program lives and looks at the clocks.
    mutating func pass(to next: Milliseconds, isRunning: Bool) {
        let before = stamp.wall - elapsed
        let next = max(elapsed, next)
        let sinceKept = next - keptAt
        if isRunning, sinceKept >= Self.keepsEvery {
            elapsed = next - Milliseconds(sinceKept.count % Self.keepsEvery.count)
            keep()
        }
        elapsed = next
        if isRunning { look(before) }
    }

    /// - Parameter before: what the box took for the time of the scenario's start.
    private mutating func look(_ before: Instant) {
        let wasConfirmed = stamp.trust == .synced
        stamp = clock.stamp(reading)
        if stamp.trust == .synced, !wasConfirmed { keep() }
        let moved = (stamp.wall - elapsed) - before
        if moved > .seconds(1) || moved < .zero - .seconds(1) { setAt = elapsed }
    }

    private mutating func keep() {
        stamp = clock.stamp(reading)
        (kept, keptAt) = (clock, elapsed)
    }

    /// Somebody sets the wall clock; a time source puts it right later.
    mutating func step(by length: Milliseconds) {
        error = error + length
        if confirmedFrom != nil { confirmedFrom = elapsed + Self.nextAnswer }
    }

    /// The program begins anew.
    ///
    /// - Parameters:
    ///   - newest: of the newest fact on record.
    ///   - isBoot: whether the machine does, too: then the clock that never steps begins anew.
    ///   - isUnset: whether the wall clock begins in 1970, and no time source is there.
    mutating func restart(isBoot: Bool, isUnset: Bool, newest: Stamp?) {
        let before = stamp.wall - elapsed
        if isBoot {
            boot += 1
            bootedAt = elapsed
            error = .zero
            self.isUnset = isUnset
            confirmedFrom = isUnset ? nil : elapsed + Self.firstAnswer
        }
        clock = BoxClock(boots: kept.boots)
        stamp = clock.stamp(reading)
        if let newest { clock.saw(newest) }
        look(before)
    }

    /// A time source is there.
    mutating func synchronise() {
        guard isUnset else { return }
        isUnset = false
        confirmedFrom = elapsed
    }
}
