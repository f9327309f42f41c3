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

/// One site as its facts tell it: the promise of its tickets, orders and visits, the alarms that are active, and what
/// people were told.
///
/// The book decides nothing by itself. It is asked what a new fact would do, and changes only when it adopts facts
/// that are already in the ledger.
package struct TicketBook: Sendable {
    package let site: SiteID
    /// The tickets, orders and visits with their clocks.
    package private(set) var promises: PromiseBook
    /// Active alarms, by occurrence.
    package private(set) var active: [OccurrenceID: ActiveOccurrence] = [:]
    /// The newest serial that each device told.
    package private(set) var serials: [DeviceName: String] = [:]
    /// How often each alarm was raised in all, and its newest raises.
    private var raises: [String: (count: Int, newest: [Instant])] = [:]
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

    package init(site: SiteID, documents: PromiseDocuments) {
        self.site = site
        promises = PromiseBook(documents: documents)
    }

    package var tickets: [TicketID: Ticket] { promises.tickets }

    /// Applies to new tickets; tickets that exist keep what they are bound to.
    package mutating func use(_ promise: Promise) { promises.use(promise) }

    /// Takes facts that are in the ledger, in the ledger's order.
    package mutating func adopt(_ new: [Fact]) {
        // Both at once: a long history is more than the processor's memory holds.
        for fact in new {
            register(fact)
            promises.take(fact)
        }
        promises.tellTaken()
    }

    private mutating func register(_ fact: Fact) {
        guard fact.roles.contains(.site) else { return }
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
        case .faultOpened(_, let occurrence):
            active[occurrence.id]?.ticket = fact.ticket
        case .alarm(.chattering(let id, let edges)):
            active[id]?.chatterEdges = edges
        case .alarm(.quiet(let id, _)):
            active[id]?.chatterEdges = nil
        case .alarm(.attached(let occurrence, _, _)):
            active[occurrence.id]?.ticket = fact.ticket
        case .notificationDue(let message):
            for call in message.calls { toldCalls.insert(call) }
            if messages.count == NotificationPlan.most { messages.removeFirst() }
            messages.append(NotificationPlan.Sent(at: fact.at, isUrgent: message.isUrgent))
        default: break
        }
    }

    private static func remember(_ raise: Instant, in raised: inout (count: Int, newest: [Instant])) {
        raised.count += 1
        if raised.newest.count == rememberedRaises { raised.newest.removeFirst() }
        raised.newest.append(raise)
    }
}

extension TicketBook {
    /// Where a fault lands.
    package enum Landing: Equatable, Sendable {
        /// On the ticket that has the key: open, or closed within the reopen window.
        case existing(TicketID)
        case new(TicketID)
    }

    /// Where a fault with this key would land at `at`.
    ///
    /// - Parameter proposed: an open ticket that is to take it, unless its key has an open one.
    package func landing(for key: FaultKey, proposed: TicketID? = nil, at: Instant) -> Landing {
        if let id = promises.landing(of: key, proposed: proposed, at: at) { return .existing(id) }
        return .new(nextTicket)
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

    /// The number of the next ticket. Never used twice.
    package var nextTicket: TicketID { TicketID(site: site, number: promises.highestTicketNumber + 1) }

    /// What nobody was told yet, and which messages went out before.
    package func notificationPlan(at now: Instant) -> NotificationPlan {
        var waiting = tickets.values.compactMap { ticket -> NotificationPlan.Waiting? in
            guard !ticket.isShelved(at: now) else { return nil }
            let calls = untold(ticket.calls(reminding: promises.promise(of: .ticket(ticket.id)), at: now))
            guard ticket.isOpen, !calls.isEmpty else { return nil }
            let isUrgent = calls.contains { $0.kind == .safety || $0.kind == .opened && ticket.concernsSafety }
            // What the user reported, and no alarm, concerns both sides.
            let audience = ticket.occurrence?.routing.audience ?? [.user, .support]
            return NotificationPlan.Waiting(.ticket(ticket.id), calls: calls, audience: audience, isUrgent: isUrgent)
        }
        let others = promises.orders.values.map { (Subject.order($0.id), $0.calls) }
            + promises.sites.values.map { (Subject.site($0.id), $0.calls) }
        for (subject, calls) in others {
            let calls = untold(calls)
            guard !calls.isEmpty else { continue }
            waiting.append(NotificationPlan.Waiting(subject, calls: calls, audience: [.support], isUrgent: false))
        }
        return NotificationPlan(waiting: waiting, sent: messages)
    }

    private func untold(_ calls: [NotificationCall]) -> [NotificationCall] {
        calls.filter { !toldCalls.contains($0.id) }
    }

    /// When somebody is to be told something, if nothing else happens.
    package func nextNotificationDue(after now: Instant) -> Instant? {
        var moments = [notificationPlan(at: now).nextDue(after: now)].compactMap { $0 }
        for ticket in tickets.values where ticket.isOpen {
            if ticket.isShelved(at: now), !untold(ticket.calls).isEmpty, let until = ticket.shelvedUntil {
                moments.append(until)
            }
            if let next = ticket.nextReminder(promises.promise(of: .ticket(ticket.id)), after: now) {
                moments.append(next)
            }
        }
        return moments.min()
    }
}

extension Ticket {
    /// Since when nobody has taken notice of the present cycle; nil where somebody has.
    private var silentSince: Instant? {
        guard isOpen, acknowledgedAt == nil, !hasResponse else { return nil }
        return calls.first { $0.kind == .opened }?.at
    }

    /// What somebody is to be told as of `now`, with the reminders that the silence has earned.
    fileprivate func calls(reminding promise: Promise, at now: Instant) -> [NotificationCall] {
        guard let since = silentSince else { return calls }
        let reminders = promise.policy.reminders.filter { since + $0 <= now }
        return calls + reminders.map {
            NotificationCall(.ticket(id), cycle: cycle, kind: .reminder($0), at: since + $0)
        }
    }

    /// When the silence earns the next reminder.
    fileprivate func nextReminder(_ promise: Promise, after now: Instant) -> Instant? {
        guard let since = silentSince else { return nil }
        return promise.policy.reminders.map { since + $0 }.first { $0 > now }
    }
}

private func alarmPlace(device: DeviceName, alarm: String, place: Int?) -> String {
    "\(device.text)/\(alarm)" + (place.map { "/\($0)" } ?? "")
}

extension AlarmOccurrence {
    fileprivate func place(of device: DeviceName) -> String {
        alarmPlace(device: device, alarm: alarm, place: place)
    }
}
