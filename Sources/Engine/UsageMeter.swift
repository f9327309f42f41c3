internal import Detection
internal import Telemetry
internal import Terms
internal import Ticketing

/// Counts how one device is used, from the frames that the engine sees. Nothing that is not believed counts; a frame
/// allocates nothing unless a day ends with it.
struct UsageMeter: Sendable {
    private(set) var record: UsageRecord
    private var layout: UsageLayout
    private let days: SiteDays
    /// Days that are closed: by the day since 1970. A clock that goes back opens none of them again.
    private var closedDays: Set<Int> = []
    /// The newest frame that counts.
    private var previous: (at: Stamp, held: UsageLayout.Held)?
    private var watchedAt: Stamp?

    /// - Parameters:
    ///   - record: what was remembered of the device's open day.
    ///   - days: the days of the site.
    init(_ record: UsageRecord, days: SiteDays) {
        self.record = record
        self.days = days
        layout = UsageLayout()
    }

    /// Takes what the device turned out to be.
    mutating func use(_ device: WatchedDevice) {
        layout = UsageLayout(device)
        record.capacity = layout.capacity
        previous = nil
    }

    /// Takes what is on record of the unit.
    mutating func follow(_ total: UsageTotal?, at now: Instant) {
        closedDays.formUnion(total?.recorded ?? [])
        record.follow(total, days: days)
        if closedDays.contains(record.day.date.daysSinceEpoch) { record.day = openDay(at: now) }
    }

    /// Takes the device's serial. Another one than before is another unit: the day of the one before it ends, and is
    /// returned.
    mutating func identify(_ serial: String?, at now: Instant) -> UsageDay? {
        guard let serial, serial != record.serial else { return nil }
        guard record.serial != nil else {
            record.serial = serial
            return nil
        }
        let closed = close(at: now)
        closedDays = []
        previous = nil
        record = UsageRecord(device: record.device, serial: serial, day: days.day(of: now))
        record.capacity = layout.capacity
        return closed
    }

    /// Takes one frame.
    ///
    /// - Parameters:
    ///   - samples: the newest reading of each point.
    ///   - isBelievable: whether anything in the frame counts.
    /// - Returns: The day that ended with it.
    mutating func observe(
        _ samples: Span<Sample>, _ frame: borrowing SampleFrame, isBelievable: Bool
    ) -> UsageDay? {
        let now = frame.stamp
        // Without a date there is no day; the device's counters make up for it.
        if case .unset = now.trust { return pause() }
        let closed = advance(to: now, online: isBelievable ? elapsed(to: now) : 0)
        guard isBelievable else {
            previous = nil
            return closed
        }
        record.isHeard = true
        let held = layout.held(samples)
        if let previous { integrate(previous, held, now) }
        readCounters(frame, now)
        previous = (now, held)
        return closed
    }

    /// Lets time pass without a frame. A day stays open for a frame that may still tell of its last moments.
    ///
    /// - Returns: The day that ended.
    mutating func pass(_ now: Stamp) -> UsageDay? {
        if case .unset = now.trust { return pause() }
        if now.wall >= record.day.end, now.wall < record.day.end + layout.longestGap { return nil }
        return advance(to: now, online: 0)
    }

    /// Ends the open day before its time, since nobody watches the device any more.
    mutating func close(at now: Instant) -> UsageDay? {
        closedDays.insert(record.day.date.daysSinceEpoch)
        let closed = record.close(zone: days.name, next: openDay(at: now))
        return closed
    }

    /// What is known of the open day; nil for a device that was never heard.
    var openDay: UsageDay? {
        var copy = record
        return copy.close(zone: days.name, next: record.day)
    }

    // MARK: - Time

    private mutating func pause() -> UsageDay? {
        previous = nil
        watchedAt = nil
        return nil
    }

    /// The time since the newest frame that counts, where it is short enough to stand for what was between, ms.
    private func elapsed(to now: Stamp) -> Int64 {
        guard let previous else { return 0 }
        let elapsed = now.elapsed(since: previous.at)
        return elapsed <= layout.longestGap ? elapsed.count : 0
    }

    /// Gives the time up to now to its day, or to both of its days.
    private mutating func advance(to now: Stamp, online: Int64) -> UsageDay? {
        var watched: Int64 = 0
        if let watchedAt {
            let elapsed = now.elapsed(since: watchedAt)
            if elapsed <= layout.longestUnwatched { watched = elapsed.count }
        }
        watchedAt = now
        var closed: UsageDay?
        if now.wall >= record.day.end {
            let after = (now.wall - record.day.end).count
            credit(online: max(0, online - after), watched: max(0, watched - after))
            closed = close(at: now.wall)
            credit(online: min(online, after), watched: min(watched, after), until: now.wall)
        } else {
            if now.wall < record.day.start { record.day = openDay(at: now.wall) }
            credit(online: online, watched: watched, until: now.wall)
        }
        return closed
    }

    /// Of a time that ends at `end` only what lies in the open day counts: an hour that the clock shows twice does not
    /// count twice.
    private mutating func credit(online: Int64, watched: Int64, until end: Instant) {
        let most = max(0, (end - record.day.start).count)
        credit(online: min(online, most), watched: min(watched, most))
    }

    private mutating func credit(online: Int64, watched: Int64) {
        record.watched += watched
        guard online > 0 else { return }
        record.online += online
        guard let held = previous?.held else { return }
        if let hottest = held.hottest { record.hottest.add(online, at: hottest) }
        if let coldest = held.coldest { record.coldest.add(online, at: coldest) }
    }

    /// The day that an instant belongs to; where that one is closed, the next that is not.
    private func openDay(at now: Instant) -> LocalDay {
        var day = days.day(of: now)
        while closedDays.contains(day.date.daysSinceEpoch), day.date < .last { day = days.day(day.date.next) }
        return day
    }

    // MARK: - Amounts

    private mutating func integrate(_ before: (at: Stamp, held: UsageLayout.Held), _ held: UsageLayout.Held, _ now: Stamp) {
        let elapsed = elapsed(to: now)
        guard elapsed > 0 else { return }
        if let from = before.held.milliwatts, let to = held.milliwatts {
            record.energy.add(from: from, to: to, during: elapsed)
        }
        if let from = before.held.milliamperes, let to = held.milliamperes {
            record.charge.add(from: from, to: to, during: elapsed)
        }
    }

    private mutating func readCounters(_ frame: borrowing SampleFrame, _ now: Stamp) {
        if let value = layout.charged?.reading(of: frame) { record.charged.read(value, at: now, pace: .wattHours) }
        if let value = layout.discharged?.reading(of: frame) {
            record.discharged.read(value, at: now, pace: .wattHours)
        }
        if let value = layout.cycles?.reading(of: frame) { record.cycles.read(value, at: now, pace: .milliCycles) }
    }
}
