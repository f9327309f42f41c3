internal import Foundation

/// Certificates of a self-made authority, for a test; see make_certificates.py.
package final class TestCertificates {
    private let folder: URL

    package init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("aftercare-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let (status, lines) = try PeerPython.run("make_certificates.py", [folder.path])
        guard status == 0 else { throw PeerFailure(description: "no certificates: \(lines)") }
    }

    deinit {
        // A folder that stays behind in /tmp harms nothing.
        try? FileManager.default.removeItem(at: folder)
    }

    private func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    /// The authority that has signed `server`.
    package var authority: String { path("authority.pem") }
    /// One that has not.
    package var stranger: String { path("stranger.pem") }
    /// For localhost and 127.0.0.1, with its key.
    package var server: String { path("server.pem") }
    /// Of the same authority, for another host.
    package var elsewhere: String { path("elsewhere.pem") }
}
