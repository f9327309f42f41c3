import Foundation
import TestPeers

/// `Tests/verify.py`, run as a third party runs it.
final class Verifier: Sendable {
    let folder: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("aftercare-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        folder = url.path
    }

    deinit {
        // Nothing depends on the removal of a scratch directory.
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Writes a file, and gives its path.
    func write(_ bytes: [UInt8], _ name: String) throws -> String {
        try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
        return "\(folder)/\(name)"
    }

    /// What it says of some files; the first complaint of each that does not hold.
    func run(_ arguments: [String]) throws -> (status: Int32, complaints: [String: String], lines: [String]) {
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("verify.py").path
        // -I: nothing but the standard library is found.
        let process = try PeerProcess(
            "/bin/sh", ["-c", "exec \"$0\" -I \"$@\" 2>&1", try PeerPython.interpreter(), script] + arguments)
        var lines: [String] = []
        while let line = process.hear() { lines.append(line) }
        var complaints: [String: String] = [:]
        for line in lines {
            guard let colon = line.range(of: ": "), line.hasPrefix(folder) else { continue }
            let file = String(line[..<colon.lowerBound])
            if complaints[file] == nil { complaints[file] = String(line[colon.upperBound...]) }
        }
        return (process.waitForEnd(), complaints, lines)
    }
}
