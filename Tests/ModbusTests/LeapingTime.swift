import Synchronization
import Terms

/// A clock that stands still until somebody wants to sleep, and then leaps: tests never wait.
final class LeapingTime: TimeSource {
    private let nanoseconds = Mutex<Int64>(0)

    func now() -> Stamp {
        let now = nanoseconds.withLock { $0 }
        return Stamp(
            boot: BootID(high: 0, low: 1), boottime: Boottime(nanoseconds: now),
            wall: Instant(milliseconds: now / 1_000_000), trust: .synced)
    }

    func sleep(until deadline: Boottime) async throws {
        try Task.checkCancellation()
        // A real sleep lets others have the thread; so must this one.
        await Task.yield()
        nanoseconds.withLock { $0 = max($0, deadline.nanoseconds) }
    }

    func leap(to instant: Boottime) { nanoseconds.withLock { $0 = max($0, instant.nanoseconds) } }
}
