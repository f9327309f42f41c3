internal import Terms

extension CoverageTerm {
    /// What the term promises, on one line.
    package var summary: String {
        var parts: [String] = []
        if let period { parts.append(period.summary) }
        if let throughput { parts.append("throughput \(throughput.summary)") }
        if let cycles { parts.append("\(cycles.text) cycles") }
        if let temperature {
            let hours = temperature.hours > 0 ? ", \(counted(temperature.hours, "hour")) outside tolerated" : ""
            parts.append("\(temperature.lowest) to \(temperature.highest) °C\(hours)")
        }
        if let endCapacity {
            let basis = endCapacity.of.rawValue
            parts.append("\(endCapacity.percent) % of the \(basis) capacity\(endCapacity.sideText)")
        }
        return "\(claims.map(\.rawValue).joined(separator: " and ")); \(parts.joined(separator: "; "))"
    }
}

extension Period {
    fileprivate var summary: String {
        let days = starts.map { $0.after == .months(0) ? $0.event.rawValue : "\($0.event.rawValue) + \($0.after.text)" }
        var text = TermLength.months(months).text + " from "
        text += days.count == 1 ? days[0] : "the earliest of \(days.joined(separator: ", "))"
        if let capMonths { text += ", at most \(TermLength.months(capMonths).text) from manufacture" }
        if let offline {
            text += "; \(TermLength.months(offline.months).text) if offline for more than "
                + counted(offline.moreThanDays, "day")
        }
        if let registration {
            let length = registration.elseMonths > 0 ? TermLength.months(registration.elseMonths).text : "none"
            text += "; \(length) unless registered within \(counted(registration.withinDays, "day")) of "
                + registration.of.rawValue
        }
        return text
    }
}

extension ThroughputLimit {
    fileprivate var summary: String {
        let what = counts == .both ? "charged and discharged" : "discharged"
        switch amount {
        case .absolute(let energy): return "\(energy.text) \(what)"
        case .perKilowattHour(let energy, let basis): return "\(energy.text) \(what) for each kWh \(basis.rawValue)"
        }
    }
}

extension WarrantyTerms {
    /// One line for each component that the document knows, or why nothing is known.
    package var summaries: [String] {
        switch content {
        case .unknown(let reason): return ["terms UNKNOWN: \(reason)"]
        case .known(let components):
            return WarrantyComponent.allCases.flatMap { component -> [String] in
                switch components[component] {
                case nil: []
                case .nothing?: ["\(component.rawValue): no warranty"]
                case .terms(let terms)?: terms.map { "\(component.rawValue), \($0.name): \($0.summary)" }
                }
            }
        }
    }
}
