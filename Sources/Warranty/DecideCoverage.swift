package import Terms

/// Whether a unit is covered on a day. Pure and total: the same terms, unit and day always give the same decision.
///
/// A period is covered through its last day, which has the number of the day it counts from (clamped to the month's
/// end); the first day after is outside. Use is covered below a limit; at the limit the term has ended.
///
/// - Parameter claim: that something is broken, or that the capacity is below what was promised.
package func decide(
    _ terms: WarrantyTerms, _ unit: UnitRecord, on day: CivilDate, claim: WarrantyClaim = .defects
) -> CoverageDecision {
    let found = computed(terms, unit, on: day, claim: claim)
    var steps = found.steps
    let conclusion: String
    if unit.isDisputed {
        steps.append("without the dispute: \(found.conclusion)")
        conclusion = "disputed. It counts as covered until a person decides"
    } else {
        conclusion = found.conclusion
    }
    return CoverageDecision(
        on: day, claim: claim, status: unit.isDisputed ? .disputed : found.status, computed: found.status,
        limit: found.limit, lastCoveredDay: found.lastDay, noticeDays: terms.noticeDays, capacity: found.capacity,
        steps: steps, conclusion: conclusion)
}

/// A decision before a person says anything.
private struct Finding {
    var status: CoverageStatus
    var limit: CoverageLimit?
    var lastDay: CivilDate?
    var capacity: CapacityFinding?
    var steps: [String]
    var conclusion: String

    static func unknown(_ fact: MissingFact, after steps: [String] = []) -> Finding {
        Finding(status: .unknown([fact]), steps: steps, conclusion: notKnown([fact]))
    }

    static func expired(_ limit: CoverageLimit, because reason: String) -> Finding {
        Finding(status: .expired(limit), limit: limit, steps: [], conclusion: outside(because: reason))
    }
}

private func computed(
    _ terms: WarrantyTerms, _ unit: UnitRecord, on day: CivilDate, claim: WarrantyClaim
) -> Finding {
    let components: [WarrantyComponent: ComponentTerms]
    switch terms.content {
    case .unknown(let reason): return .unknown(.terms(reason: reason))
    case .known(let known): components = known
    }
    if let finding = swappedOut(unit, on: day) { return finding }
    guard let component = components[unit.component] else { return .unknown(.component(unit.component)) }
    guard case .terms(let all) = component else {
        return .expired(.noTerm, because: "they give none for the \(unit.component.rawValue)")
    }
    let candidates = all.filter { $0.claims.contains(claim) }
    guard !candidates.isEmpty else { return .unknown(.claim(claim)) }
    if let text = unit.origin.contradiction { return .unknown(.contradiction(text)) }
    if let effective = terms.effective, let sold = unit.origin.sold, sold < effective {
        return .unknown(.edition(sold: sold, effective: effective))
    }
    var finding = best(of: candidates, unit, on: day, claim: claim, margins: terms.margins)
    if let first = unit.earlier.first, let last = unit.earlier.last {
        finding.steps.insert(
            "in the place of \(last.serial) since \(last.takenOut.text): it has the remaining term, counted from the "
                + "dates of \(first.serial)", at: 0)
    }
    return finding
}

/// The finding for a unit that another one has replaced; nil for one that is in its place.
private func swappedOut(_ unit: UnitRecord, on day: CivilDate) -> Finding? {
    if let old = unit.earlier.first(where: { $0.serial == unit.serial }) {
        return .expired(
            .takenOut,
            because: "serial \(old.serial) was taken out on \(old.takenOut.text) and cannot come back: its remaining "
                + "term went to the unit in its place")
    }
    guard let swap = unit.takenOut, day > swap.day else { return nil }
    return .expired(
        .takenOut,
        because: "serial \(unit.serial) was taken out on \(swap.day.text): its remaining term went to \(swap.by)")
}

/// The term that is best for the owner, after the sums of all.
private func best(
    of terms: [CoverageTerm], _ unit: UnitRecord, on day: CivilDate, claim: WarrantyClaim, margins: WarrantyMargins
) -> Finding {
    var steps: [String] = []
    var chosen: (term: CoverageTerm, outcome: TermOutcome)?
    for term in terms {
        let outcome = TermOutcome(term, unit, on: day, claim: claim, margins: margins)
        if terms.count > 1 { steps.append("term \(term.name): \(term.summary)") }
        steps += outcome.steps
        if terms.count > 1 { steps.append("term \(term.name): \(outcome.conclusion)") }
        if chosen.map({ outcome.isBetter(than: $0.outcome) }) ?? true { chosen = (term, outcome) }
    }
    guard let (term, outcome) = chosen else { return .unknown(.claim(claim)) }
    let head = terms.count > 1 ? "by the term \(term.name): " : ""
    return Finding(
        status: outcome.status, limit: outcome.limit, lastDay: outcome.end?.exact, capacity: outcome.capacity,
        steps: steps, conclusion: head + outcome.conclusion)
}

extension TermOutcome {
    /// Better for the owner: by status, then by the later end. Of equals the first in the text counts.
    fileprivate func isBetter(than other: TermOutcome) -> Bool {
        guard status.rank == other.status.rank else { return status.rank < other.status.rank }
        return (end?.latest ?? .last) > (other.end?.latest ?? .last)
    }
}

extension UnitHistory {
    /// When it was sold, as far as dates say.
    fileprivate var sold: CivilDate? {
        [.invoice, .installation, .commissioning, .shipment].lazy.compactMap { dates[$0] }.first
    }
}
