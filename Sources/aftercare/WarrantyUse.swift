internal import Engine
internal import Terms
internal import Warranty

/// What the box has on record of a unit, for the decision.
enum WarrantyUse {
    /// Fills the record of a unit, and of those whose place it took, with what is on record of them.
    ///
    /// - Parameter units: what is on record under one device name.
    /// - Returns: What was filled, in sentences.
    static func fill(
        _ record: inout UnitRecord, from units: [UsageSnapshot], _ terms: WarrantyTerms
    ) throws -> [String] {
        func unit(_ serial: String?) -> UsageSnapshot? { units.first { $0.serial == serial } }
        guard let unit = unit(record.serial) ?? unit(nil) else {
            let told = units.compactMap(\.serial).joined(separator: ", ")
            throw ExitStatus.misuse(
                "the unit's file says serial \(record.serial), but the device has told \(told): name the device of "
                    + "this unit, or correct the file")
        }
        guard let use = RecordedUse(unit) else { return ["no day is on record yet; the first one is when it is over"] }
        let windows = terms.windows(of: record.component)
        var lines = record.fill(from: use, windows: windows)
        if unit.serial == nil { lines.append("the device tells no serial: this is the use of whatever stands there") }
        for index in record.earlier.indices {
            let earlier = record.earlier[index]
            let found = units.first { $0.serial == earlier.serial }
            guard let use = found.flatMap(RecordedUse.init) else { continue }
            var former = UnitRecord(
                component: record.component, serial: earlier.serial, nominalCapacity: record.nominalCapacity,
                history: earlier.history)
            lines += former.fill(from: use, windows: windows).map { "\(earlier.serial): \($0)" }
            record.earlier[index].history = former.history
        }
        return lines
    }
}

extension WarrantyTerms {
    fileprivate func windows(of component: WarrantyComponent) -> [TemperatureWindow] {
        guard case .known(let components) = content, case .terms(let terms) = components[component] else { return [] }
        return terms.compactMap(\.temperature)
    }
}

extension RecordedUse {
    /// Nil before the first day is over.
    fileprivate init?(_ unit: UsageSnapshot) {
        guard let first = unit.firstDay.flatMap(CivilDate.init(text:)),
            let last = unit.lastDay.flatMap(CivilDate.init(text:))
        else { return nil }
        self.init(
            from: first, through: last, discharged: Amount(unit.dischargedWattHours),
            charged: Amount(unit.chargedWattHours), cycles: Amount(unit.milliCycles), daysOffline: unit.daysOffline,
            daysWithoutData: unit.daysWithoutData, hottest: unit.hottest.map(Band.init),
            coldest: unit.coldest.map(Band.init))
    }
}

extension RecordedUse.Amount {
    fileprivate init?(_ amount: UsageSnapshot.Amount) {
        guard let total = amount.total else { return nil }
        self.init(
            Int(total), countedDays: amount.countedDays, computedDays: amount.computedDays,
            unknownDays: amount.unknownDays, counterRestarts: amount.counterRestarts)
    }
}

extension RecordedUse.Band {
    fileprivate init(_ band: UsageSnapshot.Band) {
        self.init(
            lowest: band.isColdest ? nil : band.fromCelsius,
            end: band.isHottest ? nil : band.fromCelsius + UsageSnapshot.Band.width,
            milliseconds: Int(band.milliseconds))
    }
}
