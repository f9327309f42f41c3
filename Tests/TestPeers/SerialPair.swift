internal import Foundation

/// Two pseudo terminals joined by socat: what goes into one comes out of the other.
package final class SerialPair {
    /// Paths of the two ends.
    package let near: String
    package let far: String
    private let process: PeerProcess
    private let folder: URL

    package init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("aftercare-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        near = folder.appendingPathComponent("near").path
        far = folder.appendingPathComponent("far").path
        process = try PeerProcess(
            "/usr/bin/socat", ["-d", "-d", "pty,raw,echo=0,link=\(near)", "pty,raw,echo=0,link=\(far)"],
            listensToErrors: true)
        while let line = process.hear() {
            if line.contains("starting data transfer") { return }
        }
        throw PeerFailure(description: "socat did not start: install it (apt install socat)")
    }

    deinit {
        process.stop()
        // A folder that stays behind in /tmp harms nothing.
        try? FileManager.default.removeItem(at: folder)
    }
}
