internal import Engine
internal import Proof
internal import ServiceLevel
internal import Storage
internal import Terms
internal import Ticketing

extension EngineOwner {
    /// What a proof of a ticket is made of, as of now: the whole log, or from the ticket's first facts on.
    func proofContent(of id: TicketID, isWhole: Bool, withEvidence: Bool) throws -> ProofContent {
        guard let ticket = engine.book.tickets[id] else {
            throw CommandRefused.noSuchTicket(id, known: engine.book.tickets.keys.sorted { $0.text < $1.text })
        }
        let (anchors, rows) = try ledger.rows(from: isWhole ? nil : id)
        let policy = engine.book.policy(of: id)
        guard let document = try ledger.document(sha256: policy.documentHash) else {
            throw LedgerError(.corrupt, "ledger: the document of policy \(policy.documentHash) is gone")
        }
        var evidence: [String: [UInt8]] = [:]
        if withEvidence {
            for hash in ticket.evidence { evidence[hash] = try ledger.document(sha256: hash) }
        }
        return ProofContent(
            site: engine.book.site, ticket: id, madeAt: time.now().wall, anchors: anchors, epoch: ledger.epoch,
            rows: rows, policies: [document], sitePolicy: policy.documentHash, evidence: evidence)
    }

    /// Reads and checks everything in the ledger.
    ///
    /// - Parameter head: a hash that some fact should have.
    func checkLedger(head: ChainHash?) throws(LedgerError) -> LedgerReport {
        try LedgerReport(checking: ledger, book: engine.book, head: head)
    }
}
