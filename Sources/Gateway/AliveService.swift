internal import Logging
internal import ServiceLifecycle
internal import Storage
internal import Terms

/// Keeps once a minute, and at the end, that the box is alive: after a power cut a box without a trusted clock goes on
/// from there. It also tells when the wall clock is confirmed, and when somebody sets it.
struct AliveService: Service {
    let time: BoxTimeSource
    let logger: Logger

    /// What a power cut takes from the time of a boot that follows without a trusted clock.
    private static let interval = Milliseconds.minutes(1)
    private static let look = Milliseconds.seconds(1)

    func run() async throws {
        if let reason = time.trouble { logger.warning("the time of earlier boots is not known: \(reason)") }
        try await cancelWhenGracefulShutdown { try await watch() }
        var trouble: String?
        keep(&trouble)
    }

    private func watch() async throws {
        var keptAt: Boottime?
        var former: Stamp?
        var trouble: String?
        while !Task.isCancelled {
            let now = time.now()
            tell(now, after: former)
            // What confirms the clock is kept at once.
            let isConfirmed = now.trust == .synced && former?.trust != .synced
            if isConfirmed || keptAt.map({ now.boottime - $0 >= Self.interval }) ?? true {
                keptAt = now.boottime
                keep(&trouble)
            }
            former = now
            do {
                try await time.sleep(until: now.boottime + Self.look)
            } catch is CancellationError {
                return
            }
        }
    }

    /// What cannot be kept is tried again at its next time.
    private func keep(_ trouble: inout String?) {
        do {
            try time.keep()
            trouble = nil
        } catch {
            let reason = "\(error)"
            if reason != trouble {
                logger.warning("after a power cut the box would not know how long it ran: \(reason)")
            }
            trouble = reason
        }
    }

    private func tell(_ now: Stamp, after former: Stamp?) {
        guard let former else {
            if now.trust != .synced {
                logger.warning(
                    "the wall clock is not confirmed: instants are the earliest that they can be",
                    metadata: ["trust": "\(now.trust.rawValue)", "shown": "\(now.shown.rfc3339)",
                        "reckoned": "\(now.wall.rfc3339)"])
            }
            return
        }
        let moved = (now.shown - former.shown) - (now.boottime - former.boottime)
        if moved > BoxClock.toleratedStep || moved < .zero - BoxClock.toleratedStep {
            logger.warning(
                "the wall clock was set; no clock of a ticket moves by that",
                metadata: ["by": "\(moved.count / 1_000) s", "trust": "\(now.trust.rawValue)"])
        }
        if now.trust == .synced, former.trust != .synced {
            logger.notice("the wall clock is confirmed", metadata: ["now": "\(now.wall.rfc3339)"])
        } else if now.trust != .synced, former.trust == .synced {
            logger.warning("the wall clock is no longer confirmed", metadata: ["trust": "\(now.trust.rawValue)"])
        }
    }
}
