internal import Foundation

/// The built `aftercare`, run as a user runs it.
package final class Program {
    private let process: PeerProcess

    /// - Parameter variables: set in its environment, beside our own.
    package init(_ arguments: [String], variables: [String: String] = [:]) throws {
        // Both outputs in one stream, in the order in which they were written.
        let script = "exec env \"$@\" 2>&1"
        let settings = variables.map { "\($0)=\($1)" }
        process = try PeerProcess("/bin/sh", ["-c", script, "sh"] + settings + [try Self.path()] + arguments)
    }

    /// Runs a command to its end.
    package static func run(
        _ arguments: [String], variables: [String: String] = [:]
    ) throws -> (status: Int32, output: String) {
        try Program(arguments, variables: variables).rest()
    }

    /// Everything that is still said until the end, and the exit status.
    package func rest() -> (status: Int32, output: String) {
        var lines: [String] = []
        while let line = process.hear() { lines.append(line) }
        return (process.waitForEnd(), lines.joined(separator: "\n"))
    }

    /// Hears lines until one holds `text`; that line, nil when the program ended first.
    package func hear(until text: String) -> String? {
        while let line = process.hear() {
            if line.contains(text) { return line }
        }
        return nil
    }

    package func send(signal: Int32) { process.send(signal: signal) }

    /// Beside the test program, where the build puts both.
    private static func path() throws -> String {
        let folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        let path = folder.appendingPathComponent("aftercare").path
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw PeerFailure(description: "no aftercare beside the tests at \(path): run swift build --build-tests")
        }
        return path
    }
}
