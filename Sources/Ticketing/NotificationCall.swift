internal import ServiceLevel
package import Terms

/// Something about a ticket, an order or a home that somebody is to be told.
package struct NotificationCall: Hashable, Sendable {
    /// What it is about.
    package enum Kind: Hashable, Sendable {
        case opened
        /// The ticket was open, and now it concerns safety.
        case safety
        case escalated
        /// Nobody has acknowledged it for so long.
        case reminder(Milliseconds)
        /// Nobody is on call from then on; nil where nobody ever was.
        case rosterGap(Instant?)
        /// A clock's warning, or its breach.
        case step(RunStep)
    }

    package var subject: Subject
    /// From 1; always 1 for what has no cycles.
    package var cycle: Int
    package var kind: Kind
    package var at: Instant

    package init(_ subject: Subject, cycle: Int = 1, kind: Kind, at: Instant) {
        self.subject = subject
        self.cycle = cycle
        self.kind = kind
        self.at = at
    }

    /// `home-1.3/1/opened`, `home-1.3/1/response/warn50`: the same for the same call, so a repeat is harmless.
    package var id: String {
        switch kind {
        case .opened: "\(subject.id)/\(cycle)/opened"
        case .safety: "\(subject.id)/\(cycle)/safety"
        case .escalated: "\(subject.id)/\(cycle)/escalated"
        case .reminder(let time): "\(subject.id)/\(cycle)/reminder\(time.text)"
        case .rosterGap(let start): "\(subject.id)/roster/gap@\(start.map { "\($0.milliseconds)" } ?? "ever")"
        case .step(let step): step.id(of: subject)
        }
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
    /// The tickets, orders and homes that it speaks of.
    package var about: [Subject]
    package var audience: [Audience]
    /// Whether it says that there is danger.
    package var isUrgent: Bool
    /// Whether it stands for many that would have come at once, and lists them all.
    package var isFlood: Bool

    package init(calls: [String], about: [Subject], audience: [Audience], isUrgent: Bool, isFlood: Bool) {
        self.calls = calls
        self.about = about
        self.audience = audience
        self.isUrgent = isUrgent
        self.isFlood = isFlood
    }

    package var tickets: [TicketID] { about.compactMap(\.ticket) }

    var fields: [String: CanonicalValue] {
        var fields: [String: CanonicalValue] = [
            "calls": .list(calls.map { .text($0) }), "tickets": .list(tickets.map { .text($0.text) }),
            "audience": .list(audience.map { .text($0.rawValue) }), "urgent": .integer(isUrgent ? 1 : 0),
            "flood": .integer(isFlood ? 1 : 0),
        ]
        let others = about.filter { $0.ticket == nil }
        if !others.isEmpty { fields["others"] = .list(others.map { .text($0.text) }) }
        return fields
    }

    init(_ fields: FactFields) throws(UnreadableFact) {
        let audience = try fields.texts("audience").map(Audience.init(rawValue:))
        guard !audience.contains(nil) else { throw UnreadableFact(message: "NotificationDue.audience is not known") }
        let others = try fields.optionalTexts("others").map(Subject.init(text:))
        guard !others.contains(nil) else { throw UnreadableFact(message: "NotificationDue.others is not known") }
        self.init(
            calls: try fields.texts("calls"),
            about: try fields.texts("tickets").map { .ticket(TicketID($0)) } + others.compactMap { $0 },
            audience: audience.compactMap { $0 }, isUrgent: try fields.integer("urgent") == 1,
            isFlood: try fields.integer("flood") == 1)
    }

    var sentence: String {
        let whom = audience.map(\.rawValue).joined(separator: " and ")
        let what = about.count == 1 ? about[0].words : "\(about.count) cases"
        return "To be told to \(whom)\(isUrgent ? " at once" : ""): \(what)" + (isFlood ? ", in one message" : "")
    }
}

extension Subject {
    /// `ticket home-1.3`
    var words: String {
        switch self {
        case .site(let id): "home \(id)"
        case .ticket(let id): "ticket \(id)"
        case .order(let id): "order \(id)"
        }
    }
}
