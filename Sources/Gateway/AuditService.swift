internal import ServiceLifecycle
internal import Terms
internal import Ticketing

/// Looks at every open promise each minute: a clock whose next step is neither written nor scheduled is told, and that
/// the look was taken is shown.
struct AuditService: Service {
    let engine: EngineOwner
    let time: any TimeSource

    private static let interval = Milliseconds.minutes(1)

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await engine.audit()
                do {
                    try await time.sleep(until: time.now().boottime + Self.interval)
                } catch is CancellationError {
                    return
                }
            }
        }
    }
}

/// The newest look at every open promise, in the text format that Prometheus reads (version 0.0.4).
struct AuditMetrics: Sendable {
    let at: Instant
    let found: PromiseAudit

    var text: String {
        let values: [(name: String, help: String, value: Int64)] = [
            ("timestamp_seconds", "When every open promise was looked at last.", at.milliseconds / 1_000),
            ("subjects", "Open tickets, orders and homes that were looked at.", Int64(found.subjects)),
            ("steps_scheduled", "Steps of their clocks that lie ahead.", Int64(found.scheduled)),
            ("troubles", "Steps that are neither written nor scheduled.", Int64(found.troubles.count)),
        ]
        return values.map { value in
            let name = "aftercare_audit_\(value.name)"
            return "# HELP \(name) \(value.help)\n# TYPE \(name) gauge\n\(name) \(value.value)\n"
        }.joined()
    }
}
