package import Terms

/// Every message that somebody is to get, and what became of it on each channel: a fold over facts. There is no other
/// outbox, so a restart takes up where the facts end. `OutboxPlan` says what follows from it.
package struct Outbox: Sendable {
    /// What became of one message on one channel.
    package struct Progress: Sendable, Equatable {
        /// Tries so far.
        package fileprivate(set) var attempts = 0
        /// Tries that failed and may be repeated.
        package fileprivate(set) var failures = 0
        /// Its other end does not want it.
        package fileprivate(set) var isRefused = false
        /// Whom it told; empty while it told nobody.
        package fileprivate(set) var told: [Audience] = []
        /// The channels that have it now in its place.
        package fileprivate(set) var handedOverTo: [String] = []
        /// The newest try.
        package fileprivate(set) var lastAt: Instant?
        /// What the newest try's other end said, or why it failed.
        package fileprivate(set) var words = ""
        /// What the channel had delivered in all at the newest try: more since then says that it works again.
        fileprivate(set) var deliveredBefore = 0

        package init() {}
    }

    /// One message.
    package struct Entry: Sendable {
        package let message: NotificationMessage
        /// When it fell due.
        package let at: Instant
        /// By channel.
        package fileprivate(set) var progress: [String: Progress] = [:]

        /// Everybody whom some channel told.
        package var told: Set<Audience> { progress.values.reduce(into: []) { $0.formUnion($1.told) } }
        /// Whether nobody is left to be told.
        package var isComplete: Bool { told.isSuperset(of: message.audience) }
    }

    /// How one channel does, over all messages.
    package struct Health: Sendable, Equatable {
        package fileprivate(set) var delivered = 0
        /// Tries that brought nothing, refusals included.
        package fileprivate(set) var failed = 0
        /// Tries since it last got an answer that failed; a refusal is an answer.
        package fileprivate(set) var failuresInARow = 0
        package fileprivate(set) var lastDeliveredAt: Instant?
        package fileprivate(set) var lastFailedAt: Instant?
        /// Why the newest failure was one.
        package fileprivate(set) var reason: String?

        package init() {}
    }

    /// By the message's id.
    package private(set) var entries: [String: Entry] = [:]
    /// Messages that are not complete, in the order in which they fell due.
    package private(set) var incomplete: [String] = []
    /// By the channel's name, also of channels that are no longer configured.
    package private(set) var health: [String: Health] = [:]
    /// The messages about a ticket that are remembered, in the order in which they fell due.
    private var messagesByTicket: [TicketID: [String]] = [:]
    /// Complete messages that are remembered, the oldest first.
    private var complete: [String] = []

    /// Complete messages that are remembered, for display.
    private static let rememberedLimit = 512

    package init() {}

    /// Takes one fact, in the ledger's order; most are none of its own.
    package mutating func adopt(_ fact: Fact) {
        switch fact.event {
        case .notificationDue(let message): note(message, at: fact.at)
        case .delivery(let event): note(event, at: fact.at)
        default: return
        }
    }

    /// What is remembered of the messages about a ticket, the oldest first.
    package func entries(about ticket: TicketID) -> [Entry] {
        (messagesByTicket[ticket] ?? []).compactMap { entries[$0] }
    }

    private mutating func note(_ message: NotificationMessage, at: Instant) {
        guard !message.id.isEmpty, entries[message.id] == nil else { return }
        entries[message.id] = Entry(message: message, at: at)
        incomplete.append(message.id)
        for ticket in message.tickets { messagesByTicket[ticket, default: []].append(message.id) }
    }

    private mutating func note(_ event: DeliveryEvent, at: Instant) {
        switch event {
        case .delivered(let attempt, let audience, let receipt):
            health[attempt.channel, default: Health()].delivered += 1
            health[attempt.channel, default: Health()].failuresInARow = 0
            health[attempt.channel, default: Health()].lastDeliveredAt = at
            note(attempt, at: at) { progress in
                progress.told += audience.filter { !progress.told.contains($0) }
                progress.words = receipt
            }
            finish(attempt.message)
        case .failed(let attempt, let reason, let isPermanent):
            note(reason, isPermanent: isPermanent, of: attempt.channel, at: at)
            note(attempt, at: at) { progress in
                progress.failures += isPermanent ? 0 : 1
                progress.isRefused = isPermanent
                progress.words = reason
            }
        case .handedOver(let message, let from, let to):
            entries[message]?.progress[from, default: Progress()].handedOverTo.append(to)
        }
    }

    private mutating func note(_ reason: String, isPermanent: Bool, of channel: String, at: Instant) {
        var health = health[channel] ?? Health()
        health.failed += 1
        health.failuresInARow = isPermanent ? 0 : health.failuresInARow + 1
        health.lastFailedAt = at
        health.reason = reason
        self.health[channel] = health
    }

    private mutating func note(_ attempt: DeliveryAttempt, at: Instant, _ change: (inout Progress) -> Void) {
        guard entries[attempt.message] != nil else { return }
        var progress = entries[attempt.message]?.progress[attempt.channel] ?? Progress()
        progress.attempts = max(progress.attempts + 1, attempt.number)
        progress.lastAt = at
        progress.deliveredBefore = health[attempt.channel]?.delivered ?? 0
        change(&progress)
        entries[attempt.message]?.progress[attempt.channel] = progress
    }

    private mutating func finish(_ id: String) {
        guard let entry = entries[id], entry.isComplete, let index = incomplete.firstIndex(of: id) else { return }
        incomplete.remove(at: index)
        complete.append(id)
        guard complete.count > Self.rememberedLimit else { return }
        forget(complete.removeFirst())
    }

    private mutating func forget(_ id: String) {
        for ticket in entries[id]?.message.tickets ?? [] {
            messagesByTicket[ticket]?.removeAll { $0 == id }
            if messagesByTicket[ticket]?.isEmpty == true { messagesByTicket[ticket] = nil }
        }
        entries[id] = nil
    }
}
