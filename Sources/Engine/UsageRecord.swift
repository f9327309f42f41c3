internal import Terms
internal import Ticketing

/// What is known of a device's use on the day that is not over yet. It outlives the program (`UsageCheckpoint`).
struct UsageRecord: Sendable {
    let device: DeviceName
    /// As the device told it; nil until it did.
    var serial: String?
    var day: LocalDay
    /// Whether the device was ever heard. Of one that never was nothing is put on record.
    var isHeard = false
    /// ms
    var watched: Int64 = 0
    var online: Int64 = 0
    var hottest = TemperatureBands()
    var coldest = TemperatureBands()
    /// Wh, Wh, thousandths of a cycle.
    var charged = LifetimeCounter()
    var discharged = LifetimeCounter()
    var cycles = LifetimeCounter()
    /// From power, mW·ms, and from current, mA·ms.
    var energy = UsageFlow()
    var charge = UsageFlow()
    /// mAh, for cycles from the charge; nil where nobody has said it.
    var capacity: Int64?

    init(device: DeviceName, serial: String? = nil, day: LocalDay) {
        self.device = device
        self.serial = serial
        self.day = day
    }

    var unit: UsageUnit { UsageUnit(device: device, serial: serial) }

    /// Ends the day: what is to be put on record, nil for a device that was never heard. Another day begins with
    /// `next`; what is less than a whole unit is left for it.
    mutating func close(zone: String, next: LocalDay) -> UsageDay? {
        var result = UsageDay(
            device: device, serial: serial, day: day.date, zone: zone, lengthMilliseconds: day.length.count,
            watchedMilliseconds: min(watched, day.length.count), onlineMilliseconds: min(online, day.length.count),
            hottest: hottest, coldest: coldest)
        let watthours = energy.close(unit: UsageFlow.wattHour)
        result.charged = Self.close(&charged, computed: watthours?.into)
        result.discharged = Self.close(&discharged, computed: watthours?.out)
        // A thousandth of the capacity is a thousandth of a cycle.
        let milliCycle = capacity.map { max(1, $0 * UsageFlow.milliampereHour / 1_000) }
        result.cycles = Self.close(&cycles, computed: milliCycle.flatMap { charge.close(unit: $0)?.out })
        day = next
        (watched, online) = (0, 0)
        (hottest, coldest) = (TemperatureBands(), TemperatureBands())
        return isHeard ? result : nil
    }

    /// The device's own counter counts. Where it could not be read on the day, what was computed does; the counter
    /// would count the same again when it is back, so it begins anew.
    private static func close(_ counter: inout LifetimeCounter, computed: Int64?) -> UsageAmount? {
        if !counter.isFresh, let computed, computed > 0 {
            counter.forget()
            return UsageAmount(computed, .integrated)
        }
        return counter.close() ?? computed.map { UsageAmount($0, .integrated) }
    }

    /// What is on record counts more than what is remembered of the open day: it may have been closed since.
    mutating func follow(_ total: UsageTotal?, days: SiteDays) {
        guard let newest = total?.newest, let recorded = total?.recorded else { return }
        isHeard = true
        let isClosed = recorded.contains(day.date.daysSinceEpoch)
        if isClosed {
            var open = UsageRecord(device: device, serial: serial, day: day)
            open.isHeard = true
            open.capacity = capacity
            self = open
        }
        let end = days.day(newest.day).end
        for (counter, amount) in [
            (\UsageRecord.charged, newest.charged), (\.discharged, newest.discharged), (\.cycles, newest.cycles),
        ] where self[keyPath: counter].last == nil {
            guard let showed = amount?.counter?.to else { continue }
            self[keyPath: counter] = LifetimeCounter(showed: showed, at: end)
        }
    }
}

extension LifetimeCounter {
    /// Goes on from a reading that is on record, of which only the wall clock is known.
    fileprivate init(showed value: Int64, at end: Instant) {
        let stamp = Stamp(
            boot: BootID(high: 0, low: 0), boottime: Boottime(nanoseconds: 0), wall: end, trust: .stale)
        self.init(last: Reading(value: value, at: stamp), from: value, counted: 0, restarts: 0, isFresh: false)
    }
}
