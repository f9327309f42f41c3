internal import ServiceLifecycle
internal import Terms

/// Lets time pass for the engine: clocks fall due and silence is noticed although nothing arrives.
struct EngineService: Service {
    let engine: EngineOwner
    let time: any TimeSource

    /// The longest sleep. A frame can bring a deadline that is nearer than the one that was slept for; this bounds how
    /// late it is then noticed, well below the second within which a fault must be durable.
    private static let longestSleep = Milliseconds(250)

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                let due = await engine.tick()
                // By the daemon alone: a command that looks into a home whose daemon stands leaves the file as it is.
                await engine.keepUsage(isLast: false)
                await engine.keepReserve()
                let latest = time.now().boottime + Self.longestSleep
                do {
                    try await time.sleep(until: due.map { min($0, latest) } ?? latest)
                } catch is CancellationError {
                    return
                }
            }
        }
        await engine.keepUsage(isLast: true)
    }
}
