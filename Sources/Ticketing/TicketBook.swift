package import ServiceLevel
package import Terms

/// An alarm that is active now.
package struct ActiveOccurrence: Sendable, Equatable {
    package var occurrence: AlarmOccurrence
    package var raised: Stamp
    /// The ticket that it is attached to, once its fault was opened.
    package var ticket: TicketID?
    /// How often its condition had come when it was last told that it chatters; nil while it does not.
    package var chatterEdges: Int?
}

/// Every ticket and every active alarm of one site: a fold over the site's facts.
///
/// The book decides nothing by itself. It is asked what a new fact would do, and changes only when it adopts facts
/// that are already in the ledger.
package struct TicketBook: Sendable {
    package let site: SiteID
    /// The policy that new tickets are bound to.
    package private(set) var policy: SupportPolicy
    /// Every policy that some ticket is bound to, by the document's hash.
    private var boundPolicies: [String: SupportPolicy]
    package private(set) var tickets: [TicketID: Ticket] = [:]
    /// Active alarms, by occurrence.
    package private(set) var active: [OccurrenceID: ActiveOccurrence] = [:]
    /// The newest serial that each device told.
    package private(set) var serials: [DeviceName: String] = [:]
    private var facts: [TicketID: [Fact]] = [:]
    private var writtenSteps: [TicketID: Set<WrittenStep>] = [:]
    /// When the next unwritten step of a ticket falls due.
    private var nextStepByTicket: [TicketID: Instant] = [:]
    /// When the next unwritten step of any ticket falls due.
    package private(set) var nextStepDue: Instant?
    /// The newest ticket of each fault key.
    private var newestByKey: [FaultKey: TicketID] = [:]
    /// How often each alarm was raised in all, and its newest raises.
    private var raises: [String: (count: Int, newest: [Instant])] = [:]
    private var highestNumber = 0
    /// The ids of all calls that some message answers.
    private var toldCalls: Set<String> = []
    /// The newest messages.
    private var messages: [NotificationPlan.Sent] = []
    /// What became of every message that is due.
    package private(set) var outbox = Outbox()
    /// How the devices were used.
    package private(set) var usage = UsageBook()

    /// How many newest raises of one alarm are remembered for the repeat rule.
    private static let rememberedRaises = 8

    private struct WrittenStep: Hashable {
        var cycle: Int
        var clock: Clock
        var kind: ClockStep.Kind
    }

    package init(site: SiteID, policy: SupportPolicy, boundPolicies: [SupportPolicy] = []) {
        self.site = site
        self.policy = policy
        self.boundPolicies = Dictionary((boundPolicies + [policy]).map { ($0.documentHash, $0) }) { first, _ in first }
    }

    /// Binds new tickets to another policy; tickets that exist keep theirs.
    package mutating func use(_ policy: SupportPolicy) {
        self.policy = policy
        boundPolicies[policy.documentHash] = policy
    }

    /// Takes facts that are in the ledger, in the ledger's order.
    package mutating func adopt(_ new: [Fact]) {
        // The tickets that are spoken of, with their new facts.
        var places: [TicketID: Int] = [:]
        var touched: [(id: TicketID, facts: [Fact])] = []
        for fact in new {
            register(fact)
            guard let id = fact.ticket else { continue }
            if let place = places[id] {
                touched[place].facts.append(fact)
            } else {
                places[id] = touched.count
                touched.append((id, [fact]))
            }
        }
        for (id, facts) in touched {
            highestNumber = max(highestNumber, id.number ?? 0)
            tell(facts, of: id)
            nextStepByTicket[id] = tickets[id].flatMap { unwrittenSteps(of: $0).map(\.dueAt).min() }
        }
        nextStepDue = nextStepByTicket.values.min()
    }

    /// A ticket that is new, and one whose facts did not come in their order, is told anew as a whole.
    private mutating func tell(_ new: [Fact], of id: TicketID) {
        if facts[id]?.append(contentsOf: new) == nil { facts[id] = new }
        guard tickets[id] != nil else { return refold(id) }
        let policy = policy(of: id)
        for fact in new {
            guard tickets[id]?.append(fact, policy: policy) == true else { return refold(id) }
        }
    }

    private mutating func register(_ fact: Fact) {
        outbox.adopt(fact)
        switch fact.event {
        case .usage(let event): usage.adopt(event)
        case .deviceIdentified(let device, let serial, _):
            serials[device] = serial
        case .alarmRaised(let occurrence):
            active[occurrence.id] = ActiveOccurrence(occurrence: occurrence, raised: fact.stamp, ticket: nil)
            Self.remember(fact.at, in: &raises[occurrence.place(of: occurrence.device), default: (0, [])])
        case .alarmCleared(let id, _):
            active[id] = nil
        case .faultOpened(let key, let occurrence):
            active[occurrence.id]?.ticket = fact.ticket
            if let id = fact.ticket, (newestByKey[key]?.number ?? 0) <= (id.number ?? 0) { newestByKey[key] = id }
        case .alarm(.chattering(let id, let edges)):
            active[id]?.chatterEdges = edges
        case .alarm(.quiet(let id, _)):
            active[id]?.chatterEdges = nil
        case .alarm(.attached(let occurrence, _, _)):
            active[occurrence.id]?.ticket = fact.ticket
        case .notificationDue(let message):
            toldCalls.formUnion(message.calls)
            let sent = NotificationPlan.Sent(at: fact.at, isUrgent: message.isUrgent)
            messages = (messages + [sent]).suffix(NotificationPlan.most)
        case .warned(let clock, let percent, let cycle):
            note(WrittenStep(cycle: cycle, clock: clock, kind: .warning(percent)), of: fact)
        case .breached(let clock, let cycle):
            note(WrittenStep(cycle: cycle, clock: clock, kind: .breach), of: fact)
        default: break
        }
    }

    private static func remember(_ raise: Instant, in raised: inout (count: Int, newest: [Instant])) {
        raised.count += 1
        if raised.newest.count == rememberedRaises { raised.newest.removeFirst() }
        raised.newest.append(raise)
    }

    private mutating func note(_ step: WrittenStep, of fact: Fact) {
        if let id = fact.ticket { writtenSteps[id, default: []].insert(step) }
    }

    private mutating func refold(_ id: TicketID) {
        let all = facts[id] ?? []
        tickets[id] = Ticket(id: id, facts: all, policy: policy(of: all))
    }

    private func unwrittenSteps(of ticket: Ticket) -> [ClockStep] {
        let policy = policy(of: ticket.id)
        let written = writtenSteps[ticket.id] ?? []
        var steps: [ClockStep] = []
        for clock in Clock.allCases {
            // Most clocks of most tickets wait.
            guard let span = ticket.spans[clock], span.start != nil else { continue }
            for step in policy.steps(of: clock, span: span) {
                let isOver = clock == .remoteSupport && step.kind == .breach && ticket.isRemoteSupportOver
                let isWritten = written.contains(WrittenStep(cycle: ticket.cycle, clock: clock, kind: step.kind))
                if !isOver, !isWritten { steps.append(step) }
            }
        }
        return steps
    }

    private func policy(of facts: [Fact]) -> SupportPolicy {
        for fact in facts {
            if case .policyBound(_, _, let hash) = fact.event { return boundPolicies[hash] ?? policy }
        }
        return policy
    }

    /// The policy that a ticket is bound to.
    package func policy(of id: TicketID) -> SupportPolicy { policy(of: facts[id] ?? []) }
}

extension TicketBook {
    /// Where a fault lands.
    package enum Landing: Equatable, Sendable {
        /// On the ticket that has the key: open, or closed within the reopen window.
        case existing(TicketID)
        case new(TicketID)
    }

    /// Where a fault with this key would land at `at`.
    package func landing(for key: FaultKey, at: Instant) -> Landing {
        if let id = newestByKey[key], let ticket = tickets[id] {
            guard let closedAt = ticket.closedAt else { return .existing(id) }
            if at < closedAt + policy(of: id).reopenWindow { return .existing(id) }
        }
        return .new(TicketID(site: site, number: highestNumber + 1))
    }

    /// The id of the next occurrence of an alarm: `pack-2/cellTemperatureHigh/7#3`.
    package func nextOccurrence(device: DeviceName, alarm: String, place: Int?) -> OccurrenceID {
        let name = alarmPlace(device: device, alarm: alarm, place: place)
        return OccurrenceID("\(name)#\((raises[name]?.count ?? 0) + 1)")
    }

    /// How often this alarm was raised at or after `since`; counts at most the newest eight.
    package func raiseCount(of occurrence: AlarmOccurrence, since: Instant) -> Int {
        raises[occurrence.place(of: occurrence.device)]?.newest.filter { $0 >= since }.count ?? 0
    }

    /// The occurrences of this alarm before the newest one, raised at or after `since`; at most the newest seven.
    package func earlierOccurrences(of occurrence: AlarmOccurrence, since: Instant) -> [OccurrenceID] {
        let name = occurrence.place(of: occurrence.device)
        guard let raised = raises[name] else { return [] }
        let first = raised.count - raiseCount(of: occurrence, since: since) + 1
        return (first..<max(first, raised.count)).map { OccurrenceID("\(name)#\($0)") }
    }

    /// What nobody was told yet, and which messages went out before.
    package func notificationPlan(at now: Instant) -> NotificationPlan {
        let waiting = tickets.values.compactMap { ticket -> NotificationPlan.Waiting? in
            let untold = ticket.isOpen ? ticket.calls.filter { !toldCalls.contains($0.id) } : []
            guard !untold.isEmpty, !ticket.isShelved(at: now), let routing = ticket.occurrence?.routing else {
                return nil
            }
            let isUrgent = untold.contains { $0.kind == .safety || $0.kind == .opened && ticket.concernsSafety }
            return NotificationPlan.Waiting(ticket: ticket.id, calls: untold, routing: routing, isUrgent: isUrgent)
        }
        return NotificationPlan(waiting: waiting, sent: messages)
    }

    /// When somebody is to be told something, if nothing else happens.
    package func nextNotificationDue(after now: Instant) -> Instant? {
        let shelves = tickets.values.filter { ticket in
            ticket.isOpen && ticket.isShelved(at: now) && ticket.calls.contains { !toldCalls.contains($0.id) }
        }.compactMap(\.shelvedUntil)
        return (shelves + [notificationPlan(at: now).nextDue(after: now)].compactMap { $0 }).min()
    }

    /// The steps that are due at `now` and not yet written, with the ticket they belong to, in order of time.
    package func dueSteps(at now: Instant) -> [(ticket: Ticket, step: ClockStep)] {
        nextStepByTicket.filter { $0.value <= now }.keys
            .compactMap { tickets[$0] }
            .flatMap { ticket in unwrittenSteps(of: ticket).map { (ticket, $0) } }
            .filter { $0.1.dueAt <= now }
            .sorted { ($0.1.dueAt, $0.0.id.number ?? 0) < ($1.1.dueAt, $1.0.id.number ?? 0) }
    }
}

extension Ticket {
    /// Its end is written as RemoteTimedOut, or something else ended it first: neither is a breach to be written.
    fileprivate var isRemoteSupportOver: Bool { spans[.remoteSupport]?.stop != nil }
}

private func alarmPlace(device: DeviceName, alarm: String, place: Int?) -> String {
    "\(device.text)/\(alarm)" + (place.map { "/\($0)" } ?? "")
}

extension AlarmOccurrence {
    fileprivate func place(of device: DeviceName) -> String {
        alarmPlace(device: device, alarm: alarm, place: place)
    }
}
