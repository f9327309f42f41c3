package import Terms
internal import Ticketing

extension Stamp {
    /// An instant that a person named, in what the box takes for the time.
    ///
    /// Without a trusted clock that is the earliest that it can be, and people's watches are ahead of it: what lies
    /// ahead, but not of the wall clock, counts as now. With one a moment ahead does.
    func instant(named at: Instant) throws(CommandRefused) -> Instant {
        guard at < wall + .seconds(1) || trust != .synced && at <= shown else { throw .inTheFuture(at) }
        return min(at, wall)
    }
}

extension SiteEngine {
    /// What gives tickets that began without a trusted clock their true start. Nil where there is none, or nothing
    /// better is known.
    package func timeStarts(at now: Stamp) -> Proposal? {
        var draft = Draft(book: book, now: now)
        writeTimedStarts(&draft)
        guard !draft.facts.isEmpty else { return nil }
        draft.writeDueSteps()
        draft.writeMessages(site: site)
        return draft.proposal(replacing: book, answered: 0)
    }

    /// Comes before any step of a clock: counted from a start that is only the earliest possible one, a clock that was
    /// just confirmed would break promises that nobody broke.
    func writeTimedStarts(_ draft: inout Draft) {
        guard draft.now.trust == .synced else { return }
        let tickets = draft.book.tickets
        for place in tickets.indices {
            guard let stamp = tickets.values[place].untimedStart, let found = span(stamp), let latest = found.latest
            else { continue }
            draft.write(
                .ticket(tickets.keys[place]), .desk, at: draft.now.wall,
                .intake(.startTimed(start: latest, earliest: found.earliest)))
        }
    }
}
