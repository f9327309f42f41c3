package import Terms

/// A channel as the settings name it. Of the channels with the same audience an earlier one comes before a later one.
package struct OutboxChannel: Hashable, Sendable {
    package var name: String
    /// Whom it reaches.
    package var audience: [Audience]

    package init(name: String, audience: [Audience]) {
        self.name = name
        self.audience = audience
    }
}

/// A message that is to go out through a channel now.
package struct DueDelivery: Sendable, Equatable {
    package var message: NotificationMessage
    /// When the message fell due.
    package var at: Instant
    package var attempt: DeliveryAttempt
    /// Those of the message's audience that this channel tells now.
    package var audience: [Audience]
    /// The channels that had it before and could not tell it, each with its reason.
    package var before: [Failing]

    package init(
        message: NotificationMessage, at: Instant, attempt: DeliveryAttempt, audience: [Audience], before: [Failing]
    ) {
        self.message = message
        self.at = at
        self.attempt = attempt
        self.audience = audience
        self.before = before
    }

    /// A channel, and what became of the message there.
    package struct Failing: Sendable, Equatable {
        package var channel: String
        package var reason: String

        package init(channel: String, reason: String) {
            self.channel = channel
            self.reason = reason
        }
    }
}

/// Somebody whom no channel reaches, though some are configured.
package struct Unreached: Hashable, Sendable {
    package var message: String
    package var audience: Audience

    package init(message: String, audience: Audience) {
        self.message = message
        self.audience = audience
    }
}

/// What follows from the outbox at one instant: which tries begin, which messages change the channel, whom nobody
/// tells.
///
/// For each audience of a message the first channel has it. A channel that failed twice in a row, with this message or
/// as a whole, or that was refused it, hands over to the next one and rests. Where no next one is left, all of them are
/// tried again in turn, ever more slowly, until one of them has told it or its tickets are closed. One try of a channel
/// goes on at a time, and one try for an audience of a message.
package struct OutboxPlan: Sendable {
    /// Failures in a row after which the next channel takes over.
    package static let failuresBeforeHandOver = 2
    /// From a failure to the next try, by the failures in a row; the last one holds for all that follow.
    package static let pauses = [1, 2, 4, 8, 16, 32, 60].map { Milliseconds.minutes($0) }
    /// From the first failure of an urgent message to its next try.
    package static let urgentPause = Milliseconds.seconds(10)
    /// From one try to the next where every channel has been refused the message.
    package static let refusedPause = Milliseconds.hours(1)
    /// Tries of a message that a channel makes at once when it works again; after more of them the pauses count alone.
    private static let eagerAttempts = 10

    /// Tries to begin now, at most one for each channel.
    package private(set) var due: [DueDelivery] = []
    /// To be written before any of them begins.
    package private(set) var handOvers: [DeliveryEvent] = []
    package private(set) var unreached: [Unreached] = []
    /// The channels that have a message now, by its id.
    package private(set) var holders: [String: [String]] = [:]
    /// Messages that wait for a channel, by its name.
    package private(set) var waiting: [String: Int] = [:]
    /// When the next try of a channel begins, if nothing else happens.
    package private(set) var nextByChannel: [String: Instant] = [:]

    /// When something is due, if nothing else happens; nil while nothing waits.
    package var next: Instant? { nextByChannel.values.min() }

    private let outbox: Outbox
    private let channels: [OutboxChannel]
    private let now: Instant

    /// A message that a channel could take.
    private struct Offer {
        var entry: Outbox.Entry
        var audience: [Audience]
        var due: Instant
        var order: Int
        var failures: Int
    }

    /// - Parameters:
    ///   - channels: in the order of hand-over.
    ///   - inFlight: tries that have begun and whose end is not known.
    ///   - isWanted: whether somebody still waits for the message: some ticket of it is open.
    package init(
        _ outbox: Outbox, channels: [OutboxChannel], inFlight: [DueDelivery] = [],
        isWanted: (NotificationMessage) -> Bool, at now: Instant
    ) {
        self.outbox = outbox
        self.channels = channels
        self.now = now
        guard !channels.isEmpty else { return }
        var offers: [String: [Offer]] = [:]
        for (order, id) in outbox.incomplete.enumerated() {
            guard let entry = outbox.entries[id], isWanted(entry.message) else { continue }
            for (channel, audience) in candidates(entry) {
                offers[channel, default: []].append(
                    Offer(
                        entry: entry, audience: audience, due: due(entry, channel), order: order,
                        failures: entry.progress[channel]?.failures ?? 0))
            }
        }
        choose(offers, inFlight)
    }

    // MARK: - Who has it

    /// The channels that may tell the message now, each with whom; notes hand-overs and whom nobody reaches.
    private mutating func candidates(_ entry: Outbox.Entry) -> [(channel: String, audience: [Audience])] {
        var result: [String: [Audience]] = [:]
        let told = entry.told
        for audience in entry.message.audience where !told.contains(audience) {
            let chain = channels.filter { $0.audience.contains(audience) }.map(\.name)
            guard !chain.isEmpty else { continue }
            let usable = chain.filter { entry.progress[$0]?.isRefused != true }
            let willing = usable.filter { !hasGivenUp($0, entry) }
            if willing.contains(where: { !isDown($0) }),
                let hopeful = willing.first(where: { !isDown($0) || isWorthATry($0, entry) })
            {
                result[hopeful, default: []].append(audience)
                handOver(entry, along: chain, to: hopeful)
            } else {
                unreached.append(Unreached(message: entry.message.id, audience: audience))
                for channel in usable.isEmpty ? chain : usable { result[channel, default: []].append(audience) }
            }
        }
        let found = channels.compactMap { channel in result[channel.name].map { (channel.name, $0) } }
        holders[entry.message.id] = found.map(\.0)
        return found
    }

    /// From every channel before the new one: none of them takes the message back while the new one has it.
    private mutating func handOver(_ entry: Outbox.Entry, along chain: [String], to: String) {
        let formers = chain.prefix { $0 != to }
        for from in formers {
            let before = entry.progress[from]?.handedOverTo ?? []
            guard before.isEmpty || from == formers.last && !before.contains(to) else { continue }
            let event = DeliveryEvent.handedOver(message: entry.message.id, from: from, to: to)
            if !handOvers.contains(event) { handOvers.append(event) }
        }
    }

    private func hasGivenUp(_ channel: String, _ entry: Outbox.Entry) -> Bool {
        guard let progress = entry.progress[channel] else { return false }
        return progress.isRefused || !progress.handedOverTo.isEmpty
            || progress.failures >= Self.failuresBeforeHandOver
    }

    private func isDown(_ channel: String) -> Bool {
        (outbox.health[channel]?.failuresInARow ?? 0) >= Self.failuresBeforeHandOver
    }

    /// Now and then a message finds out whether a channel works again, though another one would take it at once. Danger
    /// does not.
    private func isWorthATry(_ channel: String, _ entry: Outbox.Entry) -> Bool {
        !entry.message.isUrgent && due(entry, channel) <= now
    }

    // MARK: - When

    /// When the channel may try the message.
    private func due(_ entry: Outbox.Entry, _ channel: String) -> Instant {
        let own = ownDue(entry, channel)
        // Danger waits for no channel's pause.
        guard !entry.message.isUrgent, let health = outbox.health[channel], health.failuresInARow > 0,
            let last = health.lastFailedAt
        else { return own }
        return max(own, after(last, Self.pause(after: health.failuresInARow)))
    }

    private func ownDue(_ entry: Outbox.Entry, _ channel: String) -> Instant {
        guard let progress = entry.progress[channel], let last = progress.lastAt else { return entry.at }
        if progress.isRefused { return after(last, Self.refusedPause) }
        guard progress.failures > 0 else { return last }
        let worksAgain = (outbox.health[channel]?.delivered ?? 0) > progress.deliveredBefore
        if worksAgain, progress.attempts < Self.eagerAttempts { return last }
        guard entry.message.isUrgent else { return after(last, Self.pause(after: progress.failures)) }
        return after(last, progress.failures == 1 ? Self.urgentPause : Self.pause(after: progress.failures - 1))
    }

    private static func pause(after failures: Int) -> Milliseconds { pauses[min(failures, pauses.count) - 1] }

    /// A failure from the future was before the clock was set back: it holds up nobody.
    private func after(_ last: Instant, _ pause: Milliseconds) -> Instant { last > now ? now : last + pause }

    // MARK: - Which one

    private mutating func choose(_ offers: [String: [Offer]], _ inFlight: [DueDelivery]) {
        var busy: Set<Unreached> = []
        for one in inFlight {
            busy.formUnion(one.audience.map { Unreached(message: one.message.id, audience: $0) })
        }
        for channel in channels.map(\.name) {
            guard let offers = offers[channel] else { continue }
            waiting[channel] = offers.count
            guard !inFlight.contains(where: { $0.attempt.channel == channel }) else { continue }
            // What failed least comes first: one message that a server does not like must not hold up the others.
            let ready = offers.filter { $0.due <= now }.sorted { a, b in
                if a.failures != b.failures { return a.failures < b.failures }
                if a.entry.message.isUrgent != b.entry.message.isUrgent { return a.entry.message.isUrgent }
                return a.order < b.order
            }
            for offer in ready {
                let id = offer.entry.message.id
                let audience = offer.audience.filter { !busy.contains(Unreached(message: id, audience: $0)) }
                guard !audience.isEmpty else { continue }
                busy.formUnion(audience.map { Unreached(message: id, audience: $0) })
                due.append(delivery(offer.entry, channel, audience))
                break
            }
            nextByChannel[channel] = offers.map(\.due).min().map { max($0, now) }
        }
    }

    private func delivery(_ entry: Outbox.Entry, _ channel: String, _ audience: [Audience]) -> DueDelivery {
        let before = channels.compactMap { other -> DueDelivery.Failing? in
            guard other.name != channel, let progress = entry.progress[other.name], progress.told.isEmpty,
                !Set(other.audience).isDisjoint(with: audience)
            else { return nil }
            let words = progress.attempts > 0 ? progress.words : outbox.health[other.name]?.reason ?? ""
            return DueDelivery.Failing(channel: other.name, reason: words)
        }
        return DueDelivery(
            message: entry.message, at: entry.at,
            attempt: DeliveryAttempt(
                message: entry.message.id, channel: channel, number: (entry.progress[channel]?.attempts ?? 0) + 1),
            audience: audience, before: before)
    }
}
