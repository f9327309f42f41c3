import Engine
import ServiceLevel
import Terms
import Testing
import Ticketing

/// A home without devices, whose people are busy: an engine, and a ledger that is an array.
final class ServiceDesk {
    private(set) var ledger: [Fact]
    private var engine: SiteEngine
    private(set) var now: Stamp
    private let promise: Promise

    static let site = SiteID("home-1")
    static let start = Instant(milliseconds: 1_780_000_000_000)

    /// What is promised: hours, working days and visits.
    static func promise(_ calendar: WorkCalendar? = nil) -> Promise {
        var policy = EngineTests.promise
        policy.rules[.contractSigning] = .init(limit: .workingDays(2), warnings: [.lastDay])
        policy.rules[.delivery] = .init(limit: .agreed, warnings: [.daysBefore(3), .daysBefore(1)])
        policy.rules[.followUpVisit] = .init(limit: .agreed, warnings: [.daysBefore(30), .daysBefore(7)])
        policy.followUps = FollowUpPlan(days: [7, 30], months: [6], isYearly: true, daysBeforeWarrantyEnds: 90)
        policy.reminders = [.days(1), .days(2), .days(4), .days(8)]
        return Promise(policy: policy, calendar: calendar, zone: LocalZone(name: "Europe/Berlin"))
    }

    init(ledger: [Fact] = [], at wall: Instant = ServiceDesk.start, promise: Promise = ServiceDesk.promise()) {
        self.ledger = ledger
        self.promise = promise
        now = Stamp(boot: BootID(high: 0, low: 1), boottime: Boottime(nanoseconds: 0), wall: wall, trust: .synced)
        engine = SiteEngine(
            site: Self.site, zone: "Europe/Berlin", authorisation: nil,
            documents: PromiseDocuments(current: promise), history: ledger, devices: [], at: now)
    }

    /// The process begins again at another instant, perhaps with a next calendar.
    func restarted(at wall: Instant, promise: Promise? = nil) -> ServiceDesk {
        ServiceDesk(ledger: ledger, at: wall, promise: promise ?? self.promise)
    }

    var book: TicketBook { engine.book }

    /// Lets time pass; the engine is looked at when it asks for it.
    func wait(_ time: Milliseconds) {
        let end = now.wall + time
        while now.wall < end {
            let due = engine.nextTick(after: now).map { $0 - now.boottime } ?? (end - now.wall)
            pass(min(max(Milliseconds(1), due), end - now.wall))
            look()
        }
    }

    /// Lets time pass in one step, as when nobody looked meanwhile.
    func jump(_ time: Milliseconds) {
        pass(time)
        look()
    }

    func look() { write(engine.tick(at: now)) }

    /// The wall clock is another from now on, or is believed otherwise.
    func trust(_ trust: ClockTrust, at wall: Instant? = nil) {
        now.trust = trust
        if let wall { now.wall = wall }
    }

    /// The wall clock shows another time than the box believes.
    func show(_ wall: Instant) { now.shown = wall }

    /// What is known of earlier stamps from now on.
    func know(_ span: @escaping @Sendable (Stamp) -> TimeSpan?) { engine.span = span }

    func timeStarts(_ span: @escaping @Sendable (Stamp) -> TimeSpan?) {
        know(span)
        write(engine.timeStarts(at: now))
    }

    private func pass(_ time: Milliseconds) {
        now.wall = now.wall + time
        now.boottime = now.boottime + time
    }

    @discardableResult
    func enter(_ subject: Subject?, _ event: FactEvent, at: Instant? = nil) throws -> Fact? {
        let text = DeskEntry(subject: subject, event: event, at: at).text
        let proposal = try engine.record(try DeskEntry(text: text, isNow: at == nil), at: now)
        write(proposal)
        return proposal.facts.first
    }

    /// Somebody at home presses the button on the page; the ticket on which it lands.
    @discardableResult
    func press(_ words: String? = nil) throws -> TicketID? {
        let proposal = try engine.pressButton(words: words, at: now)
        write(proposal)
        return proposal.facts.first?.ticket
    }

    func snapshot(of ticket: TicketID) -> TicketSnapshot? { engine.snapshot(of: ticket, at: now) }

    func act(_ ticket: TicketID, _ action: TicketAction) throws {
        write(
            try engine.act(
                TicketCommand(ticket: ticket, action: action, author: "ana", at: nil, evidence: nil), at: now))
    }

    func tell(_ event: FactEvent, of subject: Subject, _ writer: Writer = .gateway) {
        ledger.append(Fact(subject: subject, writer: writer, at: now.wall, recordedBy: now, event: event))
        self.engine = SiteEngine(
            site: Self.site, zone: "Europe/Berlin", authorisation: nil,
            documents: PromiseDocuments(current: promise), history: ledger, devices: [], at: now)
    }

    func check(_ roster: OnCallRoster) { write(engine.rosterGaps(roster, at: now)) }
    func rebind() { write(engine.rebindings(at: now)) }
    func orders() -> [OrderSnapshot] { engine.orders(at: now) }
    func home() -> HomeSnapshot { engine.home(at: now) }

    private func write(_ proposal: Proposal?) {
        guard let proposal else { return }
        ledger += proposal.facts
        engine.adopt(proposal)
    }

    /// The ids of everything that somebody was told.
    var told: [String] {
        ledger.flatMap { fact -> [String] in
            if case .notificationDue(let message) = fact.event { message.calls } else { [] }
        }
    }

    /// The ids of written breaches.
    var breaches: [String] {
        ledger.compactMap { fact in
            guard case .breached(let run) = fact.event else { return nil }
            return RunStep(run: run, kind: .breach, dueAt: nil).id(of: fact.subject)
        }
    }
}
