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
        var configuration: SiteConfiguration? = initial
        while let current = configuration, !Task.isShuttingDownGracefully {
            configuration = try await cancelWhenGracefulShutdown { try await runLines(of: current) }
        }
        registry.replace(with: [:])
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
            owners[line.url] = LineOwner(url: line.url, devices: devices, time: time, seed: UInt64(number)) {
                [engine] event in await engine.take(event)
            }
        }
        return owners
    }
}
