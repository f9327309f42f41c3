package import Terms
package import Ticketing

/// What the engine wants written. It believes none of it until `adopt` is called with it, after the ledger has it.
package struct Proposal: Sendable {
    package var facts: [Fact]
    /// Evidence that facts name by its SHA-256, as the bytes to keep.
    package var evidence: [[UInt8]]
    /// Tickets that are open once this is written, by fault key, and tickets that no longer are.
    package var opened: [FaultKey: TicketID]
    package var closed: [TicketID]
    let next: TicketBook
    /// How many queued transitions it answers, and whether it answers the queued identities.
    let answered: Int
    let answersIdentities: Bool
    let proposedAt: Stamp
}

/// What a person does to a ticket.
package enum TicketAction: Sendable {
    case respond(channel: Channel)
    case remote(RemoteOutcome)
    case diagnose(Diagnosis.Method, Diagnosis.Cause, Diagnosis.Partner?)
    case eliminate(proof: String)
    case report(contentHash: String, channel: Channel)
    case close
    /// Puts the ticket aside for so long: nobody is told of it meanwhile.
    case shelve(reason: String, time: Milliseconds)
    case unshelve
}

/// Who does something to which ticket, when, and what proves it.
package struct TicketCommand: Sendable {
    package var ticket: TicketID
    package var action: TicketAction
    package var author: String
    /// When it was done; nil for now.
    package var at: Instant?
    /// A call log, a mail id, a photograph: needed where `at` lies long ago.
    package var evidence: String?

    package init(ticket: TicketID, action: TicketAction, author: String, at: Instant?, evidence: String?) {
        self.ticket = ticket
        self.action = action
        self.author = author
        self.at = at
        self.evidence = evidence
    }

    /// The fact that records it.
    ///
    /// - Parameter instant: when it was done.
    func event(at instant: Instant) -> FactEvent {
        switch action {
        case .respond(let channel): .firstResponse(author: author, channel: channel, evidence: evidence)
        case .remote(let outcome): .remoteOutcome(outcome, author: author, evidence: evidence)
        case .diagnose(let method, let cause, let partner):
            .diagnosisRecorded(
                Diagnosis(method: method, cause: cause, author: author, partner: partner, evidence: evidence))
        case .eliminate(let proof): .eliminated(proof: proof, author: author, evidence: evidence)
        case .report(let hash, let channel):
            .statusReportDelivered(hash: hash, channel: channel, author: author, evidence: evidence)
        case .close: .closed(author: author)
        case .shelve(let reason, let time): .shelf(.shelved(author: author, reason: reason, until: instant + time))
        case .unshelve: .shelf(.unshelved(author: author))
        }
    }
}

/// Why a command is not even recorded.
package enum CommandRefused: Error, CustomStringConvertible {
    case noSuchTicket(TicketID, known: [TicketID])
    case noSuchOrder(OrderID, known: [OrderID])
    /// Such a fact is about something else.
    case notAbout(String, Subject?)
    /// The instant lies in the future.
    case inTheFuture(Instant)
    /// The ticket cannot be put aside, or taken up again.
    case notShelved(TicketID, Ineffective)

    package var description: String {
        switch self {
        case .noSuchTicket(let id, let known):
            "there is no ticket \(id)"
                + (known.isEmpty ? "; there are none" : "; known: " + known.map(\.text).joined(separator: ", "))
        case .noSuchOrder(let id, let known):
            "there is no order \(id)"
                + (known.isEmpty ? "; there are none" : "; known: " + known.map(\.text).joined(separator: ", "))
        case .notAbout(let name, let subject):
            "\(name) is not recorded of \(subject?.text ?? "nothing"): it is about something else, or another site"
        case .inTheFuture(let instant): "\(instant.rfc3339) lies in the future"
        case .notShelved(let id, .wrongState): "\(id) is closed, or is not put aside"
        case .notShelved(let id, let reason): "\(id) cannot be put aside: \(reason.sentence)"
        }
    }
}
