/// Where time comes from. Everything but one file of the program takes its instants from here, so that a test or the
/// demonstration can run the whole house faster than life.
package protocol TimeSource: Sendable {
    /// The present, as this box knows it.
    func now() -> Stamp

    /// The present on the clock that never steps, where the rest of a stamp is not wanted. On a real machine it costs a
    /// thirtieth of `now`, which asks the kernel how far the wall clock is to be believed.
    func boottime() -> Boottime

    /// Between which instants something happened that was stamped while the wall clock was not to be believed; nil
    /// where nothing better is known than the stamp.
    func span(of stamp: Stamp) -> TimeSpan?

    /// Takes the newest stamp that is on record: nothing is stamped before it.
    func saw(_ stamp: Stamp)

    /// Returns when CLOCK_BOOTTIME has reached `deadline`, at once if it already has.
    ///
    /// - Throws: `CancellationError` when the task is cancelled meanwhile.
    func sleep(until deadline: Boottime) async throws
}

extension TimeSource {
    /// Of a source for which a whole stamp costs no more.
    package func boottime() -> Boottime { now().boottime }

    /// Of a source that keeps no record of boots.
    package func span(of stamp: Stamp) -> TimeSpan? { nil }
    /// Likewise.
    package func saw(_ stamp: Stamp) {}
}
