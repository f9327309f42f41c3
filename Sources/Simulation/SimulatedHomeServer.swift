import Glibc
import Synchronization

/// A real Modbus TCP server on 127.0.0.1 that answers for the simulated home from its own thread: unit 1 is the
/// inverter (SunSpec), units 2 and 3 are the packs. It reads nothing but function 3 and refuses every write.
package final class SimulatedHomeServer: Sendable {
    /// The port it listens on; the system's choice where 0 was asked for.
    package let port: UInt16
    private let desk: ServerDesk
    /// A pipe: the thread ends when its writing end is closed.
    private let wakeUp: (read: Int32, write: Int32)
    private let thread: Mutex<pthread_t?>

    /// Listens at once; the first answers show `home`.
    ///
    /// - Parameter port: 0 for any free one.
    package init(home: SimulatedHome, port: UInt16 = 0) throws(ServerFailure) {
        desk = ServerDesk(PublishedRegisters(home))
        wakeUp = try Self.openWakeUp()
        do {
            let loop = try ServerLoop(desk: desk, port: port, wakeDescriptor: wakeUp.read)
            self.port = loop.port
            thread = Mutex(try Self.start(loop))
        } catch {
            close(wakeUp.read)
            close(wakeUp.write)
            throw error
        }
    }

    deinit { stop() }

    /// Shows the home's present state; no answer ever mixes two states.
    package func publish(_ home: SimulatedHome) { desk.publish(PublishedRegisters(home)) }

    /// How many write requests came in; all were refused with exception 1.
    package var refusedWriteCount: Int { desk.refusedWriteCount }

    /// How many read requests were answered with registers.
    package var answeredReadCount: Int { desk.answeredReadCount }

    /// Ends the thread and closes every connection; returns when both are done. A second call does nothing.
    package func stop() {
        thread.withLock { thread in
            guard let running = thread else { return }
            thread = nil
            close(wakeUp.write)
            pthread_join(running, nil)
            close(wakeUp.read)
        }
    }

    private static func openWakeUp() throws(ServerFailure) -> (read: Int32, write: Int32) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw ServerFailure(step: .wakeUp, errorNumber: errno) }
        for end in ends where fcntl(end, F_SETFD, FD_CLOEXEC) != 0 {
            let number = errno
            close(ends[0])
            close(ends[1])
            throw ServerFailure(step: .wakeUp, errorNumber: number)
        }
        return (ends[0], ends[1])
    }

    private static func start(_ loop: ServerLoop) throws(ServerFailure) -> pthread_t {
        var thread = pthread_t()
        let argument = Unmanaged.passRetained(loop)
        let status = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<ServerLoop>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            }, argument.toOpaque())
        guard status == 0 else {
            argument.release()
            throw ServerFailure(step: .thread, errorNumber: status)
        }
        return thread
    }
}
