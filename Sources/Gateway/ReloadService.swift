internal import Logging
internal import ServiceLifecycle
internal import Settings
internal import StrictYAML
internal import Terms
internal import UnixSignals

/// SIGHUP reads the configuration again: all of it is used, or none.
struct ReloadService: Service {
    /// The configuration of the start: what is fixed in it stays fixed.
    let present: SiteConfiguration
    let read: @Sendable () throws -> SiteConfiguration
    let changes: AsyncStream<SiteConfiguration>.Continuation
    let notifier: SystemdNotifier
    let logger: Logger

    func run() async throws {
        let signals = await UnixSignalsSequence(trapping: .sighup)
        for await _ in signals.cancelOnGracefulShutdown() {
            notifier.send("RELOADING=1")
            reload()
            notifier.send("READY=1")
        }
        // The stream of changes is not finished here: the lines would end before their turn in the stop, which the
        // group takes for a failure.
    }

    /// Hands a sound configuration to the lines, which give it to the engine once they are silent.
    private func reload() {
        do {
            let next = try read()
            try next.checkReload(over: present)
            changes.yield(next)
        } catch let error as InvalidText {
            for problem in error.problems { logger.error("configuration not reloaded: \(problem)") }
        } catch {
            logger.error("configuration not reloaded: \(error)")
        }
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
