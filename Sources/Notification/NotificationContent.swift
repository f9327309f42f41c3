package import Engine
package import Settings
internal import Terms
package import Ticketing

/// Where a chain of the ledger stands: what is printed in a message cannot be rewritten later without being noticed.
package struct LedgerHead: Sendable, Equatable {
    package var source: FactSource
    /// Facts that the hash covers.
    package var sequence: Int
    package var hash: ChainHash

    package init(source: FactSource, sequence: Int, hash: ChainHash) {
        self.source = source
        self.sequence = sequence
        self.hash = hash
    }
}

/// Everything that a message says; the same content gives the same words.
package struct NotificationContent: Sendable {
    package var site: String
    /// The site's IANA zone.
    package var zone: String
    package var due: DueDelivery
    package var tickets: [TicketNews]
    /// What it says of orders and visits.
    package var cases: [CaseNews]
    package var heads: [LedgerHead]
    package var language: MessageLanguage

    package init(
        site: String, zone: String, due: DueDelivery, tickets: [TicketNews], cases: [CaseNews] = [],
        heads: [LedgerHead], language: MessageLanguage
    ) {
        self.site = site
        self.zone = zone
        self.due = due
        self.tickets = tickets
        self.cases = cases
        self.heads = heads
        self.language = language
    }

    /// Whether somebody reads it who works with keys and classes.
    var isTechnical: Bool { due.audience.contains { $0 != .user } }
    /// Whether it is for the home's owner alone.
    var isForUser: Bool { due.audience == [.user] }
    var calls: [ToldCall] { ToldCall.highest(of: due.message.calls) }

    /// The same for each repeat of the message, on whichever channel, and for no other message of any site.
    package var id: String { "\(site)/\(due.message.id)" }
}

extension Routing {
    /// Of a ticket as it is shown; what nobody knows is the user's report.
    init(of ticket: TicketSnapshot) { self = Routing(rawValue: ticket.routing) ?? .k7 }
}
