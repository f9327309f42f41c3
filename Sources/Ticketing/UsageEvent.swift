internal import Terms

/// How a device was used, on record for claims.
package enum UsageEvent: Hashable, Sendable {
    /// Written once for a device and local day, when the day is over.
    case recorded(UsageDay)
}

extension UsageEvent {
    /// The fact's name as it is stored and shown.
    package var name: String {
        switch self {
        case .recorded: "UsageRecorded"
        }
    }

    /// What may stand in the log once.
    package var id: String {
        switch self {
        case .recorded(let day): day.id
        }
    }

    var fields: [String: CanonicalValue] {
        switch self {
        case .recorded(let day): day.fields
        }
    }

    /// Nil for a name that is none of these.
    init?(name: FactName, fields: FactFields) throws(UnreadableFact) {
        switch name {
        case "UsageRecorded": self = .recorded(try UsageDay(fields))
        default: return nil
        }
    }

    var sentence: String {
        switch self {
        case .recorded(let day): day.sentence
        }
    }
}

extension UsageDay {
    /// Far above the longest day that any zone has had.
    private static let longest: Int64 = 48 * 3_600_000

    fileprivate var fields: [String: CanonicalValue] {
        var fields: [String: CanonicalValue] = [
            "device": .text(device.text), "day": .text(day.text), "zone": .text(zone),
            "lengthMs": .integer(lengthMilliseconds), "watchedMs": .integer(watchedMilliseconds),
            "onlineMs": .integer(onlineMilliseconds),
        ]
        if let serial { fields["serial"] = .text(serial) }
        charged?.put(in: &fields, "charged", unit: "Wh")
        discharged?.put(in: &fields, "discharged", unit: "Wh")
        cycles?.put(in: &fields, "cycles", unit: "Milli")
        hottest.put(in: &fields, "hottest")
        coldest.put(in: &fields, "coldest")
        return fields
    }

    fileprivate init(_ fields: FactFields) throws(UnreadableFact) {
        guard let day = CivilDate(text: try fields.text("day")) else {
            throw UnreadableFact(message: "UsageRecorded.day is no day")
        }
        func time(_ key: StaticString) throws(UnreadableFact) -> Int64 {
            let time = try fields.integer(key)
            guard (0...Self.longest).contains(time) else {
                throw UnreadableFact(message: "UsageRecorded.\(key) is no time within a day")
            }
            return time
        }
        self.init(
            device: DeviceName(try fields.text("device")), serial: try fields.optionalText("serial"), day: day,
            zone: try fields.text("zone"), lengthMilliseconds: try time("lengthMs"),
            watchedMilliseconds: try time("watchedMs"), onlineMilliseconds: try time("onlineMs"),
            charged: try UsageAmount(fields, .charged), discharged: try UsageAmount(fields, .discharged),
            cycles: try UsageAmount(fields, .cycles),
            hottest: try TemperatureBands(fields, from: "hottestFromC", times: "hottestMs", most: Self.longest),
            coldest: try TemperatureBands(fields, from: "coldestFromC", times: "coldestMs", most: Self.longest))
    }

    fileprivate var sentence: String {
        func words(_ amount: UsageAmount?, _ what: String) -> String? {
            amount.map { "\($0.amount) Wh \(what) (\($0.source == .counter ? "counted by the device" : "computed"))" }
        }
        let minutes = onlineMilliseconds / 60_000
        let parts = [words(charged, "charged"), words(discharged, "discharged")].compactMap { $0 }
        return "Use of \(device) on \(day.text): " + (parts + ["\(minutes) minutes online"]).joined(separator: ", ")
    }
}

extension UsageAmount {
    fileprivate func put(in fields: inout [String: CanonicalValue], _ name: String, unit: String) {
        fields[name + unit] = .integer(amount)
        fields[name + "Source"] = .text(source.rawValue)
        if let counter {
            fields[name + "From" + unit] = .integer(counter.from)
            fields[name + "To" + unit] = .integer(counter.to)
        }
        if restarts > 0 { fields[name + "Restarts"] = .integer(Int64(restarts)) }
    }

    /// Nil where the day says nothing of it.
    fileprivate init?(_ fields: FactFields, _ keys: AmountKeys) throws(UnreadableFact) {
        func amount(_ key: StaticString) throws(UnreadableFact) -> Int64? {
            guard try fields.optionalInteger(key) != nil else { return nil }
            let number = try fields.integer(key)
            guard (0...Self.most).contains(number) else {
                throw UnreadableFact(message: "UsageRecorded.\(key) is no amount")
            }
            return number
        }
        guard let number = try amount(keys.amount) else { return nil }
        let from = try amount(keys.from)
        let to = try amount(keys.to)
        var readings: Readings?
        if let from, let to { readings = Readings(from: from, to: to) }
        let source: Source = try fields.choice(keys.source)
        guard (source == .counter) == (readings != nil), (from == nil) == (to == nil) else {
            throw UnreadableFact(
                message: "UsageRecorded.\(keys.amount): a counter has two readings, a computed amount none")
        }
        self.init(number, source, counter: readings, restarts: Int(try amount(keys.restarts) ?? 0))
    }
}

/// Under which keys an amount is read: those that `put` writes.
private struct AmountKeys {
    var amount, source, from, to, restarts: StaticString

    static let charged = AmountKeys(
        amount: "chargedWh", source: "chargedSource", from: "chargedFromWh", to: "chargedToWh",
        restarts: "chargedRestarts")
    static let discharged = AmountKeys(
        amount: "dischargedWh", source: "dischargedSource", from: "dischargedFromWh", to: "dischargedToWh",
        restarts: "dischargedRestarts")
    static let cycles = AmountKeys(
        amount: "cyclesMilli", source: "cyclesSource", from: "cyclesFromMilli", to: "cyclesToMilli",
        restarts: "cyclesRestarts")
}

extension TemperatureBands {
    fileprivate func put(in fields: inout [String: CanonicalValue], _ name: String) {
        let bands = bands
        fields[name + "FromC"] = .list(bands.map { .integer(Int64($0.from)) })
        fields[name + "Ms"] = .list(bands.map { .integer($0.milliseconds) })
    }

    fileprivate init(
        _ fields: FactFields, from fromKey: StaticString, times timesKey: StaticString, most: Int64
    ) throws(UnreadableFact) {
        let from = try fields.integers(fromKey)
        let times = try fields.integers(timesKey)
        let bands = zip(from, times).map { Band(from: Int($0), milliseconds: $1) }
        guard from.count == times.count, let read = TemperatureBands(bands, most: most) else {
            throw UnreadableFact(message: "UsageRecorded.\(fromKey): no bands of 5 °C with their times")
        }
        self = read
    }
}
