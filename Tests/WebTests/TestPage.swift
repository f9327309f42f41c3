import Engine
import Hummingbird
import Logging
import Synchronization
import Telemetry
import Terms

@testable import Web

/// A page over a snapshot that a test may change.
final class TestPage: Sendable {
    let time = ManualTime()
    private let site = Mutex(RichSite().snapshot)

    private let reports = Mutex<[String?]>([])
    private let refusal = Mutex<ReportRefused?>(nil)

    /// What was reported, in the order of coming.
    var reported: [String?] { reports.withLock { $0 } }

    /// Takes no report from now on.
    func refuse(_ refused: ReportRefused) { refusal.withLock { $0 = refused } }

    static let metrics = "# TYPE a counter\na 1\n"

    func change(_ edit: (inout SiteSnapshot) -> Void) {
        site.withLock { edit(&$0) }
    }

    var source: PageSource {
        PageSource(
            snapshot: { self.site.withLock { $0 } },
            ticketEvidence: { id, _ in id == "home-1.3" ? .trace(RichSite().hotTrace) : nil },
            deviceTrace: { name, kind in
                guard name == "pack-1" else { return nil }
                switch kind {
                case .cellVoltages: return RichSite().deviceTrace(.voltages)
                case .temperatures: return RichSite().deviceTrace(.temperatures)
                case .power: return RichSite().deviceTrace(.power)
                }
            },
            metrics: { Self.metrics },
            report: { words async throws(ReportRefused) in
                if let refused = self.refusal.withLock({ $0 }) { throw refused }
                self.reports.withLock { $0.append(words) }
                return "home-1.3"
            })
    }

    func application(
        onListening: @escaping @Sendable (Int) async -> Void = { _ in }
    ) throws -> Application<PageResponder> {
        var logger = Logger(label: "web-tests")
        logger.logLevel = .critical
        return buildWeb(
            listen: try ListenAddress(host: "127.0.0.1", port: 0), source: source, time: time, logger: logger,
            onListening: onListening)
    }
}
