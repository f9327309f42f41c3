import Foundation

/// The text of a file that is shipped, by its path in config/.
func shippedText(_ path: String) throws -> String {
    let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    return try String(contentsOfFile: root.appendingPathComponent("config/\(path)").path, encoding: .utf8)
}
