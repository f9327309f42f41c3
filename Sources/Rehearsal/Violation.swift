package import Terms

/// Something that must never be.
package struct Violation: Sendable, Hashable {
    /// What must hold after every step.
    package enum Rule: String, CaseIterable, Sendable {
        /// The engine believes nothing that the ledger does not hold.
        case notInLedger = "not-in-ledger"
        /// The engine proposes nothing that the ledger's constraints refuse.
        case constraint
        /// One open ticket for each fault.
        case doubledTicket = "doubled-ticket"
        /// Every fault has a ticket, or is recorded as part of another one, within its delays.
        case missedFault = "missed-fault"
        /// No fault has a ticket before its delay is over.
        case earlyFault = "early-fault"
        /// No ticket comes from nothing.
        case inventedFault = "invented-fault"
        /// No clock of a promise runs backwards while time goes on.
        case backwardsClock = "backwards-clock"
        /// A step of a clock is written when it is due, and so is a message.
        case lateStep = "late-step"
        /// A message is told, handed over, or still pending; and told within hours where nothing hinders it.
        case lostMessage = "lost-message"
        /// What is on record as told is not told again, and no try begins beside another of the same message.
        case doubledMessage = "doubled-message"
        /// Nothing is sent before its fact is in the ledger.
        case unfoundedMessage = "unfounded-message"
        /// Queues, evidence and messages stay within their bounds.
        case capacity
        /// What is read back is what was written.
        case restart
        /// A ticket closes after a delivered report.
        case closedUnreported = "closed-unreported"
        /// The promise's own audit finds nothing.
        case audit
    }

    package var rule: Rule
    /// Since the scenario's start, of true time.
    package var at: Milliseconds
    package var words: String
}

extension Violation {
    /// `day 2 08:15:30`
    package var moment: String { dayText(at) }
}
