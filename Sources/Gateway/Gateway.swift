internal import Engine
package import Logging
internal import Modbus
package import Notification
package import ServiceLifecycle
internal import Settings
internal import Telemetry
package import Terms
package import Ticketing
internal import UnixSignals
internal import Web

/// What comes into the gateway from outside: time, log, and who wants to hear of facts. The daemon, the demonstration
/// and the tests differ only in these.
package struct GatewaySeams: Sendable {
    package var time: any TimeSource
    /// Paces what a person looks at; never faster than life.
    package var pageTime: any TimeSource
    package var logger: Logger
    /// Called for every fact after it is in the ledger.
    package var announce: @Sendable (Fact) -> Void
    /// Called with the page's port once it is served.
    package var pageIsServed: @Sendable (Int) -> Void
    /// Reads the configuration anew at SIGHUP; nil where SIGHUP is not taken.
    package var reread: (@Sendable () throws -> SiteConfiguration)?
    /// How the group of services stops: the signals that end it.
    package var stopsOnSignals: Bool
    /// How long a notification may take to be sent; nil for what is usual.
    package var transferLimits: TransferLimits?

    package init(
        time: any TimeSource = SystemTimeSource(), pageTime: any TimeSource = SystemTimeSource(), logger: Logger,
        announce: @escaping @Sendable (Fact) -> Void = { _ in },
        pageIsServed: @escaping @Sendable (Int) -> Void = { _ in },
        reread: (@Sendable () throws -> SiteConfiguration)? = nil, stopsOnSignals: Bool = true,
        transferLimits: TransferLimits? = nil
    ) {
        self.time = time
        self.pageTime = pageTime
        self.logger = logger
        self.announce = announce
        self.pageIsServed = pageIsServed
        self.reread = reread
        self.stopsOnSignals = stopsOnSignals
        self.transferLimits = transferLimits
    }
}

/// A gateway that is wired but does not run yet.
package struct BuiltGateway: Sendable {
    package let services: ServiceGroup
    package let engine: EngineOwner
}

/// Wires the box: opens the ledger, then everything that needs it. The order of the list is the order of start; the
/// stop is the reverse, so that lines fall silent before the engine does.
///
/// - Throws: `LedgerError` when the data directory or the ledger cannot be used, `ListenError` for a page address that
///   is not on this machine.
package func buildGateway(_ configuration: SiteConfiguration, seams: GatewaySeams) throws -> BuiltGateway {
    let settings = configuration.settings
    let lines = LineRegistry()
    let engine = try EngineOwner(
        configuration: configuration, time: seams.time, logger: seams.logger, announce: seams.announce, lines: lines)
    let (changes, changed) = AsyncStream<SiteConfiguration>.makeStream(bufferingPolicy: .bufferingNewest(1))
    let notifier = SystemdNotifier()
    let readiness = Readiness(of: settings.web == nil ? ["control"] : ["control", "page"])
    var services: [any Service] = [
        EngineService(engine: engine, time: seams.time),
        AuditService(engine: engine, time: seams.time),
        NotifierService(engine: engine, time: seams.time, logger: seams.logger, limits: seams.transferLimits),
        ControlServer(
            path: settings.controlSocket,
            desk: ControlDesk(engine: engine, lines: lines, library: configuration.library, time: seams.time),
            readiness: readiness, logger: seams.logger),
    ]
    if let clock = seams.time as? BoxTimeSource {
        services.insert(AliveService(time: clock, logger: seams.logger), at: 1)
    }
    if let web = settings.web {
        let address = try ListenAddress(host: web.host, port: web.port)
        services.append(
            PageService(
                listen: address, source: PageSource(engine, lines, seams.time), time: seams.pageTime,
                logger: seams.logger,
                onListening: { port in
                    readiness.mark("page")
                    seams.pageIsServed(port)
                }))
    }
    services.append(
        LinesService(
            initial: configuration, changes: seams.reread == nil ? nil : changes, engine: engine, registry: lines,
            refusals: LearnedRefusals(dataDirectory: settings.dataDirectory, logger: seams.logger), time: seams.time,
            logger: seams.logger))
    if let reread = seams.reread {
        services.append(
            ReloadService(
                present: configuration, read: reread, changes: changed, notifier: notifier, logger: seams.logger))
    }
    services.append(WatchdogService(
            notifier: notifier, readiness: readiness, engine: engine, time: seams.pageTime))
    warnOfWhatIsNotThere(configuration, seams.logger)
    var group = ServiceGroupConfiguration(
        services: services, gracefulShutdownSignals: seams.stopsOnSignals ? [.sigterm, .sigint] : [],
        logger: seams.logger)
    // Above the longest response time-out: a running libmodbus call cannot be cancelled.
    group.maximumGracefulShutdownDuration = .seconds(35)
    return BuiltGateway(services: ServiceGroup(configuration: group), engine: engine)
}

/// What is configured and cannot work, or is missing, is said aloud: silence would be a promise.
private func warnOfWhatIsNotThere(_ configuration: SiteConfiguration, _ logger: Logger) {
    let settings = configuration.settings
    let told = Set(settings.notifications.flatMap(\.audience))
    for audience in Audience.allCases where !settings.notifications.isEmpty && !told.contains(audience) {
        logger.log(
            level: audience == .installer ? .notice : .warning,
            "no channel of notification is for them: they are told nothing",
            metadata: ["audience": "\(audience.rawValue)"])
    }
    for trouble in configuration.secretTroubles(asDaemon: true) {
        logger.critical("\(trouble); nothing goes out there until then")
    }
    if !SystemTimeSource.knowsDiscipline {
        logger.warning(
            """
            nobody here says whether the clock is right: the kernel may not be asked, and systemd-timesyncd does not \
            run; with another program that keeps the clock, see examples/other-clock.conf
            """)
    }
    if settings.site.standingAuthorisation == nil {
        logger.warning("site.standingAuthorisation is missing: tickets are opened, and say that the user allowed none")
    }
}

extension PageSource {
    fileprivate init(_ engine: EngineOwner, _ lines: LineRegistry, _ time: any TimeSource) {
        self.init(
            snapshot: { await engine.snapshot().with(lines.reports(at: time.boottime())) },
            ticketEvidence: { id, part in await engine.evidence(of: TicketID(id), part) },
            deviceTrace: { device, kind in await engine.trace(of: device, kind) },
            metrics: {
                await LineMetrics(lines.reports(at: time.boottime())).text + engine.delivery().text
                    + (engine.auditMetrics()?.text ?? "") + engine.reserveMetrics()
            },
            report: { words async throws(ReportRefused) in
                do {
                    return try await engine.pressButton(words: words).text
                } catch let error as ButtonExhausted {
                    throw .tooMany(error.description)
                } catch {
                    throw .notKept("\(error)")
                }
            })
    }
}

extension SiteSnapshot {
    /// The snapshot with how each device does on its line.
    fileprivate func with(_ lines: [LineReport]) -> SiteSnapshot {
        var result = self
        var wires: [String: WireSnapshot] = [:]
        for line in lines {
            for device in line.devices {
                let unit = line.unit(device.unit)
                wires[device.device] = WireSnapshot(
                    answeredPercent: unit?.answeredPercent, medianMilliseconds: unit?.latency?.medianMilliseconds,
                    // To the second: else two looks at the same silence would differ.
                    silentSince: device.silentSeconds.map { silent in
                        (now - Int64((silent + (line.ageSeconds ?? 0)) * 1_000)) / 1_000 * 1_000
                    })
            }
        }
        for index in result.devices.indices { result.devices[index].wire = wires[result.devices[index].name] }
        return result
    }
}
