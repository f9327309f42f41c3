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
        // Before a device is heard nobody knows its points; what was known before a restart stays.
        if !device.points.isEmpty { record.capacity = layout.capacity }
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
        guard isBelievable else {
            let closed = advance(to: now, Interval())
            previous = nil
            return closed
        }
        let held = layout.held(samples)
        let closed = advance(to: now, interval(to: held, now))
        record.isHeard = true
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
        return advance(to: now, Interval())
    }

    /// Ends the open day before its time, since nobody watches the device any more.
    mutating func close(at now: Instant) -> UsageDay? {
        closedDays.insert(record.day.date.daysSinceEpoch)
        let closed = record.close(zone: days.name, next: openDay(at: now))
        return closed
    }

    /// What is known of the open day; nil for a device that was never heard.
    var today: UsageDay? {
        var copy = record
        return copy.close(zone: days.name, next: record.day)
    }

    // MARK: - Time

    /// A time between two frames that count, with what was held at its ends.
    private struct Interval {
        /// ms
        var length: Int64 = 0
        var from = UsageLayout.Held()
        var to = UsageLayout.Held()

        /// Cuts off what comes before the last `rest` milliseconds, as if all had gone straight.
        mutating func cut(leaving rest: Int64) -> Interval {
            guard rest < length else { return Interval(length: 0, from: from, to: from) }
            let part = length - max(0, rest)
            let middle = from.moved(to: to, by: part, of: length)
            defer { (length, from) = (length - part, middle) }
            return Interval(length: part, from: from, to: middle)
        }
    }

    private mutating func pause() -> UsageDay? {
        previous = nil
        watchedAt = nil
        return nil
    }

    /// The time since the newest frame that counts; none where it is too long to stand for what was between.
    private func interval(to held: UsageLayout.Held, _ now: Stamp) -> Interval {
        guard let previous else { return Interval() }
        let elapsed = now.elapsed(since: previous.at)
        guard elapsed <= layout.longestGap else { return Interval() }
        return Interval(length: elapsed.count, from: previous.held, to: held)
    }

    /// Gives the time up to now to its day, or to both of its days.
    private mutating func advance(to now: Stamp, _ given: Interval) -> UsageDay? {
        var interval = given
        var watched: Int64 = 0
        if let watchedAt {
            let elapsed = now.elapsed(since: watchedAt)
            if elapsed <= layout.longestUnwatched { watched = elapsed.count }
        }
        watchedAt = now
        var closed: UsageDay?
        if now.wall >= record.day.end {
            let after = (now.wall - record.day.end).count
            credit(interval.cut(leaving: after), isWithin: true)
            record.watched += max(0, watched - after)
            closed = close(at: now.wall)
            watched = min(watched, after)
        } else if now.wall < record.day.start {
            record.day = openDay(at: now.wall)
        }
        // An hour that the clock shows twice does not count twice; what flowed in it does.
        let most = max(0, (now.wall - record.day.start).count)
        credit(interval.cut(leaving: most), isWithin: false)
        credit(interval, isWithin: true)
        record.watched += min(watched, most)
        return closed
    }

    /// - Parameter isWithin: whether the time lies in the open day.
    private mutating func credit(_ interval: Interval, isWithin: Bool) {
        let (length, from, to) = (interval.length, interval.from, interval.to)
        guard length > 0 else { return }
        if let from = from.milliwatts, let to = to.milliwatts { record.energy.add(from: from, to: to, during: length) }
        if let from = from.milliamperes, let to = to.milliamperes {
            record.charge.add(from: from, to: to, during: length)
        }
        guard isWithin else { return }
        record.online += length
        if let hottest = from.hottest { record.hottest.add(length, at: hottest) }
        if let coldest = from.coldest { record.coldest.add(length, at: coldest) }
    }

    /// The day that an instant belongs to; where that one is closed, the next that is not.
    private func openDay(at now: Instant) -> LocalDay {
        var day = days.day(of: now)
        while closedDays.contains(day.date.daysSinceEpoch), day.date < .last {
            day = days.day(day.date.adding(days: 1))
        }
        return day
    }

    // MARK: - Counters

    private mutating func readCounters(_ frame: borrowing SampleFrame, _ now: Stamp) {
        if let value = layout.charged?.reading(of: frame) { record.charged.read(value, at: now, pace: .wattHours) }
        if let value = layout.discharged?.reading(of: frame) {
            record.discharged.read(value, at: now, pace: .wattHours)
        }
        if let value = layout.cycles?.reading(of: frame) { record.cycles.read(value, at: now, pace: .milliCycles) }
    }
}
