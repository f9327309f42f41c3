internal import Engine
internal import Notification
internal import Settings
internal import Storage
internal import Terms
internal import Ticketing

/// A message that is to go out now, with everything that its channel needs.
struct Parcel: Sendable {
    let due: DueDelivery
    let channel: NotificationSettings
    let content: NotificationContent
}

/// What a look into the outbox brings.
struct OutboxSight: Sendable {
    /// At most one for each channel.
    var parcels: [Parcel]
    /// Whom no channel can tell at present.
    var unreached: [Unreached]
    /// When something falls due though nothing happens; nil while nothing waits.
    var next: Instant?
    /// How much had been written when it was looked: as long as it is no more, the sight holds until `next`.
    var writes: Int
}

/// Delivery asks the owner of the engine what is due, and tells it what became of it; it waits for nobody meanwhile.
extension EngineOwner {
    /// What is to go out now; nil while `former` still holds.
    ///
    /// - Parameter inFlight: what has gone out already and has not come back.
    func outbox(inFlight: [DueDelivery], since former: OutboxSight?) -> OutboxSight? {
        let now = time.now()
        if let former, former.writes == writes, former.next.map({ now.wall < $0 }) ?? true { return nil }
        if let handOvers = engine.handOvers(at: now) { commit(handOvers) }
        let plan = engine.outboxPlan(inFlight: inFlight, at: now.wall)
        let parcels = plan.due.compactMap { due -> Parcel? in
            guard let channel = notifications.first(where: { $0.name == due.attempt.channel }) else { return nil }
            return Parcel(due: due, channel: channel, content: content(of: due, in: channel, at: now))
        }
        return OutboxSight(parcels: parcels, unreached: plan.unreached, next: plan.next, writes: writes)
    }

    private func content(of due: DueDelivery, in channel: NotificationSettings, at now: Stamp) -> NotificationContent {
        NotificationContent(
            site: engine.site.text, zone: engine.zone, due: due, tickets: engine.news(of: due.message, at: now),
            cases: engine.cases(of: due.message, at: now),
            heads: FactSource.allCases.map { source in
                let head = ledger.head(of: source)
                return LedgerHead(source: source, sequence: head.sequence, hash: head.hash)
            }, language: channel.language)
    }

    /// Puts on record what a try came to. Whether it is: what is not on record would go out again.
    func record(_ event: DeliveryEvent) -> Bool { commit(engine.recorded(event, at: time.now())) }

    /// How the channels do, and how many people wait whom none of them can tell.
    func delivery() -> DeliveryMetrics {
        let plan = engine.outboxPlan(at: time.now().wall)
        return DeliveryMetrics(channels: engine.channelSnapshots(plan), unreached: plan.unreached.count)
    }
}
