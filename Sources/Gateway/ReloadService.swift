internal import Logging
internal import ServiceLifecycle
internal import Settings
internal import StrictYAML
internal import Terms
internal import UnixSignals

/// SIGHUP reads the configuration again: all of it is used, or none.
struct ReloadService: Service {
    let present: SiteConfiguration
    let read: @Sendable () throws -> SiteConfiguration
    let engine: EngineOwner
    let changes: AsyncStream<SiteConfiguration>.Continuation
    let notifier: SystemdNotifier
    let logger: Logger

    func run() async throws {
        var present = present
        let signals = await UnixSignalsSequence(trapping: .sighup)
        for await _ in signals.cancelOnGracefulShutdown() {
            notifier.send("RELOADING=1")
            if let next = await reload(over: present) { present = next }
            notifier.send("READY=1")
        }
        changes.finish()
    }

    private func reload(over present: SiteConfiguration) async -> SiteConfiguration? {
        do {
            let next = try read()
            try next.checkReload(over: present)
            try await engine.use(next)
            changes.yield(next)
            logger.notice("configuration reloaded", metadata: ["devices": "\(next.settings.devices.count)"])
            return next
        } catch let error as InvalidText {
            for problem in error.problems { logger.error("configuration not reloaded: \(problem)") }
        } catch {
            logger.error("configuration not reloaded: \(error)")
        }
        return nil
    }
}

extension SiteConfiguration {
    /// Some things are fixed while the daemon runs; a change of them is refused as a whole, with what to do.
    fileprivate func checkReload(over present: SiteConfiguration) throws(UnreadableConfiguration) {
        let fixed: [(name: String, isSame: Bool)] = [
            ("site.id", settings.site.id == present.settings.site.id),
            ("site.zone", settings.site.zone == present.settings.site.zone),
            ("site.standingAuthorisation",
                settings.site.standingAuthorisation == present.settings.site.standingAuthorisation),
            ("dataDirectory", settings.dataDirectory == present.settings.dataDirectory),
            ("controlSocket", settings.controlSocket == present.settings.controlSocket),
            ("web", settings.web == present.settings.web),
        ]
        let changed = fixed.filter { !$0.isSame }.map(\.name)
        guard changed.isEmpty else {
            throw UnreadableConfiguration(
                message: "\(changed.joined(separator: ", ")) changed; that needs a restart of the daemon")
        }
    }
}
