package import Terms

/// How every unit was used: a fold over the days on record.
package struct UsageBook: Sendable, Equatable {
    package private(set) var totals: [UsageUnit: UsageTotal] = [:]

    package init() {}

    /// Whether a device's day is on record.
    package func has(_ day: UsageDay) -> Bool {
        totals[day.unit]?.recorded.contains(day.day.daysSinceEpoch) ?? false
    }

    /// Takes one fact, in the ledger's order. Of two that speak of one device's day the first counts.
    package mutating func adopt(_ event: UsageEvent) {
        switch event {
        case .recorded(let day):
            totals[day.unit, default: UsageTotal(unit: day.unit)].add(day)
        }
    }
}

/// How one unit was used, in sum over the days on record.
package struct UsageTotal: Sendable, Equatable {
    package let unit: UsageUnit
    /// The earliest and the newest day on record; nil before the first.
    package private(set) var first: CivilDate?
    package private(set) var newest: UsageDay?
    /// Wh
    package private(set) var charged = UsageSum()
    /// Wh
    package private(set) var discharged = UsageSum()
    /// Thousandths of a full-equivalent cycle.
    package private(set) var cycles = UsageSum()
    package private(set) var hottest = TemperatureBands()
    package private(set) var coldest = TemperatureBands()
    package private(set) var onlineMilliseconds: Int64 = 0
    /// Days on which it was heard.
    package private(set) var daysOnline = 0
    /// Days on which the box looked for most of the time, and heard nothing.
    package private(set) var daysOffline = 0
    /// By days since 1970: the days on record.
    package private(set) var recorded: Set<Int> = []

    /// A unit of which nothing is on record yet.
    package init(unit: UsageUnit) { self.unit = unit }

    mutating func add(_ day: UsageDay) {
        guard recorded.insert(day.day.daysSinceEpoch).inserted else { return }
        first = min(first ?? day.day, day.day)
        if newest.map({ $0.day < day.day }) ?? true { newest = day }
        charged.add(day.charged)
        discharged.add(day.discharged)
        cycles.add(day.cycles)
        hottest.add(day.hottest)
        coldest.add(day.coldest)
        onlineMilliseconds += day.onlineMilliseconds
        if day.onlineMilliseconds > 0 {
            daysOnline += 1
        } else if day.watchedMilliseconds * 2 > day.lengthMilliseconds {
            daysOffline += 1
        }
    }

    /// Days between the first and the newest one of which nobody knows whether the unit was online.
    package var daysWithoutData: Int {
        guard let first, let newest else { return 0 }
        return newest.day.daysSinceEpoch - first.daysSinceEpoch + 1 - daysOnline - daysOffline
    }
}

/// An amount of use in sum over days, with what is known of its worth.
package struct UsageSum: Sendable, Equatable {
    /// What was counted and computed on the days on record.
    package private(set) var recorded: Int64 = 0
    /// What the device's counter showed before the earliest counted day; nil without a counter.
    package private(set) var before: Int64?
    /// Of what is recorded, what was computed before the counter was first read: the counter has it, too.
    private var computedBefore: Int64 = 0
    /// Days whose amount the device counted, days on which it was computed, and days that do not tell it.
    package private(set) var countedDays = 0
    package private(set) var computedDays = 0
    package private(set) var unknownDays = 0
    /// How often the device's counter began anew or jumped.
    package private(set) var restarts = 0

    mutating func add(_ amount: UsageAmount?) {
        guard let amount else {
            unknownDays += 1
            return
        }
        if let counter = amount.counter {
            countedDays += 1
            if before == nil { (before, computedBefore) = (counter.from, recorded) }
        } else {
            computedDays += 1
        }
        recorded += amount.amount
        restarts += amount.restarts
    }

    /// The amount since the unit was made, as far as its counter knows it, else since the first day on record; nil
    /// where no day tells it.
    package var total: Int64? {
        countedDays + computedDays > 0 ? (before ?? 0) + recorded - computedBefore : nil
    }
}
