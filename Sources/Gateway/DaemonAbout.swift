internal import Glibc

/// The program's version.
package let programVersion = "0.1.0"

/// What a daemon tells about itself.
package struct DaemonAbout: Codable, Sendable, Equatable {
    package var version: String
    package var process: Int32
    /// The number of the user that it runs as.
    package var user: UInt32
    package var runningSeconds: Double

    package init(version: String, process: Int32, user: UInt32, runningSeconds: Double) {
        self.version = version
        self.process = process
        self.user = user
        self.runningSeconds = runningSeconds
    }

    /// This process.
    init(runningSeconds: Double) {
        self.init(
            version: programVersion, process: getpid(), user: geteuid(), runningSeconds: runningSeconds)
    }
}
