internal import Foundation
internal import Gateway

/// Where a new configuration is written. What is there is only replaced where the person says so, and kept beside it.
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

    /// Where a configuration that is replaced is kept.
    private var keptPath: String { "\(path).old" }

    /// Writes the text, and copies beside it what is missing there; what was done besides, in sentences.
    func write(_ text: String) throws -> [String] {
        let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            var done: [String] = []
            if FileManager.default.fileExists(atPath: path) {
                if FileManager.default.fileExists(atPath: keptPath) {
                    try FileManager.default.removeItem(atPath: keptPath)
                }
                try FileManager.default.copyItem(atPath: path, toPath: keptPath)
                done.append("The one that was there is \(keptPath) now.")
            }
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            let shipped = try shippedDirectory().path
            let missing = Self.companions.filter { !FileManager.default.fileExists(atPath: "\(folder)/\($0)") }
            for name in missing {
                try FileManager.default.copyItem(atPath: "\(shipped)/\(name)", toPath: "\(folder)/\(name)")
            }
            if !missing.isEmpty {
                done.append("Copied beside it, from what is shipped: \(missing.joined(separator: ", ")).")
            }
            return done
        } catch let error as ExitStatus {
            throw error
        } catch {
            throw ExitStatus.misuse("\(path) cannot be written: \((error as NSError).localizedDescription)")
        }
    }
}
