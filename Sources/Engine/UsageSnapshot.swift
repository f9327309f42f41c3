internal import Terms
internal import Ticketing

/// How one unit was used, for display.
package struct UsageSnapshot: Sendable, Codable, Equatable {
    /// The name under which it is configured.
    package var device: String
    package var serial: String?
    /// Whether it is in service now; else another one has its place, or none.
    package var isPresent: Bool
    /// The first and the newest day on record, as `2026-05-04`; nil before the first is over.
    package var firstDay: String?
    package var lastDay: String?
    package var daysOnline: Int
    /// Days on which the box looked for most of the time, and heard nothing.
    package var daysOffline: Int
    /// Days between the first and the last of which nobody knows whether it was online.
    package var daysWithoutData: Int
    package var onlineMilliseconds: Int64
    package var chargedWattHours: Amount
    package var dischargedWattHours: Amount
    /// Thousandths of a full-equivalent cycle.
    package var milliCycles: Amount
    /// Of the hottest cell, and of the coldest; the coldest band first.
    package var hottest: [Band]
    package var coldest: [Band]
    /// The day that is not over, of which nothing is on record yet.
    package var today: Today?

    /// An amount of use.
    package struct Amount: Sendable, Codable, Equatable {
        /// Since the unit was made as far as its counter knows it, else since the first day; nil where no day tells it.
        package var total: Int64?
        /// Of it, what was counted or computed on the days on record.
        package var recorded: Int64
        /// Days whose amount the device counted, days on which the box computed it, and days that do not tell it.
        package var countedDays: Int
        package var computedDays: Int
        package var unknownDays: Int
        /// How often the device's counter began anew or jumped: what it missed then is not in the total.
        package var counterRestarts: Int
    }

    /// A band of 5 °C that is not empty.
    package struct Band: Sendable, Codable, Equatable {
        /// °C; -30 stands for all below -25, and 80 for all from there.
        package var fromCelsius: Int
        package var milliseconds: Int64

        /// °C
        package static let width = TemperatureBands.width
        /// Whether it holds all that is colder, or all that is hotter.
        package var isColdest: Bool { fromCelsius < TemperatureBands.second }
        package var isHottest: Bool { fromCelsius >= TemperatureBands.last }
    }

    /// The open day.
    package struct Today: Sendable, Codable, Equatable {
        package var day: String
        package var onlineMilliseconds: Int64
        package var chargedWattHours: Int64?
        package var dischargedWattHours: Int64?
        package var milliCycles: Int64?
    }
}

extension SiteEngine {
    /// How every unit of the site was used, those in service first, in the order of the configuration.
    package var usageSnapshots: [UsageSnapshot] {
        let present = monitoredInOrder.compactMap { device -> UsageSnapshot? in
            guard let meter = device.meter else { return nil }
            let total = book.usage.totals[meter.record.unit]
            guard total != nil || meter.record.isHeard else { return nil }
            return UsageSnapshot(meter.record.unit, total, today: meter.today)
        }
        let units = Set(monitoredInOrder.compactMap { $0.meter?.record.unit })
        let former = book.usage.totals.filter { !units.contains($0.key) }
            .map { UsageSnapshot($0.key, $0.value, today: nil) }
            .sorted { ($0.device, $0.serial ?? "") < ($1.device, $1.serial ?? "") }
        return present + former
    }
}

extension UsageSnapshot {
    /// - Parameter today: nil for a unit that is not in service.
    fileprivate init(_ unit: UsageUnit, _ total: UsageTotal?, today: UsageDay?) {
        let total = total ?? UsageTotal(unit: unit)
        self.init(
            device: unit.device.text, serial: unit.serial, isPresent: today != nil, firstDay: total.first?.text,
            lastDay: total.newest?.day.text, daysOnline: total.daysOnline, daysOffline: total.daysOffline,
            daysWithoutData: total.daysWithoutData, onlineMilliseconds: total.onlineMilliseconds,
            chargedWattHours: Amount(total.charged), dischargedWattHours: Amount(total.discharged),
            milliCycles: Amount(total.cycles), hottest: total.hottest.bands.map(Band.init),
            coldest: total.coldest.bands.map(Band.init),
            today: today.map { day in
                Today(
                    day: day.day.text, onlineMilliseconds: day.onlineMilliseconds,
                    chargedWattHours: day.charged?.amount, dischargedWattHours: day.discharged?.amount,
                    milliCycles: day.cycles?.amount)
            })
    }
}

extension UsageSnapshot.Amount {
    fileprivate init(_ sum: UsageSum) {
        self.init(
            total: sum.total, recorded: sum.recorded, countedDays: sum.countedDays, computedDays: sum.computedDays,
            unknownDays: sum.unknownDays, counterRestarts: sum.restarts)
    }
}

extension UsageSnapshot.Band {
    fileprivate init(_ band: TemperatureBands.Band) {
        self.init(fromCelsius: band.from, milliseconds: band.milliseconds)
    }
}
