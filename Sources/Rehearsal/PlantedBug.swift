/// A bug of the rehearsed shell, planted to see that the checks find it. The engine itself is never changed.
package enum PlantedBug: String, CaseIterable, Sendable {
    /// Of a batch the ledger loses the message that is due.
    case lostOutboxRow = "lost-outbox-row"
    /// A fault is written twice, the second time with a ticket of its own.
    case doubledTicket = "doubled-ticket"
    /// What should count by the clock that never steps counts by the wall clock.
    case wallClockInElapsed = "wall-clock-in-elapsed"
    /// A write that the ledger refused is taken for written.
    case swallowedRefusal = "swallowed-refusal"
    /// A write counts before the disk has it: a power cut loses the last half minute.
    case unsyncedCommit = "unsynced-commit"
    /// What has gone out and is not on record goes out once more while the first try is still under way.
    case forgottenFlight = "forgotten-flight"
}
