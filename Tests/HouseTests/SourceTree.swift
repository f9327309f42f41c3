import Foundation
import Testing

/// The repository as it lies around this file.
enum SourceTree {
    /// The repository's folder, without a slash at its end.
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    /// Every file below a folder, as paths from the root, sorted; build folders and hidden ones are left out.
    static func files(below folder: String) throws -> [String] {
        let found = FileManager.default.enumerator(atPath: "\(root)/\(folder)")
        let paths = try #require(found, "\(folder) is not there").compactMap { $0 as? String }
        return paths
            .filter { path in !path.split(separator: "/").contains { $0.hasPrefix(".") || $0 == "__pycache__" } }
            .map { "\(folder)/\($0)" }
            .filter { path in
                var isFolder: ObjCBool = false
                return FileManager.default.fileExists(atPath: "\(root)/\(path)", isDirectory: &isFolder)
                    && !isFolder.boolValue
            }
            .sorted()
    }

    /// Every Swift file below a folder.
    static func swiftFiles(below folder: String) throws -> [SwiftText] {
        try files(below: folder).filter { $0.hasSuffix(".swift") }.map { SwiftText(path: $0, try text(of: $0)) }
    }

    static func text(of path: String) throws -> String {
        try String(contentsOfFile: "\(root)/\(path)", encoding: .utf8)
    }

    /// Names of the folders directly in a folder.
    static func folders(in folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(root)/\(folder)").filter { name in
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: "\(root)/\(folder)/\(name)", isDirectory: &isFolder)
                && isFolder.boolValue && !name.hasPrefix(".")
        }.sorted()
    }
}

/// A house rule that is broken at a place.
struct Violation: CustomStringConvertible, Equatable {
    var path: String
    var line: Int
    var message: String

    var description: String { "\(path):\(line): \(message)" }
}

extension Array<Violation> {
    /// One violation a line, so that a failed test shows where to go.
    var report: Comment { "\n\(map(\.description).joined(separator: "\n"))" }
}
