internal import Terms
internal import Ticketing

/// A ticket whose hour after is not kept yet.
///
/// It is read from the facts alone, so a restart within the hour forgets none; what the box did not see meanwhile is
/// stated as a gap.
struct HourAfter {
    let ticket: TicketID
    let occurrence: AlarmOccurrence
    /// When the ticket's first evidence was kept.
    let opened: Stamp

    static let length = Milliseconds.hours(1)
    /// Then nothing that is remembered reaches back into the hour.
    private static let latest = Milliseconds.hours(25)

    /// Nil where the hour is kept already, or the ticket has no evidence, or too much of it.
    init?(_ ticket: Ticket, mostEvidence: Int) {
        guard let occurrence = ticket.occurrence, ticket.evidence.count < mostEvidence,
            let opening = ticket.evidenceOfCycle.first(where: { $0.part == .before }),
            !ticket.evidenceOfCycle.contains(where: { $0.part == .hourAfter })
        else { return nil }
        self.ticket = ticket.id
        self.occurrence = occurrence
        opened = opening.fact.stamp
    }

    func isDue(_ now: Stamp) -> Bool { (Self.length..<Self.latest).contains(now.elapsed(since: opened)) }

    /// Until it is due; nil where it never will be.
    func remaining(_ now: Stamp) -> Milliseconds? {
        let elapsed = now.elapsed(since: opened)
        return elapsed < Self.latest ? Self.length - elapsed : nil
    }
}
