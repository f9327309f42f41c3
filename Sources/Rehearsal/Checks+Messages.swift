internal import Engine
internal import Terms
internal import Ticketing

/// No message lost, none doubled, none from nothing.
extension Checks {
    /// Counts messages: never more than the plan allows within ten minutes.
    func checkMessage(_ fact: Fact) {
        guard case .notificationDue = fact.event else { return }
        messages = messages.filter { $0 > time.elapsed - NotificationPlan.window } + [time.elapsed]
        // The plan counts by the wall clock; one that was set forgets.
        guard time.setAt.map({ $0 <= time.elapsed - NotificationPlan.window }) ?? true else { return }
        if messages.count > NotificationPlan.most {
            fail(.capacity, "\(messages.count) messages within \(NotificationPlan.window.text)")
        }
    }

    /// A try begins.
    ///
    /// - Parameter others: the tries that are under way.
    func send(_ due: DueDelivery, besides others: [DueDelivery]) {
        let id = due.message.id
        guard let entry = book.outbox.entries[id] else {
            return fail(.unfoundedMessage, "\(id) is sent, and no fact of the ledger says that it is due")
        }
        if let told = due.audience.first(where: entry.told.contains) {
            fail(.doubledMessage, "\(id) is sent to \(told.rawValue), who has it on record")
        }
        for other in others where other.message.id == id && !Set(other.audience).isDisjoint(with: due.audience) {
            fail(.doubledMessage, "\(id) is sent while a try of it is under way")
        }
    }

    /// Whatever is not told yet is in some channel's hands, and not for ever.
    func look(_ plan: OutboxPlan) {
        for id in book.outbox.incomplete {
            guard let entry = book.outbox.entries[id], isWanted(entry.message) else { continue }
            guard plan.holders[id]?.isEmpty == false else {
                return fail(.lostMessage, "\(id) is not told, and no channel has it")
            }
            let since = max(untoldAt, disturbedAt, time.when(entry.at))
            if time.elapsed - since > Self.patience {
                fail(.lostMessage, "\(id) is not told, though nothing has hindered it for \(Self.patience.text)")
            }
        }
    }

    /// Twice as long as the longest pause between two tries.
    private static let patience = Milliseconds.hours(2)

    /// Whether a ticket that it tells of is open in the cycle that it speaks of.
    private func isWanted(_ message: NotificationMessage) -> Bool {
        message.calls.compactMap(ToldCall.init(id:)).contains { call in
            call.subject.ticket.flatMap { book.tickets[$0] }.map { $0.isOpen && $0.cycle == call.cycle } ?? false
        }
    }
}
