internal import Terms

/// True time, which never stops, and what the box's clocks make of it.
struct VirtualTime {
    /// Since the scenario's start.
    private(set) var elapsed = Milliseconds.zero
    private let start: Instant
    private var boot: UInt64 = 1
    private var bootedAt = Milliseconds.zero
    /// How far the wall clock is from the truth.
    private var error = Milliseconds.zero
    /// Whether the wall clock has begun in 1970 and was not set yet.
    private(set) var isUnset = false
    /// When the wall clock was set last.
    private(set) var setAt: Milliseconds?
    /// A planted bug: what should count by the clock that never steps counts by the wall clock.
    private let countsByWall: Bool

    init(start: Instant, countsByWall: Bool) {
        self.start = start
        self.countsByWall = countsByWall
    }

    /// What the box reads now.
    var stamp: Stamp {
        let wall = isUnset ? Instant(milliseconds: 0) + (elapsed - bootedAt) : start + elapsed + error
        let sinceBoot = countsByWall ? wall - start - bootedAt : elapsed - bootedAt
        return Stamp(
            boot: BootID(high: 0, low: boot), boottime: Boottime(nanoseconds: sinceBoot.count * 1_000_000), wall: wall,
            trust: isUnset ? .unset : .synced)
    }

    /// When the wall clock will say so, if nobody sets it.
    func when(_ wall: Instant) -> Milliseconds { elapsed + (wall - stamp.wall) }

    mutating func pass(to next: Milliseconds) { elapsed = max(elapsed, next) }

    mutating func step(by length: Milliseconds) {
        error = error + length
        setAt = elapsed
    }

    /// A new boot: the clock that never steps begins anew.
    mutating func reboot(isUnset: Bool = false) {
        boot += 1
        bootedAt = elapsed
        guard isUnset else { return }
        self.isUnset = true
        setAt = elapsed
    }

    /// Somebody tells the box the time.
    mutating func synchronise() {
        guard isUnset else { return }
        isUnset = false
        error = .zero
        setAt = elapsed
    }
}
