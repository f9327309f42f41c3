internal import Synchronization

/// Which parts of the daemon must be reachable before it may call itself ready.
final class Readiness: Sendable {
    private let missing: Mutex<Set<String>>
    private let (completed, completion) = AsyncStream<Void>.makeStream()

    init(of parts: Set<String>) {
        missing = Mutex(parts)
        if parts.isEmpty { completion.finish() }
    }

    /// One part can be reached from now on.
    func mark(_ part: String) {
        let isComplete = missing.withLock { missing in
            missing.remove(part)
            return missing.isEmpty
        }
        if isComplete { completion.finish() }
    }

    /// Returns when every part can be reached, or when the task is cancelled.
    func waitUntilComplete() async {
        for await _ in completed {}
    }
}
