package import Engine
package import Telemetry

/// What the page shows comes through these closures; the page itself keeps nothing.
package struct PageSource: Sendable {
    /// The site as it is now.
    package var snapshot: @Sendable () async -> SiteSnapshot
    /// The evidence of a ticket, by the ticket's id; nil where there is none.
    package var ticketTrace: @Sendable (String) async -> EvidenceTrace?
    /// The live curves of a device, by its configured name; nil where it has none of this kind.
    package var deviceTrace: @Sendable (String, TraceKind) async -> EvidenceTrace?
    /// Counters of the lines in Prometheus' text format.
    package var metrics: @Sendable () async -> String

    package init(
        snapshot: @escaping @Sendable () async -> SiteSnapshot,
        ticketTrace: @escaping @Sendable (String) async -> EvidenceTrace?,
        deviceTrace: @escaping @Sendable (String, TraceKind) async -> EvidenceTrace?,
        metrics: @escaping @Sendable () async -> String
    ) {
        self.snapshot = snapshot
        self.ticketTrace = ticketTrace
        self.deviceTrace = deviceTrace
        self.metrics = metrics
    }
}
