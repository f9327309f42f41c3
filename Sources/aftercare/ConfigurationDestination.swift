internal import Foundation
internal import Gateway

/// Where a new configuration is written. Nothing that is there is ever overwritten, unless the person says so.
struct ConfigurationDestination {
    /// What a configuration needs beside it.
    private static let companions = ["policy.yaml", "profiles", "detection"]

    let path: String
    let dataDirectory: String

    /// Finds out before a long scan that its result could not be written.
    init(_ path: String, _ dataDirectory: String, overwrites: Bool) throws {
        guard dataDirectory.hasPrefix("/") else {
            throw ExitStatus.misuse("--data-directory \(dataDirectory): name a path that begins with a slash")
        }
        if !overwrites, FileManager.default.fileExists(atPath: path) {
            throw ExitStatus.misuse("\(path) is there already; --force overwrites it")
        }
        self.path = path
        self.dataDirectory = dataDirectory
    }

    /// Writes the text, and copies beside it what is missing there; the names of what was copied.
    func write(_ text: String) throws -> [String] {
        let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            let shipped = try shippedDirectory().path
            let missing = Self.companions.filter { !FileManager.default.fileExists(atPath: "\(folder)/\($0)") }
            for name in missing {
                try FileManager.default.copyItem(atPath: "\(shipped)/\(name)", toPath: "\(folder)/\(name)")
            }
            return missing
        } catch let error as ExitStatus {
            throw error
        } catch {
            throw ExitStatus.misuse("\(path) cannot be written: \((error as NSError).localizedDescription)")
        }
    }
}
