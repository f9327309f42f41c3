internal import Engine
internal import Gateway
internal import Logging
internal import ServiceLifecycle
internal import Simulation
internal import Synchronization
internal import Terms
internal import Ticketing

/// Runs the simulated home and the real gateway side by side.
struct DemoStage: Sendable {
    let home: ServedHome
    let fault: HomeFault
    let time: ScaledTimeSource<SystemTimeSource>
    let speed: Int64
    let untilTicket: Bool
    let voice: DemoVoice

    enum Outcome: Sendable { case ticketOpened, timedOut, stopped }

    /// Simulated time before the fault begins.
    private static let quiet = Milliseconds.seconds(10)
    /// Real time between two steps of the physics.
    private static let step = Milliseconds(100)
    /// Real time within which `--until ticket` wants one.
    private static let patience = Milliseconds.seconds(120)

    func play(_ configuration: SiteConfiguration) async throws -> Outcome {
        let opened = TicketBell()
        let gateway = try buildGateway(
            configuration,
            seams: GatewaySeams(
                time: time, logger: Logger(label: "demo") { _ in JournalLogHandler(level: .critical) },
                announce: { fact in
                    voice.tell(fact)
                    if case .faultOpened = fact.event { opened.ring() }
                },
                pageIsServed: { voice.pageIsServed(port: $0) }))
        voice.begin(home: home, fault: fault, speed: speed)
        return try await withThrowingTaskGroup(of: Outcome?.self) { group in
            group.addTask {
                try await gateway.services.run()
                return .stopped
            }
            group.addTask { try await runHome() }
            group.addTask { try await tellState(of: gateway.engine) }
            if untilTicket { group.addTask { try await wait(for: opened) } }
            var outcome = Outcome.stopped
            while let ended = try await group.next() {
                guard let ended else { continue }
                if ended == .stopped { break }
                outcome = ended
                if outcome == .ticketOpened { await voice.tellTickets(gateway.engine.snapshot()) }
                await gateway.services.triggerGracefulShutdown()
            }
            group.cancelAll()
            return outcome
        }
    }

    /// Lets the physics pass as the gateway's time does, and breaks something.
    private func runHome() async throws -> Outcome? {
        let base = SystemTimeSource()
        let start = time.now().boottime
        var last = start
        var isBroken = false
        while !Task.isCancelled {
            try await base.sleepUnlessCancelled(for: Self.step)
            let now = time.now().boottime
            home.advance(by: now - last)
            last = now
            if !isBroken, now - start >= Self.quiet {
                isBroken = true
                home.inject(fault)
                voice.faultBegins(fault)
            }
        }
        return nil
    }

    private func tellState(of engine: EngineOwner) async throws -> Outcome? {
        while !Task.isCancelled {
            try await SystemTimeSource().sleepUnlessCancelled(for: .seconds(5))
            if !Task.isCancelled { await voice.tellState(engine.snapshot()) }
        }
        return nil
    }

    private func wait(for bell: TicketBell) async throws -> Outcome? {
        let base = SystemTimeSource()
        let end = base.now().boottime + Self.patience
        while !Task.isCancelled, base.now().boottime < end {
            if bell.hasRung { return .ticketOpened }
            try await base.sleepUnlessCancelled(for: .init(50))
        }
        return Task.isCancelled ? nil : .timedOut
    }
}

/// Whether a ticket was opened.
private final class TicketBell: Sendable {
    private let rung = Mutex(false)
    func ring() { rung.withLock { $0 = true } }
    var hasRung: Bool { rung.withLock { $0 } }
}

extension SystemTimeSource {
    /// A cancelled wait is the ordinary end of the demonstration.
    fileprivate func sleepUnlessCancelled(for time: Milliseconds) async throws {
        do {
            try await sleep(until: now().boottime + time)
        } catch is CancellationError {
            return
        }
    }
}
