internal import Engine
internal import ServiceLevel
internal import Terms
internal import Ticketing

/// What must hold after every step, whatever happened. The checks keep a book of their own, which takes what the
/// ledger took and nothing else, and they know the true time, which the box does not. The first violation stays.
final class Checks {
    private(set) var violation: Violation?
    /// What the ledger comes to.
    private(set) var book: TicketBook
    private(set) var facts = 0
    private(set) var time: VirtualTime
    /// When the box was last kept from its work: dead, refused by its disk, or set to another time.
    var disturbedAt = Milliseconds.zero
    /// When somebody was last kept from being told.
    var untoldAt = Milliseconds.zero
    /// Tickets that facts of the present step speak of, and those that more than the time has moved.
    private var touched: Set<TicketID> = []
    private var moved: Set<TicketID> = []
    /// The open ticket of each fault, by facts alone.
    private var openTickets: [FaultKey: TicketID] = [:]
    /// Whether a report was delivered in the ticket's present cycle.
    private var reported: [TicketID: (cycle: Int, isDelivered: Bool)] = [:]
    /// When each active alarm came up, and whether it was written at once.
    var raised: [OccurrenceID: (at: Milliseconds, boot: BootID, isPrompt: Bool)] = [:]
    /// Alarms of their places that came up, for the rule of repeats.
    var raises: [String: Int] = [:]
    var elapsedOfClocks: [RunningClock: Milliseconds] = [:]
    var messages: [Milliseconds] = []
    var happenings: [Happening] = []
    let documents: RehearsalDocuments
    private var auditedAt = Milliseconds.zero
    /// When the newest fact was recorded, by what the box took for the time.
    private var recordedAt: Instant?
    private var clocksAt = Milliseconds.zero

    init(_ documents: RehearsalDocuments, time: VirtualTime) {
        self.documents = documents
        self.time = time
        book = TicketBook(
            site: RehearsedBox.site, documents: PromiseDocuments(current: Promise(policy: documents.policy)))
    }

    func fail(_ rule: Violation.Rule, _ words: String) {
        if violation == nil { violation = Violation(rule: rule, at: time.elapsed, words: words) }
    }

    /// A step of the run begins.
    func begin(at time: VirtualTime) {
        take(time)
        touched.removeAll(keepingCapacity: true)
        moved.removeAll(keepingCapacity: true)
    }

    /// What the clocks show has changed, perhaps by a jump.
    func take(_ time: VirtualTime) {
        self.time = time
        if time.setAt == time.elapsed { disturbedAt = time.elapsed }
    }

    // MARK: - What is written

    /// Takes facts that are in the ledger.
    func commit(_ new: [Fact]) {
        facts += new.count
        touched.formUnion(new.compactMap(\.ticket))
        moved.formUnion(new.filter { !$0.event.isStep }.compactMap(\.ticket))
        let wasOpen = Set(new.compactMap(\.ticket)).filter { book.tickets[$0]?.isOpen ?? false }
        for fact in new {
            checkTicket(of: fact)
            checkOrder(of: fact)
        }
        book.adopt(new)
        for fact in new {
            checkReport(fact, wasOpen: wasOpen)
            checkAlarm(fact)
            checkLateness(fact)
            checkMessage(fact)
        }
    }

    /// One open ticket for each fault, by what stands in the ledger.
    private func checkTicket(of fact: Fact) {
        guard case .faultOpened(let key, _) = fact.event, let ticket = fact.ticket else { return }
        if let open = openTickets[key], open != ticket, book.tickets[open]?.isOpen ?? true {
            fail(.doubledTicket, "\(key) has the open ticket \(open), and \(ticket) is opened")
        }
        openTickets[key] = ticket
    }

    /// Whatever happens to the clocks, what is on record was recorded before.
    private func checkOrder(of fact: Fact) {
        if let before = recordedAt, fact.recordedAt < before {
            fail(.backwardsClock, "\(fact.event.name) is recorded \(fact.recordedAt.rfc3339), after \(before.rfc3339)")
        }
        recordedAt = fact.recordedAt
    }

    /// A ticket closes with a report alone.
    private func checkReport(_ fact: Fact, wasOpen: Set<TicketID>) {
        guard let id = fact.ticket, let ticket = book.tickets[id] else { return }
        if reported[id].map({ $0.cycle != ticket.cycle }) ?? true { reported[id] = (ticket.cycle, false) }
        switch fact.event {
        case .statusReportDelivered(_, _, let author, _) where !author.isEmpty: reported[id]?.isDelivered = true
        case .closed where !ticket.isOpen && wasOpen.contains(id):
            if reported[id]?.isDelivered != true { fail(.closedUnreported, "\(id) was closed without a report") }
        default: return
        }
    }

    /// A step is written when it is due.
    private func checkLateness(_ fact: Fact) {
        guard fact.event.isStep else { return }
        let late = time.stamp.wall - fact.at
        guard late > .seconds(1), disturbedAt < time.elapsed - late else { return }
        // What somebody has just done may let a clock run on from a time that has passed.
        if let ticket = fact.ticket, moved.contains(ticket) { return }
        fail(.lateStep, "\(fact.sentence): \(late.text) late")
    }

    // MARK: - What is believed

    /// The engine believes what is in the ledger, after a write.
    func compare(_ engine: borrowing SiteEngine, touched new: [Fact]) {
        guard violation == nil else { return }
        for id in Set(new.compactMap(\.ticket)) where engine.book.tickets[id] != book.tickets[id] {
            return fail(.notInLedger, "the engine's ticket \(id) is not what the ledger tells")
        }
        if engine.book.active != book.active {
            fail(.notInLedger, "the engine's active alarms are not those of the ledger")
        }
        if engine.book.outbox.incomplete != book.outbox.incomplete {
            fail(.notInLedger, "the engine's outbox is not what the ledger tells")
        }
    }

    /// Everything that a book tells, against what was written.
    func compareWhole(_ other: TicketBook, _ when: String) {
        if let difference = book.difference(from: other) {
            fail(.restart, "\(when) \(difference) not what they were before")
        }
    }

    // MARK: - After each step

    /// Looks at everything that may be wrong though nothing was written.
    ///
    /// - Parameter isFree: whether the ledger takes what is due.
    func look(_ engine: borrowing SiteEngine, isFree: Bool) {
        guard violation == nil else { return }
        if engine.transitionsLost > 0 { fail(.capacity, "\(engine.transitionsLost) changes of alarms were lost") }
        lookAtTickets()
        if !touched.isEmpty || disturbedAt == time.elapsed || time.elapsed - clocksAt >= .minutes(5) {
            clocksAt = time.elapsed
            lookAtClocks()
        }
        guard isFree else { return }
        let now = time.stamp.wall
        if let due = engine.book.promises.nextDue, due <= now {
            fail(.lateStep, "a step that was due \(due.rfc3339) is not written")
        }
        if !touched.isEmpty, let due = engine.book.nextNotificationDue(after: now), due <= now {
            fail(.lateStep, "somebody was to be told, and no message is due")
        }
        guard time.elapsed - auditedAt >= .days(1) else { return }
        auditedAt = time.elapsed
        if let trouble = engine.book.promises.audit(at: now).troubles.first { fail(.audit, trouble) }
    }

    private func lookAtTickets() {
        guard !touched.isEmpty else { return }
        for id in touched {
            let count = book.tickets[id]?.evidence.count ?? 0
            if count > Self.mostEvidence { fail(.capacity, "\(id) has \(count) documents of evidence") }
        }
        let remembered = book.outbox.entries.count - book.outbox.incomplete.count
        if remembered > Self.mostRemembered { fail(.capacity, "\(remembered) delivered messages are remembered") }
    }

    /// As the engine and the outbox have it.
    private static let mostEvidence = 8
    private static let mostRemembered = 512
}

extension TicketBook {
    /// What of this site is another than in a second book: nil where nothing is.
    fileprivate func difference(from other: TicketBook) -> String? {
        if tickets != other.tickets {
            let all = Set(tickets.keys).union(other.tickets.keys).filter { tickets[$0] != other.tickets[$0] }
            return "the tickets \(all.map(\.text).sorted().joined(separator: ", ")) are"
        }
        if active != other.active { return "the active alarms are" }
        if serials != other.serials { return "the serials are" }
        if usage != other.usage { return "the days of use are" }
        if promises.nextDue != other.promises.nextDue { return "the steps that are due next are" }
        if outbox.incomplete != other.outbox.incomplete || outbox.health != other.outbox.health {
            return "the messages are"
        }
        for (id, entry) in outbox.entries
        where other.outbox.entries[id]?.progress != entry.progress || other.outbox.entries[id]?.at != entry.at {
            return "what became of \(id) is"
        }
        return nil
    }
}

extension FactEvent {
    /// Whether it is written because a clock's time has come.
    fileprivate var isStep: Bool {
        switch self {
        case .warned, .breached, .remoteTimedOut, .breachRescinded: true
        default: false
        }
    }
}
