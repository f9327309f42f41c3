package import Terms

/// What the box has on record of a unit's use: it fills what nobody else says.
package struct RecordedUse: Hashable, Sendable {
    /// The first and the last day on record.
    package var first: CivilDate
    package var last: CivilDate
    /// Wh
    package var discharged: Amount?
    /// Wh
    package var charged: Amount?
    /// Thousandths of a full-equivalent cycle.
    package var cycles: Amount?
    package var daysOffline: Int
    /// Days of which nobody knows whether the unit was online.
    package var daysWithoutData: Int
    /// Of the hottest cell, and of the coldest.
    package var hottest: [Band]
    package var coldest: [Band]

    package init(
        from first: CivilDate, through last: CivilDate, discharged: Amount? = nil, charged: Amount? = nil,
        cycles: Amount? = nil, daysOffline: Int = 0, daysWithoutData: Int = 0, hottest: [Band] = [],
        coldest: [Band] = []
    ) {
        self.first = first
        self.last = last
        self.discharged = discharged
        self.charged = charged
        self.cycles = cycles
        self.daysOffline = daysOffline
        self.daysWithoutData = daysWithoutData
        self.hottest = hottest
        self.coldest = coldest
    }

    /// An amount of use, and what it is worth.
    package struct Amount: Hashable, Sendable {
        /// From 0.
        package var total: Int
        /// Days whose amount the device counted itself, since it was made; computed ones begin with the first day.
        package var countedDays: Int
        package var computedDays: Int
        package var unknownDays: Int
        package var counterRestarts: Int

        package init(
            _ total: Int, countedDays: Int, computedDays: Int = 0, unknownDays: Int = 0, counterRestarts: Int = 0
        ) {
            self.total = total
            self.countedDays = countedDays
            self.computedDays = computedDays
            self.unknownDays = unknownDays
            self.counterRestarts = counterRestarts
        }
    }

    /// How long a temperature lay in one band.
    package struct Band: Hashable, Sendable {
        /// °C, the lowest in the band; nil for the band of all that is colder.
        package var lowest: Int?
        /// °C, above all in the band; nil for the band of all that is hotter.
        package var end: Int?
        package var milliseconds: Int

        package init(lowest: Int?, end: Int?, milliseconds: Int) {
            self.lowest = lowest
            self.end = end
            self.milliseconds = milliseconds
        }
    }
}

extension UnitRecord {
    /// Fills what the record does not say of the unit's use with what is on record.
    ///
    /// - Parameter windows: the temperatures that the terms of the unit's component allow.
    /// - Returns: One sentence for each thing that was filled, with what is not known about it.
    package mutating func fill(from use: RecordedUse, windows: [TemperatureWindow]) -> [String] {
        var lines: [String] = []
        let span = "\(use.first.text) to \(use.last.text)"
        if history.discharged == nil, let amount = use.discharged {
            history.discharged = Energy(wattHours: amount.total)
            lines.append("discharged \(Energy(wattHours: amount.total).text): \(amount.words(span))")
        }
        if history.charged == nil, let amount = use.charged {
            history.charged = Energy(wattHours: amount.total)
            lines.append("charged \(Energy(wattHours: amount.total).text): \(amount.words(span))")
        }
        if history.cycles == nil { lines += fillCycles(from: use, span) }
        if history.offlineDays == nil {
            history.offlineDays = use.daysOffline
            let unknown = use.daysWithoutData > 0
                ? "; of \(counted(use.daysWithoutData, "day")) nobody knows, and they are not counted" : ""
            lines.append("offline for \(counted(use.daysOffline, "day")) within \(span), as this box saw it\(unknown)")
        }
        if history.hoursOutside == nil, !windows.isEmpty, !use.hottest.isEmpty, !use.coldest.isEmpty {
            let hours = windows.map { use.milliseconds(outside: $0) / 3_600_000 }.max() ?? 0
            history.hoursOutside = hours
            lines.append(
                "\(counted(hours, "hour")) outside the temperatures of the terms within \(span), counted in whole "
                    + "bands of 5 °C")
        }
        return lines
    }

    private mutating func fillCycles(from use: RecordedUse, _ span: String) -> [String] {
        if let amount = use.cycles {
            history.cycles = CycleCount(thousandths: amount.total)
            return ["\(CycleCount(thousandths: amount.total).text) cycles: \(amount.words(span))"]
        }
        guard let discharged = use.discharged, let nominalCapacity, nominalCapacity.wattHours > 0 else { return [] }
        let cycles = CycleCount(thousandths: product(discharged.total, 1_000) / nominalCapacity.wattHours)
        history.cycles = cycles
        return [
            "\(cycles.text) cycles: discharged \(Energy(wattHours: discharged.total).text) / "
                + "\(nominalCapacity.text) nominal"
        ]
    }
}

extension RecordedUse {
    /// Bands that lie outside as a whole, from the highest allowed temperature on; of one that reaches inside nobody
    /// knows which part of its time does.
    fileprivate func milliseconds(outside window: TemperatureWindow) -> Int {
        let hot = hottest.filter { $0.lowest.map { $0 >= window.highest } ?? false }
        let cold = coldest.filter { $0.end.map { $0 <= window.lowest } ?? false }
        return (hot + cold).reduce(0) { sum($0, $1.milliseconds) }
    }
}

extension RecordedUse.Amount {
    /// Where the amount comes from, and what it does not hold.
    fileprivate func words(_ span: String) -> String {
        var parts: [String] = []
        if countedDays > 0 { parts.append("counted by the device since it was made, read within \(span)") }
        if computedDays > 0 {
            parts.append("computed from its readings on \(counted(computedDays, "day")) within \(span)")
        }
        if unknownDays > 0 { parts.append("not known on \(counted(unknownDays, "day"))") }
        if counterRestarts > 0 {
            parts.append("its counter began anew \(counted(counterRestarts, "time")), what it missed is not in it")
        }
        return parts.joined(separator: "; ")
    }
}
