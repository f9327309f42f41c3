import Foundation
import Testing

/// The text of a file that is shipped, by its path in config/.
func shippedText(_ path: String) throws -> String {
    let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    return try String(contentsOfFile: root.appendingPathComponent("config/\(path)").path, encoding: .utf8)
}

/// The first example in this language of a page in docs/.
func documentedExample(_ page: String, language: String) throws -> String {
    let parts = try shippedText("../docs/\(page)").components(separatedBy: "```\(language)\n")
    return try #require(parts.dropFirst().first?.components(separatedBy: "```").first)
}
