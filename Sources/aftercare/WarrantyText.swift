internal import Terms
internal import Warranty

/// Terms and decisions in words, for the terminal.
enum WarrantyText {
    /// What `check` says: each policy with its components, then the cases.
    static func report(_ report: WarrantyReport) -> [String] {
        var lines = report.policies.flatMap(policy)
        if let cases = report.cases {
            lines += cases.failures.map { Style.red("FAILED") + " \($0)" }
            lines.append("\(cases.passed) passed, \(cases.failures.count) failed")
        }
        return lines
    }

    private static func policy(_ row: TermsRow) -> [String] {
        let remark = row.status == "unverified" ? Style.yellow("unverified") : row.status
        return ["\(Style.bold(row.policy)): sound; version \(row.version), \(remark), SHA-256 \(row.sha256)"]
            + row.components.map { "  \($0)" }
    }

    /// One decision with its sum, and what the document says beside it.
    ///
    /// - Parameter use: what the ledger of the box has filled in.
    static func decision(
        _ terms: WarrantyTerms, _ unit: UnitRecord, _ decision: CoverageDecision, use: [String] = []
    ) -> [String] {
        let model = unit.model.isEmpty ? "" : " (\(unit.model))"
        var lines = [
            "\(Style.bold("\(unit.component.rawValue) \(unit.serial)"))\(model) on \(decision.on.text), "
                + "for \(decision.claim.rawValue): \(colour(decision.status))",
            decision.conclusion + ".", "",
        ]
        if !decision.steps.isEmpty { lines += ["The sum:"] + decision.steps.map { "  \($0)" } + [""] }
        if !use.isEmpty { lines += ["From the ledger of this box:"] + use.map { "  \($0)" } + [""] }
        lines += details(terms, decision)
        return lines
    }

    private static func details(_ terms: WarrantyTerms, _ decision: CoverageDecision) -> [String] {
        var lines = ["Acts as covered: \(decision.actsAsCovered ? "yes" : "no")"]
        if let limit = decision.limit { lines.append("Limiting: \(limit.rawValue)") }
        if let days = decision.noticeDays {
            let last = CivilDate(daysSinceEpoch: decision.on.daysSinceEpoch + days)?.text ?? "–"
            lines.append("The maker wants to hear of a fault within \(days) days: of one on this day until \(last)")
        }
        if !terms.exclusions.isEmpty {
            lines.append("Excluded, whatever the day:")
            lines += terms.exclusions.map { exclusion in
                let causes = exclusion.causes.map(\.rawValue).joined(separator: ", ")
                return "  \(exclusion.name): \(exclusion.text)" + (causes.isEmpty ? "" : " (\(causes))")
            }
        }
        if !terms.remedy.isEmpty { lines.append("Remedy: \(terms.remedy)") }
        lines.append("Terms: \(terms.name) version \(terms.version), SHA-256 \(terms.documentHash)")
        if case .document(let title, let url) = terms.source {
            lines.append("Source: \(title)" + (url.isEmpty ? "" : ", \(url)"))
        }
        if terms.status == .unverified {
            lines.append(
                Style.yellow("Unverified: nobody has compared these terms with the maker's document. Do so before "
                    + "anybody is charged."))
        }
        return lines
    }

    private static func colour(_ status: CoverageStatus) -> String {
        switch status {
        case .inTerm: Style.green(status.code)
        case .atRisk, .unknown, .disputed: Style.yellow(status.code)
        case .expired: Style.red(status.code)
        }
    }
}

/// What `check` found.
struct WarrantyReport: Codable {
    var policies: [TermsRow]
    /// Nil where no cases were given.
    var cases: CaseCount?
}

/// How golden cases went.
struct CaseCount: Codable {
    var passed: Int
    /// One line for each that failed.
    var failures: [String]
}

/// A policy in a list.
struct TermsRow: Codable {
    var policy: String
    var version: Int
    var title: String
    var sha256: String
    var status: String
    var effective: String?
    /// One line for each term of each component, or why nothing is known.
    var components: [String]

    init(_ terms: WarrantyTerms) {
        policy = terms.name
        version = terms.version
        title = terms.title
        sha256 = terms.documentHash
        status = terms.status.rawValue
        effective = terms.effective?.text
        components = terms.summaries
    }
}

/// A decision for other programs.
struct DecisionRow: Codable {
    var policy: String
    var version: Int
    var sha256: String
    var termsStatus: String
    var component: String
    var serial: String
    var on: String
    var claim: String
    /// `inTerm`, `atRisk`, `unknown`, `disputed`, `expired`.
    var status: String
    /// The status with its reasons: `unknown(installed)`.
    var code: String
    /// What the sum gives by itself, where a person disputes it.
    var computed: String
    var actsAsCovered: Bool
    var limit: String?
    var lastCoveredDay: String?
    var noticeDays: Int?
    var capacity: String?
    var sum: [String]
    /// What the ledger of the box has filled in; nil where it was not asked.
    var fromLedger: [String]?

    init(_ terms: WarrantyTerms, _ unit: UnitRecord, _ decision: CoverageDecision, use: [String]? = nil) {
        policy = terms.name
        version = terms.version
        sha256 = terms.documentHash
        termsStatus = terms.status.rawValue
        component = unit.component.rawValue
        serial = unit.serial
        on = decision.on.text
        claim = decision.claim.rawValue
        status = decision.status.name
        code = decision.status.code
        computed = decision.computed.code
        actsAsCovered = decision.actsAsCovered
        limit = decision.limit?.rawValue
        lastCoveredDay = decision.lastCoveredDay?.text
        noticeDays = decision.noticeDays
        capacity = decision.capacity?.rawValue
        sum = decision.sum
        fromLedger = use
    }
}
