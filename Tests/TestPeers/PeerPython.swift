internal import Foundation

/// The Python that `make peers` has built, and the scripts for it.
package enum PeerPython {
    /// AFTERCARE_PEER_PYTHON, else the one below `.build`.
    package static func interpreter() throws -> String {
        let root = URL(fileURLWithPath: folder).deletingLastPathComponent().deletingLastPathComponent()
        let path =
            ProcessInfo.processInfo.environment["AFTERCARE_PEER_PYTHON"]
            ?? root.appendingPathComponent(".build/peers/bin/python").path
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw PeerFailure(description: "no Python for the peers at \(path): run make peers")
        }
        return path
    }

    /// Where the scripts lie.
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path

    /// Runs a script to its end; its lines.
    package static func run(_ script: String, _ arguments: [String]) throws -> (status: Int32, lines: [String]) {
        let process = try PeerProcess(try interpreter(), ["\(folder)/\(script)"] + arguments)
        var lines: [String] = []
        while let line = process.hear() { lines.append(line) }
        return (process.waitForEnd(), lines)
    }
}
