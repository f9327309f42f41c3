internal import DeviceProfiles
internal import Logging
internal import Modbus
internal import Polling
internal import ServiceLifecycle
internal import Settings
internal import Terms

/// Runs one owner per line, and starts them anew when the configuration changes.
struct LinesService: Service {
    let initial: SiteConfiguration
    /// Configurations that were checked and are to be used from now on; nil where none can come.
    let changes: AsyncStream<SiteConfiguration>?
    let engine: EngineOwner
    let registry: LineRegistry
    let time: any TimeSource
    let logger: Logger

    private enum Ended: Sendable {
        case line
        case changed(SiteConfiguration?)
    }

    func run() async throws {
        var current = initial
        while let next = try await cancelWhenGracefulShutdown({ [current] in try await runLines(of: current) }) {
            if await adopt(next) { current = next }
        }
        registry.replace(with: [:])
    }

    /// Gives the engine the new configuration while every line is silent, so that no frame of an old device can be
    /// taken for one of a new. Whether the engine took it; it keeps the old one otherwise, and so do the lines.
    private func adopt(_ next: SiteConfiguration) async -> Bool {
        do {
            try await engine.use(next)
            logger.notice("configuration reloaded", metadata: ["devices": "\(next.settings.devices.count)"])
            return true
        } catch {
            logger.error("configuration not reloaded: \(error)")
            return false
        }
    }

    /// Polls until the configuration changes or the daemon stops; the next configuration, nil to stop.
    private func runLines(of configuration: SiteConfiguration) async throws -> SiteConfiguration? {
        let owners = owners(of: configuration)
        registry.replace(with: owners)
        return try await withThrowingTaskGroup(of: Ended.self) { group in
            for owner in owners.values {
                group.addTask {
                    try await owner.run()
                    return .line
                }
            }
            if let changes {
                group.addTask {
                    for await change in changes { return .changed(change) }
                    return .changed(nil)
                }
            }
            defer { group.cancelAll() }
            while let ended = try await group.next() {
                if case .changed(let next) = ended { return next }
            }
            return nil
        }
    }

    private func owners(of configuration: SiteConfiguration) -> [DeviceURL: LineOwner] {
        var owners: [DeviceURL: LineOwner] = [:]
        for (number, line) in configuration.settings.lines.enumerated() {
            let devices = configuration.lineDevices(of: line)
            logger.info("line starts", metadata: ["line": "\(line.name)", "url": "\(line.url)"])
            if let refusal = configuration.load(of: line).refusal {
                logger.warning("\(refusal)", metadata: ["line": "\(line.name)"])
            }
            owners[line.url] = LineOwner(
                url: line.url, devices: devices, time: time, seed: UInt64(number),
                deliver: { [engine] event in await engine.take(event) },
                announce: { [engine] round in await engine.announce(round) })
        }
        return owners
    }
}
