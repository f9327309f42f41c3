import Glibc
import Synchronization
import Terms
import TestPeers

/// Runs the tasks and actors of a whole daemon by hand: one job at a time, on the thread that calls `run`, in an order
/// that a seed picks. Time passes once nothing is left to run, and now and then before, as on a slow box.
///
/// Jobs of one actor keep their order, as they do on a thread of its own; everything else may overtake.
final class Stage: TaskExecutor, @unchecked Sendable {
    private struct Entry {
        let job: UnownedJob
        /// nil: of no actor.
        let actor: StagedActor?
    }

    /// A box that is never this busy has tasks that feed each other.
    private static let mostJobs = 100_000_000

    let time: StageTime
    private let entries = Mutex<[Entry]>([])
    // Touched by `run` alone.
    private var dice: Dice
    private(set) var jobs = 0

    init(time: StageTime, seed: UInt64) {
        self.time = time
        dice = Dice(seed: seed)
    }

    func enqueue(_ job: consuming ExecutorJob) { add(UnownedJob(job), of: nil) }

    fileprivate func add(_ job: UnownedJob, of actor: StagedActor?) {
        entries.withLock { $0.append(Entry(job: job, actor: actor)) }
    }

    /// Begins a task, which goes on while `run` runs.
    @discardableResult
    func begin(_ work: sending @escaping () async throws -> Void) -> Task<Void, any Error> {
        Task(executorPreference: self) { try await work() }
    }

    /// Runs until `isOver`, which is asked between two jobs. False: nothing is left that could ever run.
    func run(until isOver: () -> Bool) -> Bool {
        StrayTasks.begin(on: self)
        defer { StrayTasks.end() }
        while !isOver() {
            if dice.happens(onceIn: 6), time.wakeNext(within: Milliseconds(300)) { continue }
            if let entry = next() {
                jobs += 1
                precondition(jobs < Self.mostJobs)
                if let actor = entry.actor {
                    entry.job.runSynchronously(
                        isolatedTo: actor.asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor())
                } else {
                    entry.job.runSynchronously(on: asUnownedTaskExecutor())
                }
            } else if !time.wakeNext(within: .hours(24)) {
                return false
            }
        }
        return true
    }

    private func next() -> Entry? {
        entries.withLock { entries in
            guard !entries.isEmpty else { return nil }
            let picked = dice.roll(entries.count)
            guard let actor = entries[picked].actor else { return entries.remove(at: picked) }
            let oldest = entries.firstIndex { $0.actor === actor } ?? picked
            return entries.remove(at: oldest)
        }
    }
}

/// A library that begins a task of nobody's (`Task {}`) would run it beside the stage, in an order that no seed picks.
/// The runtime asks this hook before it runs one: what begins on a stage stays there.
private enum StrayTasks {
    private typealias Enqueue = @convention(thin) (UnownedJob) -> Void
    private typealias Hook = @convention(thin) (UnownedJob, Enqueue) -> Void

    /// By it a thread finds the stage that runs on it.
    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        precondition(pthread_key_create(&key, nil) == 0, "the system has no thread key left")
        let place = dlsym(nil, "swift_task_enqueueGlobal_hook")
        precondition(place != nil, "the runtime has no hook for tasks any more")
        place?.assumingMemoryBound(to: Hook?.self).pointee = { job, enqueue in
            guard let stage = StrayTasks.stage else { return enqueue(job) }
            stage.add(job, of: nil)
        }
        return key
    }()

    private static var stage: Stage? {
        pthread_getspecific(key).map { Unmanaged<Stage>.fromOpaque($0).takeUnretainedValue() }
    }

    static func begin(on stage: Stage) { pthread_setspecific(key, Unmanaged.passUnretained(stage).toOpaque()) }

    static func end() { pthread_setspecific(key, nil) }
}

/// Where one actor runs: on the stage, and on nothing else.
final class StagedActor: SerialExecutor {
    private let stage: Stage

    init(_ stage: Stage) { self.stage = stage }

    func enqueue(_ job: consuming ExecutorJob) { stage.add(UnownedJob(job), of: self) }
}

/// Time that passes only when the stage says so. The wall clock is right from the start.
final class StageTime: TimeSource {
    private struct Sleeper {
        let number: Int
        let deadline: Boottime
        let continuation: UnsafeContinuation<Void, any Error>
    }

    private struct State {
        var now: Boottime
        var sleepers: [Sleeper] = []
        var lastNumber = 0
    }

    /// What the wall clock shows at boottime 0.
    let start: Instant
    private let state: Mutex<State>

    init(start: Instant, at now: Boottime = Boottime(nanoseconds: 1_000_000_000)) {
        self.start = start
        state = Mutex(State(now: now))
    }

    func boottime() -> Boottime { state.withLock { $0.now } }

    func now() -> Stamp {
        let now = boottime()
        return Stamp(
            boot: BootID(high: 0, low: 1), boottime: now,
            wall: Instant(milliseconds: start.milliseconds + now.nanoseconds / 1_000_000), trust: .synced)
    }

    /// Lets time pass in a call that holds its thread.
    func pass(_ nanoseconds: Int64) {
        state.withLock { $0.now = Boottime(nanoseconds: $0.now.nanoseconds + nanoseconds) }
    }

    func sleep(until deadline: Boottime) async throws {
        let number = state.withLock { state in
            state.lastNumber += 1
            return state.lastNumber
        }
        try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { continuation in
                state.withLock {
                    $0.sleepers.append(Sleeper(number: number, deadline: deadline, continuation: continuation))
                }
                // The handler came first where there was nothing to cancel yet.
                if Task.isCancelled { cancel(number) }
            }
        } onCancel: {
            cancel(number)
        }
    }

    private func cancel(_ number: Int) {
        let found = state.withLock { state in
            state.sleepers.firstIndex { $0.number == number }.map { state.sleepers.remove(at: $0) }
        }
        found?.continuation.resume(throwing: CancellationError())
    }

    /// Wakes who is due first, and lets time pass until then. False: nobody is due `within` that.
    func wakeNext(within limit: Milliseconds) -> Bool {
        let woken = state.withLock { state -> Sleeper? in
            let next = state.sleepers.enumerated().min { ($0.1.deadline, $0.1.number) < ($1.1.deadline, $1.1.number) }
            guard let next, next.element.deadline <= state.now + limit else { return nil }
            state.now = max(state.now, next.element.deadline)
            return state.sleepers.remove(at: next.offset)
        }
        woken?.continuation.resume()
        return woken != nil
    }
}
