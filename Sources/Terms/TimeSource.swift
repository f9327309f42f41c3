/// Where time comes from. Everything but one file of the program takes its instants from here, so that a test or the
/// demonstration can run the whole house faster than life.
package protocol TimeSource: Sendable {
    /// The present, as this box knows it.
    func now() -> Stamp

    /// Returns when CLOCK_BOOTTIME has reached `deadline`, at once if it already has.
    ///
    /// - Throws: `CancellationError` when the task is cancelled meanwhile.
    func sleep(until deadline: Boottime) async throws
}
