package import Terms
internal import Ticketing

extension SiteEngine {
    /// What gives tickets that began without a trusted clock their true start. Nil where there is none, or nothing
    /// better is known.
    ///
    /// - Parameter span: between which instants something happened, by the stamp that it got then.
    package func timeStarts(at now: Stamp, _ span: (Stamp) -> TimeSpan?) -> Proposal? {
        var draft = Draft(book: book, now: now)
        for (id, ticket) in book.tickets.sorted(by: { $0.key.text < $1.key.text }) {
            guard let stamp = ticket.untimedStart, let found = span(stamp), let latest = found.latest else { continue }
            draft.write(
                .ticket(id), .desk, at: now.wall, .intake(.startTimed(start: latest, earliest: found.earliest)))
        }
        guard !draft.facts.isEmpty else { return nil }
        draft.writeDueSteps()
        draft.writeMessages(site: site)
        return draft.proposal(replacing: book, answered: 0)
    }
}
