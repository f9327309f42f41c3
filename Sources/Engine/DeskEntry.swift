package import ServiceLevel
package import Terms
package import Ticketing

/// What a person enters about a ticket, an order or the home, besides the steps that have commands of their own.
package struct DeskEntry: Sendable {
    /// Nil where a user's report names no ticket: it opens a new one.
    package var subject: Subject?
    package var event: FactEvent
    /// When it was done; nil for now.
    package var at: Instant?

    package init(subject: Subject?, event: FactEvent, at: Instant?) {
        self.subject = subject
        self.event = event
        self.at = at
    }

    /// As it goes from a command to the daemon: a canonical fact, whose stamp tells nothing.
    package var text: String {
        let nobody = Stamp(
            boot: BootID(high: 0, low: 0), boottime: Boottime(nanoseconds: 0), wall: at ?? Instant(milliseconds: 0),
            trust: .unset)
        let fact = Fact(
            subject: subject ?? .ticket(Self.unnamed), writer: .desk, at: nobody.wall, recordedBy: nobody, event: event)
        return String(decoding: fact.canonicalBytes, as: UTF8.self)
    }

    /// Reads what `text` wrote.
    ///
    /// - Parameter isNow: whether nobody named an instant.
    package init(text: String, isNow: Bool) throws(UnreadableFact) {
        guard text.utf8.count <= Self.longestText else {
            throw UnreadableFact(message: "an entry is longer than \(Self.longestText) bytes")
        }
        let fact = try Fact(canonicalBytes: Array(text.utf8))
        guard fact.event.isEntry else {
            throw UnreadableFact(message: "\(fact.event.name) is nothing that a person enters")
        }
        subject = fact.subject == .ticket(Self.unnamed) ? nil : fact.subject
        event = fact.event
        at = isNow ? nil : fact.at
    }

    private static let unnamed = TicketID("")
    private static let longestText = 16_384
}

extension FactEvent {
    /// Whether a person may enter it this way; the engine writes everything else itself.
    fileprivate var isEntry: Bool {
        switch self {
        case .act, .order, .warrantyDecided, .intake(.userReported): true
        case .site(let event, _): if case .rosterGapFound = event { false } else { true }
        default: false
        }
    }

    /// Whether it may be the first fact of an order.
    fileprivate var beginsOrder: Bool {
        switch self {
        case .order(.purchaseRequestReceived, _), .order(.contractSigned, _), .order(.paymentReceived, _): true
        default: false
        }
    }
}

extension UserReport {
    /// Whether it is the same mail: its Message-ID and its words. Who writes something else is heard, whatever number
    /// it bears.
    fileprivate func isSameMail(as other: UserReport) -> Bool {
        guard channel == .mail, other.channel == .mail, let evidence, evidence.hasPrefix("<"), evidence.hasSuffix(">")
        else { return false }
        return evidence == other.evidence && words == other.words
    }
}

extension SiteEngine {
    /// What an entry would write. The fact is recorded even where the rules do not let it count.
    package func record(_ entry: DeskEntry, at now: Stamp) throws(CommandRefused) -> Proposal {
        var entry = entry
        if let at = entry.at { entry.at = try now.instant(named: at) }
        var draft = Draft(book: book, now: now)
        switch (entry.subject, entry.event) {
        case (let subject, .intake(.userReported(let report))):
            try write(report, about: subject, at: entry.at, &draft)
        case (.ticket(let id)?, .act), (.ticket(let id)?, .warrantyDecided):
            guard let ticket = book.promises.ticket(id) else { throw noSuch(id) }
            if case .act(.mergedInto(let survivor), _) = entry.event, book.promises.ticket(survivor) == nil {
                throw noSuch(survivor)
            }
            let at = entry.at ?? ticket.instant(following: now.wall)
            draft.write(.ticket(ticket.id), .desk, at: at, entry.event)
        case (.order(let id)?, .order):
            let isNew = book.promises.orders[id] == nil
            if isNew, !entry.event.beginsOrder {
                throw .noSuchOrder(id, known: book.promises.orders.keys.sorted { $0.text < $1.text })
            }
            draft.write(.order(id), .desk, at: entry.at ?? now.wall, entry.event)
            if isNew { draft.bind(.order(id)) }
        case (.site(site)?, .site(let event, _)):
            draft.write(.site(site), .desk, at: entry.at ?? now.wall, entry.event)
            if event == .commissioned { draft.bind(.site(site)) }
        case (.site(site)?, .warrantyDecided): draft.write(.site(site), .desk, at: entry.at ?? now.wall, entry.event)
        default: throw .notAbout(entry.event.name, entry.subject)
        }
        return draft.proposal(replacing: book, answered: 0)
    }

    /// The ticket that has a mail already: a mail server that heard no answer hands the same one over again.
    package func ticket(having entry: DeskEntry) -> TicketID? {
        guard case .intake(.userReported(let report)) = entry.event else { return nil }
        return book.promises.tickets.values.first { ticket in
            ticket.told.contains { told in
                guard case .intake(.userReported(let known)) = told.fact.event else { return false }
                return report.isSameMail(as: known)
            }
        }?.id
    }

    /// A complaint always has a ticket: the one that it names, if it is open, or a new one.
    private func write(
        _ report: UserReport, about subject: Subject?, at: Instant?, _ draft: inout Draft
    ) throws(CommandRefused) {
        var report = report
        report.receivedAt = try draft.now.instant(named: report.receivedAt)
        if let named = report.ticket, book.promises.ticket(named) == nil { throw noSuch(named) }
        write(report, on: report.ticket, at: at, &draft)
    }

    /// On the ticket if it is open, else on a new one.
    func write(_ report: UserReport, on ticket: TicketID?, at: Instant?, _ draft: inout Draft) {
        let target: Subject
        let named = ticket.flatMap { book.promises.ticket($0) }
        if let named, named.isOpen {
            target = .ticket(named.id)
        } else {
            target = .ticket(book.nextTicket)
        }
        let now = named?.instant(following: draft.now.wall) ?? draft.now.wall
        draft.write(target, .user, at: at ?? now, .intake(.userReported(report)))
        if let id = target.ticket, book.tickets[id] == nil { draft.bind(target) }
    }

    private func noSuch(_ id: TicketID) -> CommandRefused {
        .noSuchTicket(id, known: book.tickets.keys.sorted { $0.text < $1.text })
    }

    /// Gaps in the roster that nobody was told of yet; nil when there are none.
    package func rosterGaps(_ roster: OnCallRoster, at now: Stamp) -> Proposal? {
        let told = book.promises.sites[site]?.rosterGaps ?? []
        let new = RosterWatch.alarms(roster, now: now.wall).filter { !told.contains($0.start) }
        guard !new.isEmpty else { return nil }
        var draft = Draft(book: book, now: now)
        for gap in new {
            let event = FactEvent.site(.rosterGapFound(start: gap.start, end: gap.end), by: Signature(""))
            draft.write(.site(site), .desk, at: now.wall, event)
        }
        return draft.proposal(replacing: book, answered: 0)
    }

    /// Orders whose calendar has a next version by now; nil when there are none.
    package func rebindings(at now: Stamp) -> Proposal? {
        guard let calendar = book.promises.documents.current.calendar else { return nil }
        let behind = book.promises.orders.values.filter { order in
            order.isOpen
                && book.promises.promise(of: .order(order.id)).calendar?.documentHash != calendar.documentHash
        }
        guard !behind.isEmpty else { return nil }
        var draft = Draft(book: book, now: now)
        for order in behind.sorted(by: { $0.id.text < $1.id.text }) { draft.bind(.order(order.id)) }
        return draft.proposal(replacing: book, answered: 0)
    }
}

extension Draft {
    /// Binds something new to the documents that apply now.
    mutating func bind(_ subject: Subject) {
        write(subject, .desk, at: now.wall, .policyBound(book.promises.documents.binding))
    }
}
