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
