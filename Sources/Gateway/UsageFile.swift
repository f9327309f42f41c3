internal import Engine
internal import Logging
internal import Storage
internal import Terms

/// The use of the days that are not over, kept over a restart: `usage.checkpoint` in the data directory. A power cut
/// loses what came after it was kept last; what the device counts itself is not lost.
struct UsageFile: Sendable {
    private let file: WholeFile
    private let logger: Logger
    private var keptAt: Boottime?
    /// The newest reason why it could not be kept; told once.
    private var trouble: String?

    /// The most that a power cut loses.
    static let interval = Milliseconds.minutes(5)

    init(dataDirectory: String, logger: Logger) {
        file = WholeFile(path: "\(dataDirectory)/usage.checkpoint")
        self.logger = logger
    }

    /// What was kept last; nil where there is none or it cannot be used, which is told.
    func read() -> UsageCheckpoint? {
        do {
            guard let bytes = try file.read(upTo: UsageCheckpoint.mostBytes) else { return nil }
            return try UsageCheckpoint(bytes: bytes)
        } catch {
            let reason = error is UsageCheckpoint.Invalid ? "\(file.path): \(error)" : "\(error)"
            logger.warning(
                "today's use before this start is not known, but for what the devices count themselves: \(reason)")
            return nil
        }
    }

    /// Whether it is time to keep it again.
    func isDue(at now: Boottime) -> Bool { keptAt.map { now - $0 >= Self.interval } ?? true }

    /// Keeps it now. What cannot be kept is tried again at its next time.
    mutating func keep(_ checkpoint: UsageCheckpoint, at now: Boottime) {
        keptAt = now
        do {
            try file.replace(with: checkpoint.bytes)
            trouble = nil
        } catch {
            let reason = "\(error)"
            if reason != trouble {
                logger.warning("today's use of the devices would be lost at a restart: \(reason)")
            }
            trouble = reason
        }
    }
}
