import Synchronization
package import Terms

/// A simulated home together with the server that shows it. It has no clock: its caller says how much time has passed.
package final class ServedHome: Sendable {
    private let state: Mutex<SimulatedHome>
    private let server: SimulatedHomeServer

    /// - Parameter port: 0 for any free one.
    package init(home: SimulatedHome, port: UInt16 = 0) throws(ServerFailure) {
        state = Mutex(home)
        server = try SimulatedHomeServer(home: home, port: port)
    }

    package var port: UInt16 { server.port }

    /// A copy of the home as it is now.
    package var home: SimulatedHome { state.withLock { $0 } }

    /// How many write requests came in; all were refused.
    package var refusedWriteCount: Int { server.refusedWriteCount }

    /// How many read requests were answered with registers.
    package var answeredReadCount: Int { server.answeredReadCount }

    /// Lets time pass in the home, in steps that keep the physics stable, and shows the result. Nothing for a time
    /// that is not positive.
    package func advance(by time: Milliseconds) {
        guard time.count > 0 else { return }
        change { $0.step(by: time.inSeconds) }
    }

    /// Breaks something now; see `HomeFault.showsWithinSeconds`.
    package func inject(_ fault: HomeFault) { change { $0.inject(fault) } }

    /// Mends everything.
    package func repair() { change { $0.repair() } }

    /// Ends the server; see `SimulatedHomeServer.stop`.
    package func stop() { server.stop() }

    private func change(_ body: (inout SimulatedHome) -> Void) {
        // Published under the lock, so that an older state can never overtake a newer one.
        state.withLock { home in
            body(&home)
            server.publish(home)
        }
    }
}
