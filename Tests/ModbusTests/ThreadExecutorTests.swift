import Glibc
import Testing

@testable import Modbus

private actor Worker {
    private let executor: ThreadExecutor
    private var count = 0

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(_ executor: ThreadExecutor) { self.executor = executor }

    func thread() -> UInt { UInt(pthread_self()) }

    func increment() -> Int {
        count += 1
        return count
    }
}

@Suite struct ThreadExecutorTests {
    @Test func anActorKeepsToOneThread() async {
        let executor = ThreadExecutor(name: "a name that is longer than the kernel's limit")
        let worker = Worker(executor)
        let other = Worker(executor)
        let first = await worker.thread()
        for _ in 0..<50 { #expect(await worker.thread() == first) }
        #expect(await other.thread() == first)
        executor.stop()
    }

    @Test func jobsAfterAStopAreNotLost() async {
        let executor = ThreadExecutor(name: "worker")
        let worker = Worker(executor)
        for number in 1...20 {
            #expect(await worker.increment() == number)
            executor.stop()
        }
    }

    @Test func manyCallersAreServedOneAtATime() async {
        let worker = Worker(ThreadExecutor(name: "worker"))
        let seen = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<500 { group.addTask { await worker.increment() } }
            return await group.reduce(into: Set<Int>()) { $0.insert($1) }
        }
        #expect(seen == Set(1...500))
    }
}

extension Worker {
    /// Waits on the worker's own thread, and tells on which threads it woke.
    func wait(milliseconds: Int64) async throws -> Set<UInt> {
        guard let executor = ThreadExecutor.current else { return [] }
        let before = thread()
        try await executor.wait(nanoseconds: milliseconds * 1_000_000)
        return [before, thread()]
    }
}

@Suite("Waiting on a thread of one's own") struct ThreadWaitTests {
    @Test func itWakesWhereItFellAsleep() async throws {
        let executor = ThreadExecutor(name: "worker")
        let worker = Worker(executor)
        let thread = await worker.thread()
        #expect(try await worker.wait(milliseconds: 3) == [thread])
        #expect(ThreadExecutor.current == nil)
        executor.stop()
    }

    @Test func theShorterWaitEndsFirstAndOthersAreServedMeanwhile() async throws {
        let worker = Worker(ThreadExecutor(name: "worker"))
        let order = try await withThrowingTaskGroup(of: Int.self) { group in
            for (number, milliseconds) in [(1, 400), (2, 200), (3, 1)] as [(Int, Int64)] {
                group.addTask {
                    _ = try await worker.wait(milliseconds: milliseconds)
                    return number
                }
            }
            for number in 1...100 { #expect(await worker.increment() == number) }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(order == [3, 2, 1])
    }

    @Test(arguments: [true, false]) func aCancelledWaitEndsAtOnce(beforeItBegins: Bool) async throws {
        let worker = Worker(ThreadExecutor(name: "worker"))
        await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                do {
                    if beforeItBegins { withUnsafeCurrentTask { $0?.cancel() } }
                    _ = try await worker.wait(milliseconds: 3_600_000)
                    return false
                } catch {
                    return error is CancellationError
                }
            }
            while !beforeItBegins, await worker.increment() < 1_000 {}
            group.cancelAll()
            #expect(await group.next() == true)
        }
    }

    @Test func aStoppedThreadStillEndsItsWaits() async throws {
        let executor = ThreadExecutor(name: "worker")
        let worker = Worker(executor)
        try await withThrowingTaskGroup(of: Set<UInt>.self) { group in
            for _ in 0..<8 { group.addTask { try await worker.wait(milliseconds: 30) } }
            for _ in 0..<50 {
                _ = await worker.increment()
                executor.stop()
            }
            for try await threads in group { #expect(!threads.isEmpty) }
        }
    }
}

@Suite struct ThreadExecutorLifeTests {
    @Test func theThreadEndsWithTheExecutor() async {
        weak var gone: ThreadExecutor?
        do {
            let executor = ThreadExecutor(name: "short")
            gone = executor
            let worker = Worker(executor)
            #expect(await worker.increment() == 1)
        }
        #expect(gone == nil)
    }
}
