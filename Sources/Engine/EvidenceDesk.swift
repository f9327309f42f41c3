internal import Terms
internal import Ticketing

/// Which tickets still wait for their hour after, and what was made and is not in the ledger yet.
struct EvidenceDesk {
    /// In the order of their tickets' numbers.
    private(set) var hours: [HourAfter] = []
    /// While the ledger refuses, every event proposes anew: what was made once is proposed again.
    private var made: [Key: NewEvidence] = [:]

    private struct Key: Hashable {
        let occurrence: OccurrenceID
        let ticket: TicketID
        let part: EvidencePart
    }

    /// So many are made whole at once; a flood of alarms has the same frames in all of them.
    private static let mostWhole = 4
    /// Of every further one, in bytes: the curves of the alarm, and what else fits.
    private static let smallBudget = 65_536
    /// A further one is not made.
    private static let mostMade = 128

    /// The evidence of a request.
    ///
    /// - Parameter make: makes it within so many bytes.
    mutating func made(_ request: EvidenceRequest, _ make: (Int) -> NewEvidence) -> NewEvidence? {
        let key = Key(occurrence: request.occurrence.id, ticket: request.ticket, part: request.part)
        if let found = made[key] { return found }
        guard made.count < Self.mostMade else { return nil }
        let new = make(made.count < Self.mostWhole ? EvidenceDocument.mostBytes : Self.smallBudget)
        made[key] = new
        return new
    }

    /// Takes facts that are now in the ledger.
    mutating func adopt(_ facts: [Fact], _ book: TicketBook) {
        made.removeAll()
        for fact in facts {
            guard case .evidenceAttached = fact.event, let ticket = fact.ticket.flatMap({ book.tickets[$0] }) else {
                continue
            }
            note(ticket)
        }
    }

    /// Looks whether a ticket waits for its hour.
    mutating func note(_ ticket: Ticket) {
        hours.removeAll { $0.ticket == ticket.id }
        guard let hour = HourAfter(ticket, mostEvidence: Draft.evidenceLimit) else { return }
        hours.append(hour)
        hours.sort { ($0.ticket.number ?? 0, $0.ticket.text) < ($1.ticket.number ?? 0, $1.ticket.text) }
    }
}
