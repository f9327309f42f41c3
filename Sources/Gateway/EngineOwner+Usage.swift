package import Engine
internal import Terms

/// The use of the devices: what outlives a restart, and what is shown.
extension EngineOwner {
    /// Keeps the use of the open days for the next start, at its times or now.
    ///
    /// - Parameter isLast: whether the program ends.
    package func keepUsage(isLast: Bool) {
        let now = time.boottime()
        guard isLast || usageFile.isDue(at: now), let checkpoint = engine.usageCheckpoint else { return }
        usageFile.keep(checkpoint, at: now)
    }

    /// How every unit was used.
    package func usage() -> [UsageSnapshot] { engine.usageSnapshots }
}
