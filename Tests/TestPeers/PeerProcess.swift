internal import Foundation

/// A program that a test talks to, line by line. It is ended by its process id when it goes.
///
/// Made of `posix_spawn` and `waitpid`: Foundation's `waitUntilExit` has been seen to hang on Linux.
package final class PeerProcess {
    private var process: pid_t = 0
    private let input: Int32
    private let output: Int32
    private var received: [UInt8] = []
    private var isRunning = true

    /// - Parameter listensToErrors: Take the lines from standard error instead of standard output.
    package init(_ program: String, _ arguments: [String], listensToErrors: Bool = false) throws {
        // A peer that has ended must show as a failed read, not end the test.
        signal(SIGPIPE, SIG_IGN)
        let (childInput, ownInput) = try Self.pipe()
        let (ownOutput, childOutput) = try Self.pipe()
        input = ownInput
        output = ownOutput
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, childInput, 0)
        posix_spawn_file_actions_adddup2(&actions, childOutput, listensToErrors ? 2 : 1)
        var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
        defer { words.forEach { free($0) } }
        let result = posix_spawn(&process, program, &actions, nil, &words, environ)
        close(childInput)
        close(childOutput)
        guard result == 0 else {
            isRunning = false
            throw PeerFailure(description: "\(program) did not start: error \(result)")
        }
    }

    deinit {
        stop()
        close(input)
        close(output)
    }

    /// Ends the program and waits until it is gone.
    package func stop() {
        guard isRunning else { return }
        kill(process, SIGKILL)
        _ = waitForEnd()
    }

    /// Sends a signal to the program, if it still runs.
    package func send(signal: Int32) {
        if isRunning { kill(process, signal) }
    }

    /// Waits until the program is gone; its exit status, or 128 and the signal that ended it.
    package func waitForEnd() -> Int32 {
        guard isRunning else { return -1 }
        isRunning = false
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 && errno == EINTR {}
        return status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
    }

    /// Sends one line.
    package func say(_ line: String) throws {
        let bytes = Array((line + "\n").utf8)
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { write(input, $0.baseAddress! + sent, $0.count - sent) }
            guard count > 0 else { throw PeerFailure(description: "the peer has ended") }
            sent += count
        }
    }

    /// The next line; nil when the program has ended.
    package func hear() -> String? {
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while true {
            if let end = received.firstIndex(of: 0x0A) {
                defer { received.removeSubrange(...end) }
                return String(decoding: received[..<end], as: UTF8.self)
            }
            let count = read(output, &buffer, buffer.count)
            guard count > 0 else { return nil }
            received += buffer[..<count]
        }
    }

    /// Not inherited by other peers, so that an ended one is seen as ended.
    private static func pipe() throws -> (reading: Int32, writing: Int32) {
        var ends: [Int32] = [0, 0]
        guard Foundation.pipe(&ends) == 0 else { throw PeerFailure(description: "no pipe: error \(errno)") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }
}

/// Why a peer could not be had.
package struct PeerFailure: Error, CustomStringConvertible {
    package let description: String
}
