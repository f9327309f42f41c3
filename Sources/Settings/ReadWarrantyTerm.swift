internal import StrictYAML
internal import Terms
internal import Warranty

/// A hundred years: beyond that a number was mistyped.
private let longestMonths = 1_200
private let longestDays = 36_525

/// One term of a component.
func readCoverageTerm(_ value: YAMLValue) -> CoverageTerm? {
    value.mapping { map in
        let name = map.required("term") { $0.identifier() }
        let claims = map.required("covers", readClaims)
        let period = readPeriod(map)
        let throughput = map.optional("throughput", readThroughput)
        let cycles = map.optional("cycles") { $0.cycles() }
        let temperature = map.optional("temperature", readTemperature)
        let endCapacity = map.optional("endCapacity", readEndCapacity)
        if !map.has("lasts"), !map.has("throughput"), !map.has("cycles") {
            map.report("nothing ends this term: it needs lasts, throughput or cycles")
        }
        guard let name, let claims else { return nil }
        if claims.contains(.capacity), !map.has("endCapacity") {
            map.report("covers: capacity needs endCapacity, which says how much is promised")
        }
        return CoverageTerm(
            name: name, claims: claims, period: period, throughput: throughput, cycles: cycles,
            temperature: temperature, endCapacity: endCapacity)
    }
}

private func readClaims(_ value: YAMLValue) -> [WarrantyClaim]? {
    guard let claims = value.list(upTo: WarrantyClaim.allCases.count, { $0.oneOf(WarrantyClaim.self) })
    else { return nil }
    guard !claims.isEmpty else { return value.refuse("a term that covers nothing") }
    guard Set(claims).count == claims.count else { return value.refuse("one is there twice") }
    return claims
}

/// The keys of a term that say how long it lasts; nil where there are none or they are wrong.
private func readPeriod(_ map: YAMLMapping) -> Period? {
    let dependent = ["from", "atMostFromManufacture", "offline", "registration"]
    guard map.has("lasts") else {
        for key in dependent where map.has(key) { map.report("\(key) needs lasts") }
        // They are known keys all the same.
        for key in dependent + ["lasts"] { _ = map.optional(key) { _ in true } }
        return nil
    }
    let months = map.required("lasts") { $0.months() }
    let starts = map.required("from", readStarts)
    let cap = map.optional("atMostFromManufacture") { $0.months() }
    let offline = map.optional("offline") { readOffline($0, below: months ?? longestMonths) }
    let registration = map.optional("registration") { readRegistration($0, below: months ?? longestMonths) }
    guard let months, let starts else { return nil }
    return Period(months: months, starts: starts, capMonths: cap, offline: offline, registration: registration)
}

private func readStarts(_ value: YAMLValue) -> [StartRule]? {
    guard let starts = value.list(upTo: 16, { $0.startRule() }) else { return nil }
    guard !starts.isEmpty else { return value.refuse("an empty list: nothing begins the term") }
    guard Set(starts).count == starts.count else { return value.refuse("one is there twice") }
    return starts
}

private func readOffline(_ value: YAMLValue, below months: Int) -> OfflineRule? {
    value.mapping { map in
        let days = map.required("moreThanDays") { $0.integer(in: 0...longestDays) }
        let short = map.required("then") { $0.months(below: months) }
        guard let days, let short else { return nil }
        return OfflineRule(moreThanDays: days, months: short)
    }
}

private func readRegistration(_ value: YAMLValue, below months: Int) -> RegistrationRule? {
    value.mapping { map in
        let days = map.required("withinDays") { $0.integer(in: 1...longestDays) }
        let event = map.required("of") { $0.oneOf(UnitEvent.self) }
        let short = map.required("else") { $0.isWord("none") ? 0 : $0.months(below: months) }
        guard let days, let event, let short else { return nil }
        return RegistrationRule(withinDays: days, of: event, elseMonths: short)
    }
}

private func readThroughput(_ value: YAMLValue) -> ThroughputLimit? {
    value.mapping { map in
        let counts = map.required("counts") { $0.oneOf(ThroughputLimit.Counted.self) }
        let keys = ["limit", "perNominalKWh", "perUsableKWh"]
        let absolute = map.optional("limit") { $0.energy(from: 1) }
        let perNominal = map.optional("perNominalKWh") { $0.energy(from: 1) }
        let perUsable = map.optional("perUsableKWh") { $0.energy(from: 1) }
        let written = keys.filter(map.has)
        if written.count != 1 { map.report("exactly one of \(keys.joined(separator: ", ")) is needed") }
        guard let counts, written.count == 1 else { return nil }
        if let absolute { return ThroughputLimit(.absolute(absolute), counts: counts) }
        if let perNominal { return ThroughputLimit(.perKilowattHour(perNominal, of: .nominal), counts: counts) }
        return perUsable.map { ThroughputLimit(.perKilowattHour($0, of: .usable), counts: counts) }
    }
}

private func readTemperature(_ value: YAMLValue) -> TemperatureWindow? {
    value.mapping { map in
        let lowest = map.required("lowest") { $0.integer(in: -100...200) }
        let highest = map.required("highest") { $0.integer(in: -100...200) }
        let hours = map.optional("toleratedHours", default: 0) { $0.integer(in: 0...876_600) }
        let then = map.optional("then", default: .risk) { $0.oneOf(TemperatureWindow.Consequence.self) }
        guard let lowest, let highest, let hours, let then else { return nil }
        if lowest >= highest { map.report("lowest \(lowest) is not below highest \(highest)") }
        return TemperatureWindow(lowest: lowest, highest: highest, hours: hours, then: then)
    }
}

private func readEndCapacity(_ value: YAMLValue) -> EndCapacity? {
    value.mapping { map in
        let percent = map.required("percent") { $0.integer(in: 1...100) }
        let basis = map.required("of") { $0.oneOf(CapacityBasis.self) }
        let side = map.required("at") { $0.knownOrNot { $0.oneOf(CapacitySide.self) } }
        guard let percent, let basis, let side else { return nil }
        return EndCapacity(percent: percent, of: basis, at: side.value)
    }
}

extension YAMLValue {
    /// `10 years` or `132 months`, at least one, and fewer than `limit` where that is given.
    fileprivate func months(below limit: Int? = nil) -> Int? {
        guard let text = string() else { return nil }
        guard case .months(let months)? = TermLength(text: text), months > 0 else {
            return refuse("\"\(text)\" is no period such as 10 years or 132 months")
        }
        guard limit.map({ months < $0 }) ?? true else {
            return refuse("\(text) is not shorter than what the term lasts")
        }
        return months
    }

    /// `installation`, `manufacture + 6 months`, `shipment + 90 days`.
    fileprivate func startRule() -> StartRule? {
        guard let text = string() else { return nil }
        let parts = text.split(separator: "+", maxSplits: 1, omittingEmptySubsequences: false)
            .map { $0.trimmed }
        guard let event = UnitEvent(rawValue: parts[0]) else {
            return refuse("\"\(parts[0])\" is no event" + UnitEvent.allCases.map(\.rawValue).suggestion(for: parts[0]))
        }
        guard parts.count == 2 else { return StartRule(event) }
        guard let length = TermLength(text: parts[1]) else {
            return refuse("\"\(parts[1])\" is no time such as 6 months or 90 days")
        }
        return StartRule(event, after: length)
    }
}

extension Substring {
    fileprivate var trimmed: String {
        let rest = drop { $0 == " " }
        return String(rest.reversed().drop { $0 == " " }.reversed())
    }
}
