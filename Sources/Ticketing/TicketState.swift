/// Where a ticket stands in its life cycle.
package enum TicketState: String, Sendable, CaseIterable {
    /// The box has seen a fault; the desk does not have it yet.
    case draft
    /// The box tried to notify the desk.
    case tendered
    /// The notification has arrived: the promise runs.
    case received
    case remoteSupport, awaitingOnSite, onSiteDiagnosis, diagnosed, eliminating, eliminated, reported, closed
    /// Nobody pursues it any more: a false alarm, withdrawn, or out of scope.
    case cancelled
    /// It goes on as another ticket.
    case merged
}

/// Why a recorded fact does not count. The fact is kept all the same.
package enum Ineffective: String, Sendable, CaseIterable {
    /// The ticket's state does not let this happen.
    case wrongState
    /// Nothing has opened a ticket of this id.
    case noTicket
    /// The receipt does not prove that the desk has it.
    case invalidReceipt
    /// Nobody is named.
    case unnamedAuthor
    /// A diagnosis on site needs a partner, or the reason why none.
    case noPartner
    /// An alarm of this fault is active.
    case alarmActive
    /// No functional check is named.
    case noProof
    /// Nothing is named that proves it.
    case noEvidence
    /// The user has not agreed.
    case noConsent
    /// Covered work is free.
    case notChargeable
    /// Something is still waited for.
    case openExcuse
    /// Nobody has answered the user yet.
    case notResponded
    /// No report has reached the user yet.
    case notReported
    /// The ticket that it was to go on as is not open.
    case survivorNotOpen
    /// A machine merges only tickets of one fault.
    case otherFault
    /// The window in which it could be taken up again has passed, or a deadline can no longer be moved.
    case tooLate
    /// A ticket is put aside for a reason.
    case noReason
    /// A ticket is put aside for at most 24 hours, from now on.
    case shelfTime
    /// No such visit is planned.
    case noSuchVisit
    /// A unit that was swapped out cannot come back under its serial.
    case serialReturned
    /// What concerns safety cannot be put aside.
    case safety

    package var sentence: String {
        switch self {
        case .wrongState: "the ticket was not in a state that lets this happen"
        case .noTicket: "no fault and no report has opened this ticket"
        case .invalidReceipt: "the receipt is not valid"
        case .unnamedAuthor: "nobody is named"
        case .noPartner: "a diagnosis on site needs a local partner, or the reason why none took part"
        case .alarmActive: "an alarm of this fault is still active"
        case .noProof: "no functional check is named"
        case .noEvidence: "nothing is named that proves it"
        case .noConsent: "the user has not agreed"
        case .notChargeable: "it is free as long as it is covered, and after a fault of design or quality"
        case .openExcuse: "something is still waited for; end that first"
        case .notResponded: "nobody has answered the user yet"
        case .notReported: "no report has reached the user yet"
        case .survivorNotOpen: "the ticket that it was to go on as is not open"
        case .otherFault: "without a person only tickets of the same fault become one"
        case .tooLate: "it came too late"
        case .noReason: "no reason is given"
        case .shelfTime: "a ticket can be put aside for at most 24 hours, from now on"
        case .noSuchVisit: "no such visit is planned, or it is done already"
        case .serialReturned: "a unit that was swapped out cannot come back under its serial"
        case .safety: "it concerns safety, which is never put aside"
        }
    }
}
