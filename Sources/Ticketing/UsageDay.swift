package import Terms

/// What one device did on one local day. What nobody measured is nil, never 0.
package struct UsageDay: Hashable, Sendable {
    package var device: DeviceName
    /// As the device told it; nil where it tells none.
    package var serial: String?
    package var day: CivilDate
    /// The IANA zone by whose midnights the day is bounded.
    package var zone: String
    /// The day's length in that zone: 24 h, an hour more or less where the clocks are changed.
    package var lengthMilliseconds: Int64
    /// How long the box looked, and how long the device answered with readings that can be believed.
    package var watchedMilliseconds: Int64
    package var onlineMilliseconds: Int64
    /// Wh
    package var charged: UsageAmount?
    /// Wh
    package var discharged: UsageAmount?
    /// Thousandths of a full-equivalent cycle.
    package var cycles: UsageAmount?
    /// Of the hottest cell or probe, and of the coldest.
    package var hottest: TemperatureBands
    package var coldest: TemperatureBands

    package init(
        device: DeviceName, serial: String?, day: CivilDate, zone: String, lengthMilliseconds: Int64,
        watchedMilliseconds: Int64 = 0, onlineMilliseconds: Int64 = 0, charged: UsageAmount? = nil,
        discharged: UsageAmount? = nil, cycles: UsageAmount? = nil, hottest: TemperatureBands = TemperatureBands(),
        coldest: TemperatureBands = TemperatureBands()
    ) {
        self.device = device
        self.serial = serial
        self.day = day
        self.zone = zone
        self.lengthMilliseconds = lengthMilliseconds
        self.watchedMilliseconds = watchedMilliseconds
        self.onlineMilliseconds = onlineMilliseconds
        self.charged = charged
        self.discharged = discharged
        self.cycles = cycles
        self.hottest = hottest
        self.coldest = coldest
    }

    package var unit: UsageUnit { UsageUnit(device: device, serial: serial) }

    /// `usage/pack-1/B1/2026-05-04`: the same for every record of this device and day, of which the first counts.
    package var id: String { "usage/\(device)/\(serial ?? "-")/\(day.text)" }
}

/// Whose use is summed up: one piece of hardware behind one configured name. Two devices may tell the same serial, as
/// an inverter and the battery behind it do.
package struct UsageUnit: Hashable, Sendable {
    package var device: DeviceName
    /// As the device told it; nil where it tells none.
    package var serial: String?

    package init(device: DeviceName, serial: String?) {
        self.device = device
        self.serial = serial
    }
}

/// An amount of use, and where it comes from.
package struct UsageAmount: Hashable, Sendable {
    /// Who counted it.
    package enum Source: String, Hashable, Sendable {
        /// The device's own lifetime counter.
        case counter
        /// Computed by the box from power or current, as far as it could read them.
        case integrated
    }

    /// From 0, in the unit of the amount.
    package var amount: Int64
    package var source: Source
    /// What the counter showed at the beginning and at the end; nil for what is integrated.
    package var counter: Readings?
    /// How often the counter began anew or jumped: what it missed then is not in the amount.
    package var restarts: Int

    /// Two readings of a lifetime counter, in the unit of the amount.
    package struct Readings: Hashable, Sendable {
        package var from: Int64
        package var to: Int64

        package init(from: Int64, to: Int64) {
            self.from = from
            self.to = to
        }
    }

    package init(_ amount: Int64, _ source: Source, counter: Readings? = nil, restarts: Int = 0) {
        self.amount = amount
        self.source = source
        self.counter = counter
        self.restarts = restarts
    }

    /// Above any amount of a home: 1 TWh, or a thousand million cycles.
    package static let most: Int64 = 1_000_000_000_000
}
