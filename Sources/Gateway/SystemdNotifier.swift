internal import Glibc
internal import Logging
internal import ServiceLifecycle
package import Terms

/// Tells systemd how the daemon does (sd_notify(3)): ready, alive, reloading, stopping. Does nothing elsewhere.
package struct SystemdNotifier: Sendable {
    private let socketPath: String?
    /// Half of what WatchdogSec allows; nil where no watchdog waits.
    package let watchdogInterval: Milliseconds?

    package init() {
        socketPath = getenv("NOTIFY_SOCKET").map { String(cString: $0) }
        let limit = getenv("WATCHDOG_USEC").flatMap { Int64(String(cString: $0)) }
        watchdogInterval = limit.map { Milliseconds(max(1, $0 / 2_000)) }
    }

    /// Sends one state, such as `READY=1`. systemd must not be able to stop the daemon, so a failure is ignored: the
    /// watchdog is what notices a daemon that cannot speak.
    package func send(_ state: String) {
        guard let socketPath, let first = socketPath.utf8.first else { return }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let capacity = MemoryLayout.size(ofValue: address.sun_path)
        guard socketPath.utf8.count < capacity else { return }
        withUnsafeMutableBytes(of: &address.sun_path) { path in
            path.copyBytes(from: socketPath.utf8)
            // An abstract socket is written with an at sign and begins with a zero byte.
            if first == UInt8(ascii: "@") { path[0] = 0 }
        }
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + socketPath.utf8.count)
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                _ = sendto(descriptor, state, state.utf8.count, Int32(MSG_NOSIGNAL), address, length)
            }
        }
    }
}

/// Tells the watchdog that the engine still decides: it must answer before the sign of life is sent.
struct WatchdogService: Service {
    let notifier: SystemdNotifier
    let readiness: Readiness
    let engine: EngineOwner
    let time: any TimeSource

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            await readiness.waitUntilComplete()
            notifier.send("READY=1\nSTATUS=watching")
            // Without a watchdog the wait is only for the end.
            let interval = notifier.watchdogInterval ?? .hours(1)
            while !Task.isCancelled {
                do {
                    try await time.sleep(until: time.now().boottime + interval)
                } catch is CancellationError {
                    break
                }
                await engine.answerSignOfLife()
                notifier.send("WATCHDOG=1")
            }
        }
        notifier.send("STOPPING=1")
    }
}
