internal import Gateway
internal import Proof
internal import ServiceLevel
internal import Terms
internal import Ticketing

/// Proofs and ledgers in words, for the terminal.
enum ProofText {
    /// What a valid proof says.
    static func summary(_ proof: ProofSummary) -> [String] {
        let isNamed = proof.isPolicyBound ? "" : ", as the maker of the proof says: no fact binds one"
        var lines = [
            Style.bold("Ticket \(proof.ticket)  \(proof.state)") + "  as of \(proof.madeAt.rfc3339)",
            "policy \(proof.policy)\(isNamed)",
            "\(proof.rows) facts of the log; \(proof.ineffective) of the ticket's do not count; "
                + "\(proof.evidence) pieces of evidence",
            "",
        ]
        let told = proof.verdicts.filter { !["notApplicable", "waiting"].contains($0.status) }
        lines += Table(["CYCLE", "CLOCK", "VERDICT"]).rendered(
            told.map { verdict in
                let over = verdict.overrun > .zero ? ", over by \(verdict.overrun.text)" : ""
                return [
                    "\(verdict.cycle)", Clock(rawValue: verdict.clock)?.title ?? verdict.clock, verdict.status + over,
                ]
            })
        lines += [""] + FactSource.allCases.compactMap { source in
            proof.heads[source].map { "head of \(source.rawValue): \($0.sequence) facts, \($0.hash)" }
        }
        if let place = proof.headPlace { lines.append("the printed head is \(place)") }
        return lines
    }

    /// What was checked in a ledger.
    static func report(_ report: LedgerReport) -> [String] {
        var lines = report.heads.map { "head of \($0.source): \($0.facts) facts, \($0.hash)" }
        lines.append("\(report.documents) documents, \(report.openTickets) open tickets")
        if let place = report.headPlace { lines.append("the printed head is \(place)") }
        return lines
    }
}
