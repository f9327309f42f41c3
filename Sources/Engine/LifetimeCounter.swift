internal import Terms
internal import Ticketing

/// Follows a counter that a device keeps over its whole life: watt-hours, or thousandths of a cycle.
///
/// It only counts what use can explain. A reading that lies below the last one, or too far above it, is not believed
/// until two more agree with it: then the counter began anew, or another one took its place, and counting goes on from
/// there. What it missed in between is not guessed.
struct LifetimeCounter: Sendable {
    /// What use can explain, in the unit of the counter.
    struct Pace: Hashable, Sendable {
        var anHour: Int64
        /// The step in which a counter may move, however short the time.
        var atOnce: Int64

        /// 100 kW, more than a home's battery gives; some counters move in whole kilowatt-hours.
        static let wattHours = Pace(anHour: 100_000, atOnce: 2_000)
        /// Four full cycles an hour; counters move in whole cycles.
        static let milliCycles = Pace(anHour: 4_000, atOnce: 2_000)
    }

    /// A reading, and when it was made.
    struct Reading: Hashable, Sendable {
        var value: Int64
        var at: Stamp
    }

    /// Readings that agree with each other before they are believed against what was known.
    private static let confirmations = 3
    /// A hundred years, ms: what is multiplied stays within an `Int64`.
    private static let longestGap: Int64 = 3_155_760_000_000

    /// The newest reading that is believed.
    private(set) var last: Reading?
    /// The reading from which the open day counts.
    private(set) var from: Int64?
    /// Since then.
    private(set) var counted: Int64 = 0
    private(set) var restarts = 0
    /// Whether it was read since the last `close`.
    private(set) var isFresh = false
    private var doubted: (first: Int64, newest: Reading, count: Int)?

    init() {}

    /// Goes on after a restart of the program.
    init(last: Reading, from: Int64, counted: Int64, restarts: Int, isFresh: Bool) {
        self.isFresh = isFresh
        self.last = last
        self.from = from
        self.counted = counted
        self.restarts = restarts
    }

    /// Takes one reading, in the order of time.
    mutating func read(_ value: Int64, at stamp: Stamp, pace: Pace) {
        guard (0...UsageAmount.most).contains(value) else { return }
        let new = Reading(value: value, at: stamp)
        guard let last else {
            self.last = new
            from = value
            isFresh = true
            return
        }
        if Self.isExplained(last, new, pace) {
            counted += value - last.value
            self.last = new
            isFresh = true
            doubted = nil
        } else {
            doubt(new, pace)
        }
    }

    private mutating func doubt(_ new: Reading, _ pace: Pace) {
        guard var known = doubted, Self.isExplained(known.newest, new, pace) else {
            doubted = (new.value, new, 1)
            return
        }
        known.newest = new
        known.count += 1
        doubted = known
        guard known.count >= Self.confirmations else { return }
        restarts += 1
        counted += new.value - known.first
        last = new
        isFresh = true
        doubted = nil
    }

    private static func isExplained(_ before: Reading, _ new: Reading, _ pace: Pace) -> Bool {
        let more = new.value - before.value
        let elapsed = min(longestGap, new.at.elapsed(since: before.at).count)
        return more >= 0 && more <= elapsed * pace.anHour / 3_600_000 + pace.atOnce
    }

    /// Ends a day: what was counted on it, nil where the counter was never read. The next day counts on from here.
    mutating func close() -> UsageAmount? {
        guard let last, let from else { return nil }
        let amount = UsageAmount(
            counted, .counter, counter: UsageAmount.Readings(from: from, to: last.value), restarts: restarts)
        self.from = last.value
        counted = 0
        restarts = 0
        isFresh = false
        return amount
    }

    /// What `close` would give.
    var amount: UsageAmount? {
        var copy = self
        return copy.close()
    }

    /// Forgets the readings: what came meanwhile was counted by other means.
    mutating func forget() { self = LifetimeCounter() }
}
