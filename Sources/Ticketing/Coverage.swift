package import Terms

/// Whether the maker's own terms cover a unit.
package enum Coverage: String, CaseIterable, Hashable, Sendable {
    case inTerm, atRisk, unknown, disputed, expired
}

/// What was decided about a unit's warranty, from which terms, with the sum that led there.
package struct CoverageFinding: Hashable, Sendable {
    package var coverage: Coverage
    /// The last covered day, where it is known.
    package var until: CivilDate?
    /// How many days after a fault the terms want the maker to be told; nil where they name none.
    package var noticeDays: Int?
    /// SHA-256 of the terms, 64 hexadecimal digits; nil where a person decided without.
    package var termsHash: String?
    /// Why, and from which numbers.
    package var sum: String?

    package init(
        coverage: Coverage, until: CivilDate? = nil, noticeDays: Int? = nil, termsHash: String? = nil,
        sum: String? = nil
    ) {
        self.coverage = coverage
        self.until = until
        self.noticeDays = noticeDays
        self.termsHash = termsHash
        self.sum = sum
    }

    var fields: [String: CanonicalValue] {
        var fields: [String: CanonicalValue] = ["coverage": .text(coverage.rawValue)]
        fields["until"] = until.map { .text($0.text) }
        fields["noticeDays"] = noticeDays.map { .integer(Int64($0)) }
        fields["sha256"] = termsHash.map { .text($0) }
        fields["sum"] = sum.map { .text($0) }
        return fields
    }

    init(_ fields: FactFields) throws(UnreadableFact) {
        self.init(
            coverage: try fields.choice("coverage"), until: try fields.optionalDay("until"),
            noticeDays: try fields.optionalInteger("noticeDays"), termsHash: try fields.optionalText("sha256"),
            sum: try fields.optionalText("sum"))
        if let noticeDays, !(0...3_650).contains(noticeDays) {
            throw UnreadableFact(message: "WarrantyDecided.noticeDays is outside 0 to 3650")
        }
    }

    var sentence: String {
        let until = until.map { " until \($0.text)" } ?? ""
        switch coverage {
        case .inTerm: return "Covered by the maker's terms\(until)"
        case .atRisk: return "Covered by the maker's terms\(until), though a condition is in doubt"
        case .unknown: return "Whether the maker's terms cover it is not known. It counts as covered"
        case .disputed: return "Whether the maker's terms cover it is disputed. It counts as covered"
        case .expired: return "Outside the maker's voluntary terms"
        }
    }
}
