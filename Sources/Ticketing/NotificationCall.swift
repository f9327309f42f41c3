package import ServiceLevel
package import Terms

/// Something about a ticket that somebody is to be told.
package struct NotificationCall: Hashable, Sendable {
    /// What it is about.
    package enum Kind: Hashable, Sendable {
        case opened
        /// The ticket was open, and now it concerns safety.
        case safety
        case escalated
        /// So much of a clock has passed; nil for a broken promise.
        case clock(Clock, percent: Int?)
    }

    package var ticket: TicketID
    package var cycle: Int
    package var kind: Kind
    package var at: Instant

    package init(ticket: TicketID, cycle: Int, kind: Kind, at: Instant) {
        self.ticket = ticket
        self.cycle = cycle
        self.kind = kind
        self.at = at
    }

    /// `home-1.3/1/opened`, `home-1.3/1/response/warn50`: the same for the same call, so a repeat is harmless.
    package var id: String {
        let step =
            switch kind {
            case .opened: "opened"
            case .safety: "safety"
            case .escalated: "escalated"
            case .clock(let clock, let percent): "\(clock.rawValue)/" + (percent.map { "warn\($0)" } ?? "breach")
            }
        return "\(ticket)/\(cycle)/\(step)"
    }
}

/// Whom a message is for.
package enum Audience: String, CaseIterable, Hashable, Sendable {
    /// The home's owner.
    case user
    case support
    /// The installer of record: what was configured is theirs.
    case installer
}

extension Routing {
    /// Who is told of a fault of this class.
    package var audience: [Audience] {
        switch self {
        case .k0, .k1, .k2, .k3, .k7: [.user, .support]
        case .k5: [.installer, .support]
        case .k4, .k6: [.support]
        }
    }
}

/// One message: what it tells, and to whom. Its words are made of the facts when it is delivered.
package struct NotificationMessage: Hashable, Sendable {
    /// The ids of all calls that it answers. The first one is the message's own id.
    package var calls: [String]
    package var tickets: [TicketID]
    package var audience: [Audience]
    /// Whether it says that there is danger.
    package var isUrgent: Bool
    /// Whether it stands for many that would have come at once, and lists them all.
    package var isFlood: Bool

    package init(calls: [String], tickets: [TicketID], audience: [Audience], isUrgent: Bool, isFlood: Bool) {
        self.calls = calls
        self.tickets = tickets
        self.audience = audience
        self.isUrgent = isUrgent
        self.isFlood = isFlood
    }

    var fields: [String: CanonicalValue] {
        [
            "calls": .list(calls.map { .text($0) }), "tickets": .list(tickets.map { .text($0.text) }),
            "audience": .list(audience.map { .text($0.rawValue) }), "urgent": .integer(isUrgent ? 1 : 0),
            "flood": .integer(isFlood ? 1 : 0),
        ]
    }

    init(_ fields: FactFields) throws(UnreadableFact) {
        let audience = try fields.texts("audience").map(Audience.init(rawValue:))
        guard !audience.contains(nil) else { throw UnreadableFact(message: "NotificationDue.audience is not known") }
        self.init(
            calls: try fields.texts("calls"), tickets: try fields.texts("tickets").map(TicketID.init),
            audience: audience.compactMap { $0 }, isUrgent: try fields.integer("urgent") == 1,
            isFlood: try fields.integer("flood") == 1)
    }

    var sentence: String {
        let whom = audience.map(\.rawValue).joined(separator: " and ")
        let what = tickets.count == 1 ? "ticket \(tickets[0])" : "\(tickets.count) tickets"
        return "To be told to \(whom)\(isUrgent ? " at once" : ""): \(what)" + (isFlood ? ", in one message" : "")
    }
}
