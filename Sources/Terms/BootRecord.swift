/// One boot of the machine, as far as the box saw it: from which instant its time is reckoned, and how long it lived.
package struct BootRecord: Hashable, Sendable, BitwiseCopyable {
    package var boot: BootID
    /// The instant from which the boot's time is reckoned.
    package var baseBoottime: Boottime
    package var baseWall: Instant
    /// Whether a time source confirmed the base. Otherwise it is the earliest that it can have been.
    package var isAnchored: Bool
    /// What the wall clock showed above the boottime when it was looked at first, or was confirmed last.
    package var offset: Milliseconds
    /// When the boot was seen alive last.
    package var alive: Boottime

    package init(
        boot: BootID, baseBoottime: Boottime, baseWall: Instant, isAnchored: Bool, offset: Milliseconds,
        alive: Boottime
    ) {
        self.boot = boot
        self.baseBoottime = baseBoottime
        self.baseWall = baseWall
        self.isAnchored = isAnchored
        self.offset = offset
        self.alive = alive
    }

    /// The time at an instant of this boot: exact where the boot is anchored, else the earliest that it can be.
    package func wall(at boottime: Boottime) -> Instant {
        let passed = boottime - baseBoottime
        return baseWall + (isAnchored ? passed : passed.atLeast)
    }

    /// When the boot began, by the same reckoning.
    var start: Instant { wall(at: Boottime(nanoseconds: 0)) }
}

extension Milliseconds {
    /// What has passed at least while the clock that counted ran up to 200 ppm fast, as an undisciplined one may.
    var atLeast: Milliseconds { count > 0 ? Milliseconds(count - (count + 4_999) / 5_000) : self }
}

/// Between which instants something happened that no trusted clock saw.
package struct TimeSpan: Hashable, Sendable {
    package var earliest: Instant
    /// Nil as long as no later boot knew the time.
    package var latest: Instant?

    package init(earliest: Instant, latest: Instant?) {
        self.earliest = earliest
        self.latest = latest
    }
}
