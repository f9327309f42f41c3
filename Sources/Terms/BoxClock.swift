/// What the clocks of a machine show at one instant, before anybody has judged it.
package struct ClockReading: Hashable, Sendable {
    package var boot: BootID
    package var boottime: Boottime
    package var wall: Instant
    /// Whether somebody says that a time source disciplines the wall clock.
    package var isDisciplined: Bool
    /// When a program noted it last; nil where the kernel itself says it, and means this very instant.
    package var mark: Instant?

    package init(boot: BootID, boottime: Boottime, wall: Instant, isDisciplined: Bool, mark: Instant? = nil) {
        self.boot = boot
        self.boottime = boottime
        self.wall = wall
        self.isDisciplined = isDisciplined
        self.mark = mark
    }
}

/// The time on a box that may have no clock battery and no network: how far the wall clock is to be believed, and what
/// time it is at the earliest where it is not.
///
/// A boot whose clock was confirmed is anchored: its time is the anchor and what has passed since. Any other boot goes
/// on from the last instant at which the one before it was seen alive. So the time of such a boot may be behind and is
/// never ahead, and no step of the wall clock moves it.
package struct BoxClock: Hashable, Sendable {
    /// The boots that were seen, the oldest first; the present one stands last.
    package private(set) var boots: [BootRecord]
    /// A mark confirms the clock once: whoever sets it afterwards leaves the mark as it is.
    private var newestMark: Instant?

    /// A wall clock before this was never set: no such program existed. 2026-01-01T00:00:00Z.
    package static let earliestPlausible = Instant(milliseconds: 1_767_225_600_000)
    /// A wall clock that moved by more, and nobody confirms it, was set by somebody.
    package static let toleratedStep = Milliseconds.seconds(5)
    /// Boots that are remembered. What happened in one of before stays at the earliest that it can have been.
    package static let mostBoots = 64

    /// - Parameter boots: as they were kept, the oldest first.
    package init(boots: [BootRecord] = []) { self.boots = boots.suffix(Self.mostBoots) }

    /// Judges a reading, which comes after all that were judged before.
    package mutating func stamp(_ reading: ClockReading) -> Stamp {
        if boots.last?.boot != reading.boot { begin(reading) }
        let last = boots.count - 1
        let trust: ClockTrust
        if reading.isDisciplined, reading.mark == nil || reading.mark != newestMark,
            reading.wall >= Self.earliestPlausible
        {
            newestMark = reading.mark
            trust = .synced
            boots[last].isAnchored = true
            boots[last].baseBoottime = reading.boottime
            boots[last].baseWall = reading.wall
            boots[last].offset = reading.offset
        } else {
            trust = Self.trust(reading, in: boots[last])
        }
        boots[last].alive = max(boots[last].alive, reading.boottime)
        return Stamp(
            boot: reading.boot, boottime: reading.boottime, wall: boots[last].wall(at: reading.boottime), trust: trust,
            shown: reading.wall)
    }

    private static func trust(_ reading: ClockReading, in boot: BootRecord) -> ClockTrust {
        if reading.wall < earliestPlausible { return .unset }
        let moved = reading.offset - boot.offset
        if moved > toleratedStep || moved < .zero - toleratedStep { return .suspect }
        return boot.isAnchored ? .synced : .stale
    }

    private mutating func begin(_ reading: ClockReading) {
        // Without a boot before it there is nothing better than the wall clock, if that was ever set.
        let former = boots.last.map { $0.wall(at: $0.alive) }
        boots.append(
            BootRecord(
                boot: reading.boot, baseBoottime: former == nil ? reading.boottime : Boottime(nanoseconds: 0),
                baseWall: former ?? max(reading.wall, Self.earliestPlausible), isAnchored: false,
                offset: reading.offset, alive: reading.boottime))
        if boots.count > Self.mostBoots { boots.removeFirst() }
    }

    /// Takes a stamp that was kept elsewhere, with the newest fact of the ledger: the box was alive then, though its
    /// record of boots may be up to a minute older. A boot that goes on from there begins no earlier.
    package mutating func saw(_ stamp: Stamp) {
        guard var place = boots.lastIndex(where: { $0.boot == stamp.boot }), stamp.boottime > boots[place].alive
        else { return }
        boots[place].alive = stamp.boottime
        place += 1
        while place < boots.count, !boots[place].isAnchored {
            boots[place].baseWall = boots[place - 1].wall(at: boots[place - 1].alive)
            place += 1
        }
    }

    /// Between which instants something happened that was stamped in one of the remembered boots; nil for any other.
    ///
    /// It comes after what the boots before it had run, and before the start of the next boot that knew the time by as
    /// much as was run between the two.
    package func span(of stamp: Stamp) -> TimeSpan? {
        guard let place = boots.lastIndex(where: { $0.boot == stamp.boot }) else { return nil }
        let earliest = boots[place].wall(at: stamp.boottime)
        if boots[place].isAnchored { return TimeSpan(earliest: earliest, latest: earliest) }
        var run = max(.zero, boots[place].alive - stamp.boottime).atLeast
        for later in boots[(place + 1)...] {
            if later.isAnchored { return TimeSpan(earliest: earliest, latest: max(earliest, later.start - run)) }
            run = run + (later.alive - Boottime(nanoseconds: 0)).atLeast
        }
        return TimeSpan(earliest: earliest, latest: nil)
    }
}

extension ClockReading {
    /// What the wall clock shows above the boottime.
    fileprivate var offset: Milliseconds {
        Milliseconds(wall.milliseconds - boottime.nanoseconds / 1_000_000)
    }
}
