internal import Foundation

/// A program that a test talks to, line by line. It is ended by its process id when it goes.
final class PeerProcess {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private var received: [UInt8] = []

    /// - Parameter listensToErrors: Take the lines from standard error instead of standard output.
    init(_ program: String, _ arguments: [String], listensToErrors: Bool = false) throws {
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardInput = input
        if listensToErrors { process.standardError = output } else { process.standardOutput = output }
        // A peer that has ended must show as a failed read, not end the test.
        signal(SIGPIPE, SIG_IGN)
        try process.run()
    }

    deinit { stop() }

    func stop() {
        guard process.isRunning else { return }
        process.terminate()
        process.waitUntilExit()
    }

    func say(_ line: String) throws {
        try input.fileHandleForWriting.write(contentsOf: Data((line + "\n").utf8))
    }

    /// The next line; nil when the program has ended.
    func hear() -> String? {
        while true {
            if let end = received.firstIndex(of: 0x0A) {
                defer { received.removeSubrange(...end) }
                return String(decoding: received[..<end], as: UTF8.self)
            }
            let more = output.fileHandleForReading.availableData
            guard !more.isEmpty else { return nil }
            received += more
        }
    }
}

/// Why a peer could not be had.
package struct PeerFailure: Error, CustomStringConvertible {
    package let description: String
}
