package import StrictYAML
internal import Terms
package import Warranty

/// Swaps of one unit: far more than any has.
private let earlierLimit = 32
/// Cases of one text.
private let caseLimit = 1_000

/// Reads what is known of one unit.
package func readUnitRecord(_ text: String, name: String) throws(InvalidText) -> UnitRecord {
    try readYAML(text, name: name, readUnit)
}

/// Reads golden cases: a list of `{case, policy, unit, on, claim, status, sum}` under `cases`.
///
/// - Parameter onlyPolicy: the policy of cases that name none; nil where each must.
package func readWarrantyCases(
    _ text: String, name: String, onlyPolicy: String?
) throws(InvalidText) -> [WarrantyCase] {
    try readYAML(text, name: name) { root in
        root.mapping { map in
            let cases = map.required("cases") { $0.list(upTo: caseLimit) { readCase($0, onlyPolicy: onlyPolicy) } }
            guard let cases else { return nil }
            var names: Set<String> = []
            for each in cases where !names.insert(each.name).inserted {
                map.report("case \"\(each.name)\" is there twice")
            }
            if cases.isEmpty { map.report("no case") }
            return cases
        }
    }
}

private func readCase(_ value: YAMLValue, onlyPolicy: String?) -> WarrantyCase? {
    value.mapping { map in
        let name = map.required("case") { $0.singleLine() }
        let policy = map.has("policy") || onlyPolicy == nil ? map.required("policy") { $0.identifier() } : onlyPolicy
        let unit = map.required("unit", readUnit)
        let on = map.required("on") { $0.day() }
        let claim = map.optional("claim", default: .defects) { $0.oneOf(WarrantyClaim.self) }
        let status = map.required("status") { $0.singleLine() }
        let sum = map.required("sum") { $0.list(upTo: 100) { $0.singleLine() } }
        guard let name, let policy, let unit, let on, let claim, let status, let sum else { return nil }
        return WarrantyCase(name: name, policy: policy, unit: unit, on: on, claim: claim, status: status, sum: sum)
    }
}

private func readUnit(_ value: YAMLValue) -> UnitRecord? {
    value.mapping { map in
        let component = map.required("component") { $0.oneOf(WarrantyComponent.self) }
        let serial = map.required("serial") { $0.serial() }
        let model = map.optional("model", default: "") { $0.singleLine() }
        let nominal = map.optional("nominalCapacity") { $0.energy(from: 1) }
        let usable = map.optional("usableCapacity") { $0.energy(from: 1) }
        let measured = map.optional("measuredCapacity", readMeasured)
        let history = readHistory(map)
        let earlier = map.optional("earlier", default: []) { $0.list(upTo: earlierLimit, readEarlier) }
        let takenOut = map.optional("takenOut", readReplacement)
        let isDisputed = map.optional("disputed", default: false) { $0.boolean() }
        guard let component, let serial, let model, let history, let earlier, let isDisputed else { return nil }
        return UnitRecord(
            component: component, serial: serial, model: model, nominalCapacity: nominal, usableCapacity: usable,
            measuredCapacity: measured, history: history, earlier: earlier, takenOut: takenOut,
            isDisputed: isDisputed)
    }
}

/// The keys that a unit and an earlier one have in common.
private func readHistory(_ map: YAMLMapping) -> UnitHistory? {
    var dates: [UnitEvent: CivilDate] = [:]
    for event in UnitEvent.allCases { dates[event] = map.optional(event.participle) { $0.day() } }
    let registration = map.optional("registered", default: .notKnown) { value -> Registration? in
        value.isWord("never") ? .never : value.day().map(Registration.on)
    }
    let discharged = map.optional("discharged") { $0.energy(from: 0) }
    let charged = map.optional("charged") { $0.energy(from: 0) }
    let cycles = map.optional("cycles") { $0.cycles(from: 0) }
    let offline = map.optional("offlineDays") { $0.integer(in: 0...36_525) }
    let hours = map.optional("hoursOutside") { $0.integer(in: 0...876_600) }
    guard let registration else { return nil }
    return UnitHistory(
        dates: dates, registration: registration, discharged: discharged, charged: charged, cycles: cycles,
        offlineDays: offline, hoursOutside: hours)
}

private func readMeasured(_ value: YAMLValue) -> MeasuredCapacity? {
    value.mapping { map in
        let energy = map.required("energy") { $0.energy(from: 0) }
        let side = map.required("at") { $0.oneOf(CapacitySide.self) }
        guard let energy, let side else { return nil }
        return MeasuredCapacity(energy, at: side)
    }
}

private func readEarlier(_ value: YAMLValue) -> EarlierUnit? {
    value.mapping { map in
        let serial = map.required("serial") { $0.serial() }
        let takenOut = map.required("takenOut") { $0.day() }
        let history = readHistory(map)
        guard let serial, let takenOut, let history else { return nil }
        return EarlierUnit(serial: serial, takenOut: takenOut, history: history)
    }
}

private func readReplacement(_ value: YAMLValue) -> Replacement? {
    value.mapping { map in
        let day = map.required("on") { $0.day() }
        let serial = map.required("replacedBy") { $0.serial() }
        guard let day, let serial else { return nil }
        return Replacement(day: day, by: serial)
    }
}

extension YAMLValue {
    /// Text on one line: it stands in a sum, where a line is a step.
    func singleLine() -> String? {
        guard let text = string() else { return nil }
        guard !text.contains("\n"), text.utf8.count <= 1_024 else {
            return refuse("one line of at most 1024 bytes expected")
        }
        return text
    }

    /// `13.6 kWh`, at least so many Wh.
    func energy(from least: Int) -> Energy? {
        guard let text = string() else { return nil }
        guard let energy = Energy(text: text), energy.wattHours >= least else {
            return refuse("\"\(text)\" is no energy such as 43 MWh, 13.6 kWh or 900 Wh, exact to the Wh")
        }
        return energy
    }

    /// `6000` or `1570.25` full-equivalent cycles.
    func cycles(from least: Int = 1) -> CycleCount? {
        guard let text = string() else { return nil }
        guard let cycles = CycleCount(text: text), cycles.thousandths >= least else {
            return refuse("\"\(text)\" is no count of cycles such as 6000 or 1570.25")
        }
        return cycles
    }

    /// A serial number of 1 to 64 printable characters without blanks.
    fileprivate func serial() -> String? {
        guard let text = string() else { return nil }
        guard text.utf8.count <= 64, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            return refuse("\"\(text.prefix(64))\": a serial has 1 to 64 printable characters without blanks")
        }
        return text
    }
}
