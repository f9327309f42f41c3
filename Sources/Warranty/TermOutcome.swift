internal import Terms

/// What one term gives for one unit on one day.
struct TermOutcome {
    let status: CoverageStatus
    let limit: CoverageLimit?
    /// The last covered day; nil where only use ends the term.
    let end: PossibleDays?
    let capacity: CapacityFinding?
    let steps: [String]
    let conclusion: String

    init(_ term: CoverageTerm, _ unit: UnitRecord, on day: CivilDate, claim: WarrantyClaim, margins: WarrantyMargins) {
        let period = term.period.map { PeriodSum($0, unit, on: day, margins: margins) }
        let usage = UsageSum(term, unit, margins: margins)
        let kept = claim == .capacity ? term.endCapacity.map { CapacitySum($0, unit) } : nil
        end = period?.end
        capacity = kept?.finding
        steps = (period?.steps ?? []) + usage.steps + (kept.map { [$0.step] } ?? [])

        var ended = usage.ended
        if let period, period.isOver(on: day) { ended.insert(period.limit, at: 0) }
        var missing = usage.missing
        if let period, !period.isCertain(on: day) { missing.formUnion(period.end.missing) }
        let risks = (period?.risks ?? []) + usage.risks
        let first = Self.firstLimit(period, usage, on: day)
        if let over = ended.first {
            status = .expired(over)
            limit = over
            let reasons = ended.map { Self.reason($0, term, period, usage) }.joined(separator: ", and because ")
            conclusion = outside(because: reasons)
        } else if !missing.isEmpty {
            let facts = missing.sorted { ($0.order, $0.name) < ($1.order, $1.name) }
            status = .unknown(facts)
            limit = nil
            conclusion = notKnown(facts)
        } else if !risks.isEmpty {
            status = .atRisk(risks)
            limit = first?.limit
            let sentences = risks.map(\.sentence).joined(separator: "; ")
            conclusion = "in term\(Self.until(period)), at risk: \(sentences)" + Self.remark(on: capacity)
        } else {
            status = .inTerm
            limit = first?.limit
            conclusion = "in term\(Self.until(period))" + Self.comingFirst(first) + Self.remark(on: capacity)
        }
    }

    /// What ends the term first if use goes on as it did.
    private static func firstLimit(_ period: PeriodSum?, _ usage: UsageSum, on day: CivilDate) -> UsedShare? {
        var shares = usage.shares
        if let period {
            let ends = period.end.latest ?? period.end.earliest
            let begins = period.start.latest ?? period.start.earliest
            let whole = (ends?.daysSinceEpoch ?? 0) - (begins?.daysSinceEpoch ?? 0)
            let part = day.daysSinceEpoch - (begins?.daysSinceEpoch ?? day.daysSinceEpoch)
            shares.insert(UsedShare(period.limit, part, of: whole), at: 0)
        }
        // The first of equals: `max` would take the last.
        return shares.reduce(nil) { best, next in best.map { $0 < next ? next : $0 } ?? next }
    }

    private static func until(_ period: PeriodSum?) -> String {
        guard let end = period?.end else { return "" }
        return end.exact.map { " until \($0.text)" } ?? end.earliest.map { " at least until \($0.text)" } ?? ""
    }

    private static func comingFirst(_ share: UsedShare?) -> String {
        guard let share, share.limit == .throughput || share.limit == .cycles else { return "" }
        return "; \(share.limit.rawValue) may end it earlier (\(share.percents) % used)"
    }

    private static func remark(on finding: CapacityFinding?) -> String {
        switch finding {
        case nil: ""
        case .notMeasured: "; whether the capacity is below what was promised was not measured"
        case .notComparable: "; whether the capacity is below what was promised cannot be said"
        case .below: "; the capacity is below what was promised"
        case .kept: "; the capacity is what was promised"
        }
    }

    private static func reason(
        _ limit: CoverageLimit, _ term: CoverageTerm, _ period: PeriodSum?, _ usage: UsageSum
    ) -> String {
        let latest = period?.end.latest?.text ?? ""
        let last = "the last covered day was \(latest)" + (period?.end.exact == nil ? " at the latest" : "")
        switch limit {
        case .period, .takenOut, .noTerm: return last
        case .manufactureCap:
            return last + ", \(TermLength.months(term.period?.capMonths ?? 0).text) after manufacture"
        case .offlineRule:
            return last + ", since it was offline for more than "
                + counted(term.period?.offline?.moreThanDays ?? 0, "day")
        case .registrationRule:
            return last + ", since it was not registered within "
                + counted(term.period?.registration?.withinDays ?? 0, "day")
        case .throughput: return "the throughput of \(usage.throughputLimit?.text ?? "the terms") is reached"
        case .cycles: return "the \(term.cycles?.text ?? "") cycles of the terms are reached"
        case .temperature: return "it was outside the temperatures of the terms for too long"
        }
    }
}

/// The capacity that is left, against what was promised.
struct CapacitySum {
    let finding: CapacityFinding
    let step: String

    init(_ promise: EndCapacity, _ unit: UnitRecord) {
        let promised = "\(promise.percent) %"
        let basis = promise.of.rawValue
        guard let measured = unit.measuredCapacity else {
            finding = .notMeasured
            step = "capacity: not measured; promised are \(promised) of the \(basis) capacity\(promise.sideText)"
            return
        }
        let side = measured.at.rawValue.uppercased()
        // Where the terms name no side, any measurement may be held against them.
        guard measured.at == promise.at ?? measured.at else {
            finding = .notComparable
            step = "capacity: measured \(measured.energy.text) at \(side); "
                + "promised are \(promised)\(promise.sideText), so the two cannot be compared"
            return
        }
        guard let whole = unit.capacity(promise.of) else {
            finding = .notComparable
            step = "capacity: measured \(measured.energy.text) at \(side); the \(basis) capacity is not known"
            return
        }
        let left = measured.energy.wattHours
        let isBelow = product(left, 100) < product(promise.percent, whole.wattHours)
        finding = isBelow ? .below : .kept
        step = "capacity: measured \(measured.energy.text(of: whole)) \(basis) at \(side) "
            + "(\(percent(left, of: whole.wattHours)) %), \(isBelow ? "below" : "at or above") the promised \(promised)"
    }
}

extension EndCapacity {
    /// ` at DC`, or nothing where the terms name no side.
    var sideText: String { at.map { " at \($0.rawValue.uppercased())" } ?? "" }
}

/// The wording of an end. What the maker gave of its own will has ended; what the law gives is not ours to judge.
func outside(because reason: String) -> String {
    "outside the maker's voluntary terms because \(reason); rights by law may exist beside them"
}

/// The wording of a missing fact.
func notKnown(_ facts: [MissingFact]) -> String {
    "not known: \(facts.map(\.sentence).joined(separator: "; ")). It counts as covered until a person decides"
}
