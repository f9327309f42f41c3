package import Terms

/// Why a promise could not be kept for a while, without the maker's fault. Shown beside the raw verdict, and never
/// subtracted from it. Waiting for parts or for a partner is no excuse.
package enum ExcuseReason: String, CaseIterable, Hashable, Sendable {
    case userUnavailable, consentPending, siteUnsafe, forceMajeure

    package var title: String {
        switch self {
        case .userUnavailable: "the user could not be reached"
        case .consentPending: "the user has not decided about the quote"
        case .siteUnsafe: "the site was not safe"
        case .forceMajeure: "force majeure"
        }
    }
}

/// A time during which an excuse held.
package struct ExcuseWindow: Hashable, Sendable {
    package var reason: ExcuseReason
    package var start: Instant
    /// Nil while it holds.
    package var end: Instant?
    /// What proves it.
    package var evidence: String

    package init(reason: ExcuseReason, start: Instant, end: Instant? = nil, evidence: String) {
        self.reason = reason
        self.start = start
        self.end = end
        self.evidence = evidence
    }
}

extension [ExcuseWindow] {
    /// How much of a clock's time was excused: the union of the windows, clipped to its start and to the deadline as
    /// the windows themselves move it.
    ///
    /// - Parameter now: where a window that still holds is counted to.
    package func excused(from start: Instant, deadline: Instant, now: Instant) -> Milliseconds {
        let spans = map { (from: Swift.max($0.start, start), to: Swift.min($0.end ?? now, now)) }
            .filter { $0.from < $0.to }.sorted { $0.from < $1.from }
        var (excused, reached) = (Milliseconds.zero, start)
        for span in spans {
            let from = Swift.max(span.from, reached)
            // A window that opens after the moved deadline comes too late for it.
            guard from < span.to, from < deadline + excused else { continue }
            excused = excused + (span.to - from)
            reached = span.to
        }
        return excused
    }
}
