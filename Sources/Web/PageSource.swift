package import Engine
package import Telemetry
package import Ticketing

/// What the page shows comes through these closures; the page itself keeps nothing.
package struct PageSource: Sendable {
    /// The site as it is now.
    package var snapshot: @Sendable () async -> SiteSnapshot
    /// The evidence of a ticket's present cycle, by the ticket's id; nil where there is none.
    package var ticketEvidence: @Sendable (String, EvidencePart) async -> KeptEvidence?
    /// The live curves of a device, by its configured name; nil where it has none of this kind.
    package var deviceTrace: @Sendable (String, TraceKind) async -> EvidenceTrace?
    /// Counters of the lines in Prometheus' text format.
    package var metrics: @Sendable () async -> String
    /// Takes what a user reports with the button, words or none, and gives the number of the ticket that has it.
    package var report: @Sendable (String?) async throws(ReportRefused) -> String

    package init(
        snapshot: @escaping @Sendable () async -> SiteSnapshot,
        ticketEvidence: @escaping @Sendable (String, EvidencePart) async -> KeptEvidence?,
        deviceTrace: @escaping @Sendable (String, TraceKind) async -> EvidenceTrace?,
        metrics: @escaping @Sendable () async -> String,
        report: @escaping @Sendable (String?) async throws(ReportRefused) -> String
    ) {
        self.snapshot = snapshot
        self.ticketEvidence = ticketEvidence
        self.deviceTrace = deviceTrace
        self.metrics = metrics
        self.report = report
    }
}

/// Why a report with the button was not kept.
package enum ReportRefused: Error {
    /// Too many within a short time; in words.
    case tooMany(String)
    /// The ledger cannot be written; in words.
    case notKept(String)
}
