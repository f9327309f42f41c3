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
    package init(name: String) { queue = JobQueue(name: String(decoding: name.utf8.prefix(15), as: UTF8.self)) }

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

    init(name: String) {
        self.name = name
        precondition(pthread_mutex_init(mutex, nil) == 0 && pthread_cond_init(condition, nil) == 0)
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
            if !entries.isEmpty { start() }
        }
    }

    /// The life of the thread.
    func run() {
        _ = name.withCString { aftercare_name_this_thread($0) }
        while let (job, executor) = nextEntry() { job.runSynchronously(on: executor) }
    }

    private func nextEntry() -> Entry? {
        locked {
            while entries.isEmpty {
                if isStopping { return nil }
                pthread_cond_wait(condition, mutex)
            }
            return entries.removeFirst()
        }
    }
}

private func runJobs(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context else { return nil }
    Unmanaged<JobQueue>.fromOpaque(context).takeRetainedValue().run()
    return nil
}
