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
        let promises = engine.book.promises
        let (anchors, rows) = try ledger.rows(from: isWhole ? nil : promises.linked(to: id))
        let site = promises.documents.binding
        let bindings = promises.bindings(linkedTo: id)
        let policies = try documents([site.documentHash] + bindings.map(\.documentHash))
        let calendars = try documents(bindings.compactMap(\.calendar?.documentHash))
        var evidence: [String: [UInt8]] = [:]
        if withEvidence {
            for hash in ticket.evidence { evidence[hash] = try ledger.document(sha256: hash) }
        }
        return ProofContent(
            site: engine.book.site, ticket: id, madeAt: time.now().wall, anchors: anchors, epoch: ledger.epoch,
            rows: rows, policies: policies, calendars: calendars, sitePolicy: site.documentHash,
            siteZone: site.zone, evidence: evidence)
    }

    /// Kept documents by their hashes, each once.
    private func documents(_ hashes: [String]) throws -> [[UInt8]] {
        try Set(hashes).sorted().map { hash in
            guard let document = try ledger.document(sha256: hash) else {
                throw LedgerError(.corrupt, "ledger: the document \(hash) is gone")
            }
            return document
        }
    }

    /// Reads and checks everything in the ledger.
    ///
    /// - Parameter head: a hash that some fact should have.
    func checkLedger(head: ChainHash?) throws(LedgerError) -> LedgerReport {
        try LedgerReport(checking: ledger, book: engine.book, head: head)
    }
}
