internal import Detection
internal import ServiceLevel
internal import Terms
internal import Ticketing

/// What is about to be proposed: facts one after another, each seen by the next through a book that has them already.
struct Draft {
    private(set) var book: TicketBook
    private(set) var facts: [Fact] = []
    private var evidence: [[UInt8]] = []
    let now: Stamp

    /// Evidence kept with one ticket, its last two places for the hour after. A fault that comes back every hour must
    /// not fill the disk.
    static let evidenceLimit = 8
    /// More steps than any ticket can have due at once; the rest follows with the next proposal.
    private static let stepLimit = 10_000

    init(book: TicketBook, now: Stamp) {
        self.book = book
        self.now = now
    }

    mutating func write(_ subject: Subject, _ writer: Writer, at: Instant, by stamp: Stamp? = nil, _ event: FactEvent) {
        let fact = Fact(subject: subject, writer: writer, at: at, recordedBy: stamp ?? now, event: event)
        facts.append(fact)
        book.adopt([fact])
    }

    /// An alarm that came up or went, in the log of what devices did.
    mutating func write(_ transition: AlarmTransition, site: SiteID) {
        let current = book.active.values.first { active in
            active.occurrence.device == transition.device && active.occurrence.alarm == transition.alarm
                && active.occurrence.place == transition.place
        }
        switch (transition.kind, current) {
        case (.raised, nil):
            let id = book.nextOccurrence(
                device: transition.device, alarm: transition.alarm, place: transition.place)
            write(
                .site(site), .gateway, at: transition.stamp.wall, by: transition.stamp,
                .alarmRaised(AlarmOccurrence(transition, id: id)))
        case (.chattering(let edges), let active?) where active.chatterEdges == nil:
            write(
                subject(of: active, site), .gateway, at: transition.stamp.wall, by: transition.stamp,
                .alarm(.chattering(occurrence: active.occurrence.id, edges: edges)))
        case (.cleared(let edges), let active?):
            let reason: ClearReason = transition.isNoLongerWatched ? .noLongerWatched : .returnedToNormal
            if edges > 0 {
                write(
                    subject(of: active, site), .gateway, at: transition.stamp.wall, by: transition.stamp,
                    .alarm(.quiet(occurrence: active.occurrence.id, edges: edges)))
            }
            write(
                subject(of: active, site), .gateway, at: transition.stamp.wall, by: transition.stamp,
                .alarmCleared(occurrence: active.occurrence.id, reason: reason))
        case (.raised, _?), (.chattering, _), (.cleared, nil):
            // The book knows already, from before a restart.
            return
        }
    }

    private func subject(of active: ActiveOccurrence, _ site: SiteID) -> Subject {
        active.ticket.map { .ticket($0) } ?? .site(site)
    }

    /// The fault of an active alarm: a new ticket, or one more occurrence of the ticket that has its key. Without a
    /// desk the box receives its own notification in the same breath.
    ///
    /// - Parameters:
    ///   - joined: the open ticket of an alarm that turned out to follow from this one. A fault that has an open
    ///     ticket of its own stays with that.
    ///   - repeats: so many raises within the window escalate the ticket.
    mutating func open(
        _ occurrence: AlarmOccurrence, site: SiteID, authorisation: String?, joining joined: TicketID? = nil,
        repeats: (count: Int, window: Milliseconds), evidence: (TicketID) -> NewEvidence?
    ) {
        let device = book.serials[occurrence.device] ?? occurrence.device.text
        let key = FaultKey(site: site, device: device, code: occurrence.fault)
        let landing = book.landing(for: key, proposed: joined, at: now.wall)
        let subject: Subject
        switch landing {
        case .existing(let id), .new(let id): subject = .ticket(id)
        }
        write(subject, .gateway, at: now.wall, .faultOpened(key: key, occurrence: occurrence))
        if let joined, landing == .existing(joined) {
            write(subject, .gateway, at: now.wall, .alarm(.rootChanged(occurrence: occurrence.id)))
        }
        if let edges = book.active[occurrence.id]?.chatterEdges {
            let event = AlarmEvent.chattering(occurrence: occurrence.id, edges: edges)
            write(subject, .gateway, at: now.wall, .alarm(event))
        }
        escalate(occurrence, subject, repeats)
        if let ticket = subject.ticket { attach(to: ticket, limit: Self.evidenceLimit - 2, evidence) }
        guard case .new = landing else { return }
        // In the order of telling.
        write(subject, .desk, at: now.wall, .deskAccepted(receivedAt: now.wall, authorisation: authorisation))
        write(subject, .desk, at: now.wall, .policyBound(book.promises.documents.binding))
    }

    /// Keeps the hour after a ticket.
    mutating func attachHourAfter(to ticket: TicketID, _ make: (TicketID) -> NewEvidence?) {
        attach(to: ticket, limit: Self.evidenceLimit, make)
    }

    private mutating func attach(to ticket: TicketID, limit: Int, _ make: (TicketID) -> NewEvidence?) {
        guard book.tickets[ticket]?.evidence.count ?? 0 < limit, let new = make(ticket) else { return }
        evidence.append(new.bytes)
        let hash = ChainHash.of(new.bytes).description
        let fact = FactEvent.evidenceAttached(sha256: hash, title: new.title, part: new.part)
        write(.ticket(ticket), .gateway, at: now.wall, fact)
    }

    private mutating func escalate(
        _ occurrence: AlarmOccurrence, _ subject: Subject, _ repeats: (count: Int, window: Milliseconds)
    ) {
        let since = now.wall - repeats.window
        let count = book.raiseCount(of: occurrence, since: since)
        guard count >= repeats.count, let ticket = subject.ticket.flatMap({ book.tickets[$0] }), !ticket.isEscalated
        else { return }
        let earlier = book.earlierOccurrences(of: occurrence, since: since)
            .filter { ticket.occurrences[$0] == nil }
        if !earlier.isEmpty { write(subject, .gateway, at: now.wall, .alarm(.repeatsCounted(earlier))) }
        let event = AlarmEvent.escalated(occurrences: count, window: repeats.window)
        write(subject, .gateway, at: now.wall, .alarm(event))
    }

    /// The messages that are due now.
    mutating func writeMessages(site: SiteID) {
        for message in book.notificationPlan(at: now.wall).messages(at: now.wall) {
            write(.site(site), .desk, at: now.wall, .notificationDue(message))
        }
    }

    /// Every clock step that is due, at the instant at which it was due.
    mutating func writeDueSteps() {
        var written = 0
        while written < Self.stepLimit {
            let due = book.promises.due(at: now.wall)
            guard !due.isEmpty else { return }
            for fact in due {
                write(fact.subject, .desk, at: fact.dueAt, fact.event)
                written += 1
            }
        }
    }

    func proposal(replacing old: TicketBook, answered: Int, answersIdentities: Bool = false) -> Proposal {
        var opened: [FaultKey: TicketID] = [:]
        var closed: [TicketID] = []
        for id in Set(facts.compactMap(\.ticket)) {
            let wasOpen = old.tickets[id]?.isOpen ?? false
            guard let ticket = book.tickets[id], ticket.isOpen != wasOpen else { continue }
            if !ticket.isOpen {
                closed.append(id)
            } else if let key = ticket.key {
                opened[key] = id
            }
        }
        return Proposal(
            facts: facts, evidence: evidence, opened: opened, closed: closed, next: book, answered: answered,
            answersIdentities: answersIdentities, proposedAt: now)
    }
}

extension AlarmOccurrence {
    fileprivate init(_ transition: AlarmTransition, id: OccurrenceID) {
        self.init(
            id: id, device: transition.device, alarm: transition.alarm, fault: transition.fault,
            place: transition.place, faultClass: transition.faultClass, severity: transition.severity,
            routing: transition.routing, explanation: transition.explanation, state: transition.state,
            confidence: transition.confidence, isDoubtful: transition.isDoubtful)
    }

    var alarmPlace: AlarmPlace { AlarmPlace(alarm: alarm, place: place) }

    /// A notice about data is never a warranty ticket, nor is what nobody understands.
    package var canOpenTicket: Bool { faultClass != .frozen && !isDoubtful }
}
