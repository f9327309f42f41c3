/// Why the simulated home's Modbus server could not start.
package struct ServerFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// The step that failed.
    package enum Step: String, Hashable, Sendable {
        case context = "allocating a Modbus context"
        case listen = "listening on 127.0.0.1; is the port taken?"
        case wakeUp = "opening the pipe that ends the thread"
        case thread = "starting the server's thread"
    }

    package let step: Step
    /// The system's error number; 0 where it gave none.
    package let errorNumber: Int32

    package var description: String { "simulated home: \(step.rawValue) failed (errno \(errorNumber))" }
}
