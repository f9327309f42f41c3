internal import DeviceProfiles
internal import Engine
internal import Logging
internal import Modbus
internal import Polling
internal import ServiceLifecycle
internal import Settings
internal import Telemetry
internal import Terms

/// Runs one owner per line, and starts them anew when the configuration changes.
struct LinesService: Service {
    let initial: SiteConfiguration
    /// Configurations that were checked and are to be used from now on; nil where none can come.
    let changes: AsyncStream<SiteConfiguration>?
    let engine: EngineOwner
    let registry: LineRegistry
    /// Which registers the devices refuse.
    let refusals: LearnedRefusals
    let time: any TimeSource
    let logger: Logger
    /// How a line is opened, and where it runs.
    var open: LinkOpener = openLink
    var executor: @Sendable () -> any SerialExecutor = { ThreadExecutor(name: "line") }

    /// Between two looks at how a line does.
    private static let watchInterval = Milliseconds.seconds(1)

    private enum Ended: Sendable {
        case line
        case changed(SiteConfiguration?)
    }

    func run() async throws {
        var current = initial
        while let next = try await cancelWhenGracefulShutdown({ [current] in try await runLines(of: current) }) {
            if await adopt(next) { current = next }
        }
        registry.replace(with: [])
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
        let names = configuration.devices.mapValues(\.expected.name)
        let lines = lines(of: configuration, names)
        registry.replace(with: lines)
        return try await withThrowingTaskGroup(of: Ended.self) { group in
            for (settings, owner) in lines {
                group.addTask {
                    try await owner.run()
                    return .line
                }
                group.addTask {
                    try await watch(owner, settings, names.mapValues(\.text))
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

    /// Looks how a line does, again and again. A line that waits for an answer holds up this alone: whoever asks the
    /// registry sees how old the figures are.
    private func watch(_ owner: LineOwner, _ settings: LineSettings, _ names: [DeviceIndex: String]) async throws {
        while !Task.isCancelled {
            let health = await owner.health()
            registry.note(LineReport(settings, health, names: names), of: owner, at: health.at)
            do {
                try await time.sleep(until: time.boottime() + Self.watchInterval)
            } catch is CancellationError {
                return
            }
        }
    }

    private func lines(
        of configuration: SiteConfiguration, _ names: [DeviceIndex: DeviceName]
    ) -> [(settings: LineSettings, owner: LineOwner)] {
        configuration.settings.lines.enumerated().map { number, line in
            let devices = configuration.lineDevices(of: line, refusals: refusals.record)
            logger.info("line starts", metadata: ["line": "\(line.name)", "url": "\(line.url)"])
            if let refusal = configuration.load(of: line).refusal {
                logger.warning("\(refusal)", metadata: ["line": "\(line.name)"])
            }
            let owner = LineOwner(
                url: line.url, devices: devices, time: time, seed: UInt64(number),
                deliver: { [engine, refusals] event in
                    if case .refusals(let index, let record) = event {
                        if let name = names[index] { refusals.keep(record, of: name) }
                    } else {
                        await engine.take(event)
                    }
                },
                announce: { [engine] round in await engine.announce(round) }, open: open, executor: executor())
            return (line, owner)
        }
    }
}
