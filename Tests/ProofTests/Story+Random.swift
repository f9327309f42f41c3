import ServiceLevel
import Terms
import TestPeers
import Ticketing

/// Random stories: mostly what follows, mixed with what should not be.
extension Story {
    static let tickets = (1...4).map { TicketID(site: site, number: $0) }
    /// Named now and then, and never opened.
    static let stranger = TicketID("home-1.9")

    init(seed: UInt64) {
        self.init(empty: seed)
        let main = dice.one(of: Self.tickets)
        if dice.happens(onceIn: 10) { merge(dice.one(of: Self.tickets)) }
        open(main)
        if !dice.happens(onceIn: 8) { bind(main) }
        for _ in 0..<(12 + dice.roll(36)) {
            pass()
            if dice.happens(onceIn: 12) { isClockTrusted.toggle() }
            if dice.happens(onceIn: 4) { writeDue() }
            if dice.happens(onceIn: 20) { write(dice.one(of: facts)) }
            step(dice.happens(onceIn: 3) ? dice.one(of: Self.tickets) : main)
        }
        // Arrival does not matter.
        if dice.happens(onceIn: 4) {
            for _ in 0..<5 { swap(dice.roll(facts.count), dice.roll(facts.count)) }
        }
    }

    private mutating func pass() {
        let lengths: [Milliseconds] = [
            .zero, .zero, Milliseconds(1), .minutes(10), .minutes(10), .hours(1), .hours(1), .hours(5), .hours(11),
            .hours(24), .hours(48), dice.happens(onceIn: 4) ? .days(31) : .days(3),
        ]
        now = now + dice.one(of: lengths)
    }

    /// What fell due, as the box writes it.
    private mutating func writeDue() {
        for due in book.due(at: now).prefix(6) { write(due.subject, .desk, at: due.dueAt, due.event) }
    }

    private mutating func step(_ id: TicketID) {
        switch dice.roll(15) {
        case 0...6: follow(id)
        case 7: tellAlarm(id)
        case 12: openFault(id)
        case 13: playScene(id)
        case 8: tellOfSomethingElse(id)
        case 9: act(id)
        case 10: link(id)
        case 14: timeStart(id)
        default: support(id)
        }
    }

    /// What a ticket waits for.
    private mutating func follow(_ id: TicketID) {
        switch book.ticket(id)?.state {
        case nil: open(id)
        // Some things are no step of the life cycle, and happen beside it.
        case _ where book.ticket(id)?.isShelved(at: now) == true && dice.happens(onceIn: 2): shelve(id)
        case _ where dice.happens(onceIn: 6):
            switch dice.roll(5) {
            case 0: shelve(id)
            case 1: excuse(id)
            case 2: cancel(id)
            default: decide(id)
            }
        case .draft, .tendered: dice.happens(onceIn: 3) ? accept(id) : tender(id)
        case .received: dice.happens(onceIn: 8) ? write(.ticket(id), .gateway, .intake(.autoReceiptSent)) : respond(id)
        case .remoteSupport: dice.happens(onceIn: 3) ? helpRemotely(id) : endRemoteSupport(id)
        case .awaitingOnSite, .onSiteDiagnosis: dice.happens(onceIn: 3) ? diagnose(id) : visit(id)
        case .diagnosed, .eliminating:
            switch dice.roll(4) {
            case 0: eliminate(id)
            case 1: charge(id)
            case 2: deliver(id)
            default: work(id)
            }
        case .eliminated: dice.happens(onceIn: 5) ? openFault(id) : report(id)
        case .reported: dice.happens(onceIn: 3) ? doubt(id) : close(id)
        case .closed, .cancelled: dice.happens(onceIn: 2) ? open(id) : doubt(id)
        case .merged: dice.happens(onceIn: 2) ? tellAlarm(id) : support(id)
        }
    }

    // MARK: - Links

    mutating func open(_ id: TicketID) {
        switch dice.roll(5) {
        case 0: accept(id)
        case 1: complain(id)
        default: openFault(id)
        }
    }

    mutating func openFault(_ id: TicketID) {
        // Mostly the fault that the ticket is about.
        let own = (Self.tickets.firstIndex(of: id) ?? 0) % 3
        let key = dice.happens(onceIn: 4) ? dice.roll(Self.keys.count) : own
        let fault = occurrence(key, 1 + dice.roll(3), randomRouting())
        if dice.happens(onceIn: 4) { write(.site(Self.site), .gateway, .alarmRaised(fault)) }
        write(.ticket(id), .gateway, .faultOpened(key: Self.keys[key], occurrence: fault))
    }

    mutating func complain(_ id: TicketID) {
        let ago: Milliseconds = dice.one(of: [.zero, .zero, .minutes(10), .hours(3), .days(6)])
        let named: TicketID? = dice.happens(onceIn: 2) ? nil : dice.one(of: Self.tickets + [Self.stranger])
        let report = UserReport(
            channel: dice.one(of: Channel.allCases), receivedAt: now - ago, ticket: named,
            words: dice.happens(onceIn: 2) ? "es piept" : nil, author: dice.happens(onceIn: 2) ? "Li" : nil)
        write(.ticket(id), dice.one(of: [.user, .desk]), .intake(.userReported(report)))
    }

    /// The box learned when the promise began, or says so.
    private mutating func timeStart(_ id: TicketID) {
        let start = now - dice.one(of: [.zero, .minutes(10), .hours(1), .days(3)])
        let earliest = start - dice.one(of: [.zero, .hours(2), .zero - .hours(1)])
        write(.ticket(id), .desk, .intake(.startTimed(start: start, earliest: earliest)))
    }

    mutating func accept(_ id: TicketID) {
        let ago: Milliseconds = dice.one(of: [.zero, .zero, .minutes(1), .hours(2)])
        write(
            .ticket(id), .desk,
            .deskAccepted(
                receivedAt: now - ago, authorisation: dice.happens(onceIn: 2) ? "2026-05-04" : nil,
                isReceiptValid: !dice.happens(onceIn: 6)))
    }

    mutating func tender(_ id: TicketID) {
        write(
            .ticket(id), .gateway,
            .intake(.tenderAttempted(dice.one(of: TenderOutcome.allCases), wanProof: dice.happens(onceIn: 2))))
    }

    mutating func merge(_ id: TicketID) {
        let survivor = dice.one(of: Self.tickets + [Self.stranger])
        write(
            .ticket(id), dice.one(of: [.gateway, .desk, .desk]),
            .act(.mergedInto(survivor), by: Signature(author())))
    }

    mutating func bind(_ id: TicketID) {
        let calendar: Int? = dice.happens(onceIn: 2) ? dice.roll(2) : nil
        let zone: String? = dice.happens(onceIn: 4) ? nil : dice.one(of: StoryDocuments.zones)
        let ago: Milliseconds = dice.one(of: [.zero, .zero, .hours(4)])
        write(
            .ticket(id), .desk, at: now - ago,
            .policyBound(Self.binding(policy: dice.happens(onceIn: 3) ? 1 : 0, calendar: calendar, zone: zone)))
    }

    private mutating func link(_ id: TicketID) {
        switch dice.roll(6) {
        case 0, 1: merge(id)
        case 2, 3: complain(id)
        case 4: openFault(dice.one(of: Self.tickets))
        default: bind(id)
        }
    }

    // MARK: - Words

    /// Mostly now; sometimes about the past, with or without evidence.
    mutating func when() -> (at: Instant, evidence: String?) {
        let proof: String? = dice.one(of: [nil, nil, "", "call-17"])
        guard dice.happens(onceIn: 4) else { return (now, proof) }
        let ago: [Milliseconds] = [.minutes(14), .minutes(15), Milliseconds(900_001), .hours(1), .hours(3), .hours(30)]
        return (now - dice.one(of: ago), proof)
    }

    /// Mostly somebody.
    mutating func author() -> String { dice.happens(onceIn: 12) ? "" : "Ana" }

    mutating func randomRouting() -> Routing {
        dice.happens(onceIn: 3) ? dice.one(of: [.k0, .k2, .k3, .k4, .k5, .k6, .k7]) : .k1
    }
}
