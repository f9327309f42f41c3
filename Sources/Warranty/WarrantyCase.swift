package import Terms

/// One golden case: a unit, a day, and the decision with the sum that must come out, word for word.
package struct WarrantyCase: Hashable, Sendable {
    package var name: String
    /// The policy that decides.
    package var policy: String
    package var unit: UnitRecord
    package var on: CivilDate
    package var claim: WarrantyClaim
    /// `inTerm`, `atRisk(endsSoon)`, `expired(throughput)`.
    package var status: String
    /// Every line, the conclusion last.
    package var sum: [String]

    package init(
        name: String, policy: String, unit: UnitRecord, on: CivilDate, claim: WarrantyClaim, status: String,
        sum: [String]
    ) {
        self.name = name
        self.policy = policy
        self.unit = unit
        self.on = on
        self.claim = claim
        self.status = status
        self.sum = sum
    }

    /// What is wrong with the decision on this case, on one line; nil where nothing is.
    package func failure(among policies: [WarrantyTerms]) -> String? {
        guard let terms = policies.first(where: { $0.name == policy }) else {
            let known = policies.map(\.name).sorted().joined(separator: ", ")
            return "\(name): there is no policy \"\(policy)\"; there are: \(known)"
        }
        let decision = decide(terms, unit, on: on, claim: claim)
        guard decision.status.code == status else {
            return "\(name): expected \(status), got \(decision.status.code): \(decision.conclusion)"
        }
        let got = decision.sum
        guard got != sum else { return nil }
        let different = zip(got, sum).enumerated().first { $0.element.0 != $0.element.1 }
        let place = different?.offset ?? min(got.count, sum.count)
        let line = { (lines: [String]) in place < lines.count ? "\"\(lines[place])\"" : "no such line" }
        return "\(name): line \(place + 1) of the sum: expected \(line(sum)), got \(line(got))"
    }
}
