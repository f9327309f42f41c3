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
            metrics: { Self.metrics })
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
