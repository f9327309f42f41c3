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

    package init(
        snapshot: @escaping @Sendable () async -> SiteSnapshot,
        ticketEvidence: @escaping @Sendable (String, EvidencePart) async -> KeptEvidence?,
        deviceTrace: @escaping @Sendable (String, TraceKind) async -> EvidenceTrace?,
        metrics: @escaping @Sendable () async -> String
    ) {
        self.snapshot = snapshot
        self.ticketEvidence = ticketEvidence
        self.deviceTrace = deviceTrace
        self.metrics = metrics
    }
}
