package import Engine
internal import Logging
internal import ServiceLevel
package import Terms
package import Ticketing

extension EngineOwner {
    /// Records what a person entered: what it is about as it is then, and why the fact does not count, where it does
    /// not. A mail that is on record already is answered with its ticket, and writes nothing.
    package func record(_ entry: DeskEntry) throws -> ControlResponse {
        if let known = engine.ticket(having: entry), let shown = engine.snapshot(of: known, at: time.now()) {
            return .acted(shown, objection: nil)
        }
        let proposal = try engine.record(entry, at: time.now())
        try write(proposal)
        guard let fact = proposal.facts.first else { return .home(home(), objection: nil) }
        switch fact.subject {
        case .ticket(let id):
            guard let ticket = engine.book.promises.ticket(id),
                let shown = engine.snapshot(of: ticket.id, at: time.now())
            else { throw CommandRefused.noSuchTicket(id, known: []) }
            return .acted(shown, objection: ticket.told.objection(to: fact))
        case .order(let id):
            let order = engine.book.promises.orders[id]
            return .orders(orders().filter { $0.id == id.text }, objection: order?.told.objection(to: fact))
        case .site(let id):
            return .home(home(), objection: engine.book.promises.sites[id]?.told.objection(to: fact))
        }
    }

    /// Records that somebody pressed the button on the page; the ticket that has it.
    ///
    /// - Throws: `ButtonExhausted` where it was pressed too often, `LedgerError` where nothing can be written.
    package func pressButton(words: String?) throws -> TicketID {
        let proposal = try engine.pressButton(words: words, at: time.now())
        try write(proposal)
        guard let ticket = proposal.facts.first?.ticket else { throw CommandRefused.notAbout("UserReported", nil) }
        return engine.book.promises.ticket(ticket)?.id ?? ticket
    }

    /// Every order, as of now.
    func orders() -> [OrderSnapshot] { engine.orders(at: time.now()) }

    /// The home as a whole, as of now.
    func home() -> HomeSnapshot { engine.home(at: time.now()) }

    /// Looks at every open promise anew, and at the roster: what must be told is written.
    @discardableResult
    package func audit() -> PromiseAudit {
        let now = time.now()
        if let roster { commit(engine.rosterGaps(roster, at: now)) }
        commit(engine.rebindings(at: now))
        let audit = engine.book.promises.audit(at: now.wall)
        for trouble in audit.troubles.prefix(Self.toldTroubles) { logger.error("promise audit: \(trouble)") }
        lastAudit = (now, audit)
        return audit
    }

    /// The newest audit; nil before the first.
    func auditMetrics() -> AuditMetrics? {
        lastAudit.map { AuditMetrics(at: $0.at.wall, found: $0.found) }
    }

    /// More follow from the same cause.
    private static let toldTroubles = 20
}

extension [ToldFact] {
    fileprivate func objection(to fact: Fact) -> String? { last { $0.fact == fact }?.ineffective?.sentence }
}
