import Terms
import Ticketing

/// The outbox with channels that behave as a test says, in time that a test moves. Its ledger is an array.
final class PostOffice {
    enum Answer: Equatable {
        case takes
        case fails
        case refuses
        /// No answer for so long, then a failure.
        case hangs(Milliseconds)
    }

    /// What reached the other end of a channel.
    struct Arrival: Equatable {
        var channel: String
        var message: String
        var audience: [Audience]
        var at: Instant
    }

    static let start = instant("2026-05-04T10:00:00Z")

    private(set) var ledger: [Fact] = []
    private(set) var outbox = Outbox()
    private(set) var arrivals: [Arrival] = []
    private(set) var now = PostOffice.start
    var channels: [OutboxChannel]
    /// What a channel does with a message at an instant; it takes it where this says nothing.
    var answer: (String, DueDelivery, Instant) -> Answer = { _, _, _ in .takes }
    var closed: Set<TicketID> = []
    /// Takes a message, and dies before it is on record.
    var diesAfterSending = false
    private var inFlight: [(due: DueDelivery, ends: Instant, answer: Answer)] = []

    init(_ channels: [OutboxChannel]) { self.channels = channels }

    func write(_ event: FactEvent) {
        let stamp = Stamp(
            boot: BootID(high: 1, low: 2), boottime: Boottime(nanoseconds: now.milliseconds), wall: now, trust: .synced)
        let fact = Fact(subject: .site(SiteID("home-1")), writer: .desk, at: now, recordedBy: stamp, event: event)
        ledger.append(fact)
        outbox.adopt(fact)
    }

    func tell(
        _ number: Int = 1, to audience: [Audience] = [.support], urgent: Bool = false, step: String = "opened"
    ) {
        let ticket = TicketID("home-1.\(number)")
        write(
            .notificationDue(
                NotificationMessage(
                    calls: ["\(ticket)/1/\(step)"], about: [.ticket(ticket)], audience: audience, isUrgent: urgent,
                    isFlood: false)))
    }

    var plan: OutboxPlan {
        OutboxPlan(
            outbox, channels: channels, inFlight: inFlight.map(\.due),
            isWanted: { message in message.tickets.contains { !closed.contains($0) } }, at: now)
    }

    /// The process dies and begins again: what is known is folded from the facts alone.
    func restart() {
        inFlight = []
        outbox = Outbox()
        for fact in ledger { outbox.adopt(fact) }
    }

    func setBack(by time: Milliseconds) { now = now - time }

    /// Lets time pass; looks a second after each look, and then when the plan asks for it.
    func run(_ time: Milliseconds) {
        let end = now + time
        while now < end {
            let isIdle = !work()
            let next = isIdle ? (inFlight.map(\.ends) + [plan.next].compactMap { $0 }).min() ?? end : now
            now = max(now + .seconds(1), min(end, next))
        }
        _ = work()
    }

    /// Whether anything happened.
    private func work() -> Bool {
        let before = ledger.count + inFlight.count
        for one in inFlight where one.ends <= now {
            inFlight.removeAll { $0.due == one.due }
            finish(one.due, one.answer)
        }
        var plan = plan
        if !plan.handOvers.isEmpty {
            for event in plan.handOvers { write(.delivery(event)) }
            plan = self.plan
            precondition(plan.handOvers.isEmpty, "a hand-over is written once")
        }
        for due in plan.due {
            let answer = answer(due.attempt.channel, due, now)
            if case .hangs(let time) = answer {
                inFlight.append((due, now + time, .fails))
            } else {
                finish(due, answer)
            }
        }
        return ledger.count + inFlight.count != before
    }

    private func finish(_ due: DueDelivery, _ answer: Answer) {
        switch answer {
        case .takes:
            arrivals.append(
                Arrival(channel: due.attempt.channel, message: due.message.id, audience: due.audience, at: now))
            if diesAfterSending {
                diesAfterSending = false
                restart()
                return
            }
            write(.delivery(.delivered(due.attempt, audience: due.audience, receipt: "250 taken")))
        case .fails, .hangs:
            write(.delivery(.failed(due.attempt, reason: "451 later", isPermanent: false)))
        case .refuses:
            write(.delivery(.failed(due.attempt, reason: "550 nobody here", isPermanent: true)))
        }
    }

    /// How often a fact stands in the ledger.
    func count(_ name: String) -> Int { ledger.count { $0.event.name == name } }

    /// Minutes from the start at which a channel was tried in vain.
    func failures(of channel: String) -> [Int64] {
        ledger.compactMap { fact in
            guard case .delivery(.failed(let attempt, _, _)) = fact.event, attempt.channel == channel else {
                return nil
            }
            return (fact.at - Self.start).count / 60_000
        }
    }
}
