internal import ServiceLevel
package import Terms
package import Ticketing

/// A ticket as a message tells it.
package struct TicketNews: Sendable, Equatable {
    package var ticket: TicketSnapshot
    /// Who answered the user in the present cycle; nil while nobody has.
    package var responsible: String?

    package init(ticket: TicketSnapshot, responsible: String?) {
        self.ticket = ticket
        self.responsible = responsible
    }
}

/// An order or a visit as a message tells it.
package struct CaseNews: Sendable, Equatable {
    /// Nil for a visit.
    package var order: String?
    /// `year3`; nil for an order.
    package var visit: String?
    /// It is the roster that has a gap.
    package var isRoster = false
    package var clocks: [ClockSnapshot]

    /// Whether a call speaks of it.
    package func isAbout(_ call: ToldCall) -> Bool {
        switch call.subject {
        case .order(let id): id.text == order
        case .site: isRoster ? call.visit == nil : call.visit == visit && visit != nil
        case .ticket: false
        }
    }
}

/// What is to be told, and to whom: the engine keeps the outbox, and others carry the messages.
extension SiteEngine {
    /// What follows from the outbox now.
    ///
    /// - Parameter inFlight: tries that have begun and whose end is not known.
    package func outboxPlan(inFlight: [DueDelivery] = [], at now: Instant) -> OutboxPlan {
        Self.plan(book, channels, inFlight, now)
    }

    /// Messages that go to another channel now; nil when there are none.
    package func handOvers(at now: Stamp) -> Proposal? {
        let events = outboxPlan(at: now.wall).handOvers
        guard !events.isEmpty else { return nil }
        var draft = Draft(book: book, now: now)
        for event in events { draft.write(.site(site), .desk, at: now.wall, .delivery(event)) }
        return draft.proposal(replacing: book, answered: 0)
    }

    /// What a try came to, and which messages go to another channel for it.
    package func recorded(_ event: DeliveryEvent, at now: Stamp) -> Proposal {
        var draft = Draft(book: book, now: now)
        draft.write(.site(site), .desk, at: now.wall, .delivery(event))
        for handOver in Self.plan(draft.book, channels, [], now.wall).handOvers {
            draft.write(.site(site), .desk, at: now.wall, .delivery(handOver))
        }
        return draft.proposal(replacing: book, answered: 0)
    }

    /// The tickets that a message is about, as they are now.
    package func news(of message: NotificationMessage, at now: Stamp) -> [TicketNews] {
        message.tickets.compactMap { id in
            snapshot(of: id, at: now).map { TicketNews(ticket: $0, responsible: book.tickets[id]?.responsible) }
        }
    }

    /// The orders and visits that a message is about, as they are now.
    package func cases(of message: NotificationMessage, at now: Stamp) -> [CaseNews] {
        var cases: [CaseNews] = []
        for call in message.calls.compactMap(ToldCall.init(id:)) where !cases.contains(where: { $0.isAbout(call) }) {
            switch call.subject {
            case .order(let id):
                guard let order = book.promises.orders[id] else { continue }
                let promise = book.promises.promise(of: call.subject)
                let clocks = Clock.ofOrder.map { ClockSnapshot(order.view($0, promise: promise, now: now.wall)) }
                cases.append(CaseNews(order: id.text, visit: nil, clocks: clocks))
            case .site(let id):
                guard let visit = call.visit else {
                    cases.append(CaseNews(order: nil, visit: nil, isRoster: true, clocks: []))
                    continue
                }
                guard let record = book.promises.sites[id] else { continue }
                let promise = book.promises.promise(of: call.subject)
                let view = record.view(of: visit, promise: promise, now: now.wall)
                cases.append(CaseNews(order: nil, visit: visit, clocks: view.map { [ClockSnapshot($0)] } ?? []))
            case .ticket: continue
            }
        }
        return cases
    }

    private static func plan(
        _ book: TicketBook, _ channels: [OutboxChannel], _ inFlight: [DueDelivery], _ now: Instant
    ) -> OutboxPlan {
        OutboxPlan(book.outbox, channels: channels, inFlight: inFlight, isWanted: book.isWanted, at: now)
    }

    // MARK: - For display

    /// Messages about one ticket that are shown, the newest.
    private static let shownMessages = 20

    /// How each configured channel does.
    package func channelSnapshots(_ plan: OutboxPlan) -> [ChannelSnapshot] {
        channels.map { channel in
            let health = book.outbox.health[channel.name] ?? Outbox.Health()
            return ChannelSnapshot(
                name: channel.name, audience: channel.audience.map(\.rawValue),
                isDown: health.failuresInARow >= OutboxPlan.failuresBeforeHandOver,
                waiting: plan.waiting[channel.name] ?? 0, delivered: health.delivered, failed: health.failed,
                failuresInARow: health.failuresInARow, lastDeliveredAt: health.lastDeliveredAt?.milliseconds,
                lastFailedAt: health.lastFailedAt?.milliseconds,
                nextTryAt: plan.nextByChannel[channel.name]?.milliseconds,
                reason: health.failuresInARow > 0 ? health.reason : nil)
        }
    }

    func messageSnapshots(of ticket: TicketID, _ plan: OutboxPlan) -> [MessageSnapshot] {
        book.outbox.entries(about: ticket).suffix(Self.shownMessages).map { entry in
            let told = entry.told
            let holders = plan.holders[entry.message.id] ?? []
            let names = channels.map(\.name)
            let former = entry.progress.keys.filter { !names.contains($0) }.sorted()
            return MessageSnapshot(
                id: entry.message.id, at: entry.at.milliseconds, audience: entry.message.audience.map(\.rawValue),
                told: entry.message.audience.filter(told.contains).map(\.rawValue),
                deliveries: (names + former).compactMap { name in
                    guard entry.progress[name] != nil || holders.contains(name) else { return nil }
                    return DeliverySnapshot(
                        channel: name, entry.progress[name] ?? Outbox.Progress(), isHeld: holders.contains(name))
                })
        }
    }
}

extension DeliverySnapshot {
    fileprivate init(channel: String, _ progress: Outbox.Progress, isHeld: Bool) {
        let state: State
        if !progress.told.isEmpty {
            state = .delivered
        } else if isHeld {
            state = progress.attempts == 0 ? .waiting : .retrying
        } else if progress.isRefused {
            state = .refused
        } else {
            state = progress.handedOverTo.isEmpty ? .dropped : .handedOver
        }
        self.init(
            channel: channel, state: state, attempts: progress.attempts, at: progress.lastAt?.milliseconds,
            words: progress.words)
    }
}

extension TicketBook {
    /// Whether somebody still waits for the message: a ticket of it is open, in the cycle that it speaks of.
    fileprivate func isWanted(_ message: NotificationMessage) -> Bool {
        // Most messages are about tickets that are closed: their calls need not be read.
        // Orders and visits are few, and told to support alone.
        if message.about.contains(where: { $0.ticket == nil }) { return true }
        let open = message.tickets.compactMap { tickets[$0] }.filter(\.isOpen)
        guard !open.isEmpty else { return false }
        let calls = message.calls.compactMap(ToldCall.init(id:))
        return open.contains { ticket in
            let cycles = calls.filter { $0.subject == .ticket(ticket.id) }.map(\.cycle)
            return cycles.isEmpty || cycles.contains(ticket.cycle)
        }
    }
}

extension Ticket {
    fileprivate var responsible: String? {
        let began = spans[.response]?.start ?? openedAt
        for told in told.reversed() where told.ineffective == nil && told.countsAt >= began {
            if case .firstResponse(let author, _, _) = told.fact.event { return author }
        }
        return nil
    }
}
