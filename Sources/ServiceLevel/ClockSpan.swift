package import Terms

/// Which reading of the promise fixed a start.
package enum StartBasis: String, Hashable, Sendable {
    /// From a try to notify that failed at the desk while the way to it was proven open.
    case strict
    /// From the receipt at the desk, or the user's report.
    case literal
}

/// What the facts say about one clock: when it was started and stopped, and whether it runs at all.
package struct ClockSpan: Sendable, Hashable {
    package var start: Instant?
    package var basis: StartBasis
    package var stop: Instant?
    package var isApplicable: Bool
    /// For a clock that runs until something agreed.
    package var agreed: AgreedTime?
    /// When a person did something, ascending; for warnings about standstill.
    package var progress: [Instant]
    /// When the stop was written down.
    package var stopRecordedAt: Instant?
    /// What proves the stop: a call log, a mail, a photograph.
    package var evidence: String?
    /// A written breach was taken back, since the stop was proven to have been in time.
    package var isRescinded: Bool

    package init(
        start: Instant? = nil, stop: Instant? = nil, isApplicable: Bool = true, basis: StartBasis = .literal,
        agreed: AgreedTime? = nil, progress: [Instant] = []
    ) {
        self.start = start
        self.stop = stop
        self.isApplicable = isApplicable
        self.basis = basis
        self.agreed = agreed
        self.progress = progress
        evidence = nil
        isRescinded = false
    }

    package static let notApplicable = ClockSpan(isApplicable: false)
}
