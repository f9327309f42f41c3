import Synchronization
import Terms

/// A time source that moves only when told; whoever sleeps is woken when its instant is reached.
final class ManualTime: TimeSource {
    private struct Sleeper {
        let id: Int
        let deadline: Boottime
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var now = Boottime(nanoseconds: 0)
        var sleepers: [Sleeper] = []
        var nextID = 0
        var cancelled: Set<Int> = []
    }

    private let state = Mutex(State())

    func now() -> Stamp {
        let boottime = state.withLock { $0.now }
        let wall = Instant(milliseconds: RichSite.noon + boottime.nanoseconds / 1_000_000)
        return Stamp(boot: BootID(high: 0, low: 1), boottime: boottime, wall: wall, trust: .synced)
    }

    func sleep(until deadline: Boottime) async throws {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                add(Sleeper(id: id, deadline: deadline, continuation: continuation))
            }
        } onCancel: {
            cancel(id)
        }
    }

    /// How many sleep now.
    var sleeperCount: Int { state.withLock { $0.sleepers.count } }

    func advance(_ step: Milliseconds) {
        let due = state.withLock { state in
            state.now = state.now + step
            let now = state.now
            let due = state.sleepers.filter { $0.deadline <= now }
            state.sleepers.removeAll { $0.deadline <= now }
            return due
        }
        for sleeper in due { sleeper.continuation.resume() }
    }

    private func add(_ sleeper: Sleeper) {
        let outcome: Result<Void, any Error>? = state.withLock { state in
            if state.cancelled.contains(sleeper.id) { return .failure(CancellationError()) }
            if sleeper.deadline <= state.now { return .success(()) }
            state.sleepers.append(sleeper)
            return nil
        }
        if let outcome { sleeper.continuation.resume(with: outcome) }
    }

    private func cancel(_ id: Int) {
        let sleeper = state.withLock { state -> Sleeper? in
            state.cancelled.insert(id)
            guard let index = state.sleepers.firstIndex(where: { $0.id == id }) else { return nil }
            return state.sleepers.remove(at: index)
        }
        sleeper?.continuation.resume(throwing: CancellationError())
    }
}
