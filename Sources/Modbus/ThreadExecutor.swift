internal import CModbus
internal import Glibc
internal import Synchronization

/// Runs an actor on a thread of its own, so that a blocking call holds up nobody else.
///
/// The thread starts with the first job. `stop` lets it finish its jobs and joins it; a job that comes later starts a
/// new one, so no job is ever lost.
package final class ThreadExecutor: SerialExecutor {
    private let queue: JobQueue

    /// - Parameter name: What `top -H` shows; cut to 15 bytes, the kernel's limit.
    package init(name: String) {
        queue = JobQueue(name: String(decoding: name.utf8.prefix(15), as: UTF8.self))
        queue.owner = self
    }

    deinit { queue.stop() }

    /// Takes a job; may be called from any thread.
    package func enqueue(_ job: consuming ExecutorJob) {
        queue.append(UnownedJob(job), executor: asUnownedSerialExecutor())
    }

    /// What an actor gives as its executor.
    package func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }

    /// Traps on any other thread.
    package func checkIsolated() {
        precondition(queue.isCurrentThread, "not on the thread of this executor")
    }

    /// Whether the caller runs on this executor's thread.
    package func isIsolatingCurrentContext() -> Bool? { queue.isCurrentThread }

    /// The executor on whose thread the caller runs; nil on any other thread.
    package static var current: ThreadExecutor? {
        guard let queue = JobQueue.current else { return nil }
        return queue.owner
    }

    /// Waits on this executor's own thread. A timer of the system wakes a thread that wakes another that wakes this
    /// one, which costs more than all that a line does in a second.
    ///
    /// - Parameter isolation: Whose task it is. Without it the task would wake elsewhere and have to be sent back here.
    /// - Throws: `CancellationError` when the task is cancelled meanwhile.
    package func wait(nanoseconds: Int64, isolation: isolated (any Actor)? = #isolation) async throws {
        try await queue.wait(nanoseconds: nanoseconds)
    }

    /// Finishes what is queued and joins the thread. From the thread itself it only asks it to end.
    package func stop() { queue.stop() }
}

/// The jobs and their thread. Apart from the executor, because the thread keeps it alive.
private final class JobQueue: @unchecked Sendable {
    private typealias Entry = (job: UnownedJob, executor: UnownedSerialExecutor)

    // Guarded by `mutex`.
    private var entries: [Entry] = []
    private var thread: pthread_t?
    private var isStopping = false

    private let name: String
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    private var waiting = WaitingTasks()
    /// Whose jobs these are.
    weak var owner: ThreadExecutor?

    init(name: String) {
        self.name = name
        precondition(pthread_mutex_init(mutex, nil) == 0 && aftercare_init_condition(condition) == 0)
    }

    /// By it a thread finds its queue.
    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        precondition(pthread_key_create(&key, nil) == 0, "the system has no thread key left")
        return key
    }()

    /// Of the thread that asks; nil where it has none.
    static var current: JobQueue? {
        pthread_getspecific(key).map { Unmanaged<JobQueue>.fromOpaque($0).takeUnretainedValue() }
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    private func locked<Result>(_ body: () -> Result) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body()
    }

    var isCurrentThread: Bool {
        locked { thread.map { pthread_equal($0, pthread_self()) != 0 } ?? false }
    }

    /// Adds a job, and starts the thread where none runs.
    func append(_ job: UnownedJob, executor: UnownedSerialExecutor) {
        locked {
            entries.append((job, executor))
            if thread == nil { start() }
            pthread_cond_signal(condition)
        }
    }

    /// With the mutex held.
    private func start() {
        var started = pthread_t()
        let context = Unmanaged.passRetained(self).toOpaque()
        let result = pthread_create(&started, nil, runJobs, context)
        precondition(result == 0, "the system has no thread left")
        thread = started
    }

    /// See `ThreadExecutor.stop`.
    func stop() {
        let stopped: pthread_t? = locked {
            guard let thread, !isStopping else { return nil }
            isStopping = true
            pthread_cond_signal(condition)
            return thread
        }
        guard let stopped else { return }
        if pthread_equal(stopped, pthread_self()) != 0 {
            pthread_detach(stopped)
            return
        }
        pthread_join(stopped, nil)
        locked {
            thread = nil
            isStopping = false
            if !entries.isEmpty || !waiting.isEmpty { start() }
        }
    }

    /// See `ThreadExecutor.wait`.
    func wait(nanoseconds: Int64, isolation: isolated (any Actor)? = #isolation) async throws {
        let number = locked { waiting.nextNumber() }
        defer { locked { waiting.ended(number) } }
        try await withTaskCancellationHandler {
            // A closure runs where its function does only if it mentions that.
            _ = isolation
            try await withUnsafeThrowingContinuation { continuation in
                let isWaiting = locked {
                    let begins = waiting.add(number, until: aftercare_thread_time() + nanoseconds, continuation)
                    if begins, thread == nil { start() }
                    pthread_cond_signal(condition)
                    return begins
                }
                if !isWaiting { continuation.resume(throwing: CancellationError()) }
            }
        } onCancel: {
            locked { waiting.cancel(number) }?.resume(throwing: CancellationError())
        }
    }

    /// The life of the thread.
    func run() {
        _ = name.withCString { aftercare_name_this_thread($0) }
        pthread_setspecific(Self.key, Unmanaged.passUnretained(self).toOpaque())
        while let (job, executor) = nextEntry() { job.runSynchronously(on: executor) }
    }

    private func nextEntry() -> Entry? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while true {
            while let due = waiting.isEmpty ? nil : waiting.takeDue(at: aftercare_thread_time()) {
                // It comes back as a job of this very thread.
                pthread_mutex_unlock(mutex)
                due.resume()
                pthread_mutex_lock(mutex)
            }
            if !entries.isEmpty { return entries.removeFirst() }
            if isStopping { return nil }
            if let deadline = waiting.earliest {
                aftercare_wait_condition(condition, mutex, deadline)
            } else {
                pthread_cond_wait(condition, mutex)
            }
        }
    }
}

private func runJobs(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context else { return nil }
    Unmanaged<JobQueue>.fromOpaque(context).takeRetainedValue().run()
    return nil
}
