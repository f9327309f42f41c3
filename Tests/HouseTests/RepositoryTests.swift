import Foundation
import Testing

@Suite("What the repository holds")
struct RepositoryTests {
    /// Files that are written, as against built: everything below these, and what lies beside them.
    private static func written() throws -> [String] {
        let folders = try ["Sources", "Tests", "config", "debian", "docs", "systemd", "tools"].flatMap(SourceTree.files)
        return folders + ["Makefile", "README.md", "SECURITY.md", "Package.swift", ".gitignore", ".ci/run"]
    }

    @Test func builtThingsAreIgnored() throws {
        let ignored = try SourceTree.text(of: ".gitignore").split(separator: "\n")
        for name in [".build/", ".build-*/", "Package.resolved"] { #expect(ignored.contains { $0 == name }, "\(name)") }
    }

    @Test func builtThingsAreNotTracked() throws {
        // An archive of the sources has no history; a machine may have no git.
        guard FileManager.default.fileExists(atPath: "\(SourceTree.root)/.git"),
            let listing = try trackedFiles()
        else { return }
        #expect(listing.contains("Package.swift"), "the list was not read")
        #expect(builtThings(in: listing) == [])
    }

    @Test func aBuiltThingIsRecognised() {
        let files = ["Package.swift", "Package.resolved", ".build/debug/x", ".build-tsan/x", "a/x.o", "Tests/a.sqlite"]
        #expect(builtThings(in: files) == Array(files.dropFirst()))
    }

    private func builtThings(in files: [String]) -> [String] {
        files.filter { file in
            file == "Package.resolved" || file.hasPrefix(".build")
                || [".o", ".sqlite", ".pyc"].contains { file.hasSuffix($0) }
        }
    }

    private func trackedFiles() throws -> [String]? {
        let git = Process()
        let output = Pipe()
        git.executableURL = URL(fileURLWithPath: "/usr/bin/git")
        // The checkout may belong to another user than the one who tests it.
        git.arguments = ["-c", "safe.directory=*", "-C", SourceTree.root, "ls-files"]
        git.standardOutput = output
        guard FileManager.default.isExecutableFile(atPath: "/usr/bin/git") else { return nil }
        try git.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        git.waitUntilExit()
        return git.terminationStatus == 0 ? text.split(separator: "\n").map(String.init) : nil
    }

    @Test(arguments: [
        "config/gateway.yaml", "config/policy.yaml", "config/detection/lfp.yaml", "config/detection/nmc.yaml",
        "config/profiles/sunspec.yaml", "config/profiles/simulated-pack.yaml", "systemd/aftercare.service", "LICENSE",
    ])
    func whatIsInstalledIsThere(path: String) throws {
        #expect(try SourceTree.text(of: path).utf8.count > 100)
    }

    @Test func theTextsSpeakOfTheProductOnly() throws {
        let files = try Self.written()
        let found = try files.filter { !$0.hasSuffix(".png") && !$0.hasSuffix(".gz") }.flatMap { path in
            strayWords(in: try SourceTree.text(of: path), path: path)
        }
        #expect(found.isEmpty, found.report)
        #expect(files.count > 200, "the tree was not read")
    }

    @Test func aStrayWordIsFound() {
        // Put together here, so that this file itself holds none.
        let planted = ["see is" + "sue #7", "in this ses" + "sion", "/ho" + "me/ana/x", "/wo" + "rk/x", "ok"]
        #expect(strayWords(in: planted.joined(separator: "\n"), path: "x").map(\.line) == [1, 2, 3, 4])
        #expect(strayWords(in: "LineSession, /etc/aftercare, homework/x", path: "x").isEmpty)
    }

    /// Words about how the text came about, and paths of a developer's machine.
    private func strayWords(in text: String, path: String) -> [Violation] {
        let parts = ["is" + "sue #", "/ho" + "me/", "/Us" + "ers/", "/ro" + "ot/"]
        let folder = "/wo" + "rk/"
        let word = "ses" + "sion"
        return text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().flatMap { index, line in
            let lower = line.lowercased()
            let words = lower.split { !$0.isPartOfName }
            // The end of a longer name, as in "homework", is no folder of its own.
            let isInFolder = lower.ranges(of: folder).contains { lower[..<$0.lowerBound].last?.isPartOfName != true }
            let hits = parts.filter { lower.contains($0.lowercased()) } + (isInFolder ? [folder] : [])
                + (words.contains { $0 == word || $0 == word + "s" } ? [word] : [])
            return hits.map { Violation(path: path, line: index + 1, message: "\"\($0)\" has no place here") }
        }
    }
}
